"""Every fault of a provider at every operation, the real SDKs against the stand-in: one line each.

who orders | what goes wrong | how the job ends | its code | requests of that kind | orders taken | who pays

Who: `picture`, `clip`, `lipsync` and `portrayed` (a clip with a large portrait) at Replicate; `scenes`, `omni` and
`veo` at Google; `each`, `replicate` and `google` stand for all that make files. What goes wrong is explained in
tests/providers_server/README.md. Who pays: `paid` and `free` must be the provider's own invoice; `open` waits for a
person (`user:job:needs_review`), because nobody can say. The quick run does `clip` and `omni`, the long one all.
"""

from decimal import Decimal
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from generation.providers.gemini import client as google_client
from generation.providers.replicate import client as replicate_client
from mvsite.accounts.models import User
from mvsite.common.error_table import ERRORS
from tests.providers_server.serving import House
from tests.support.fault_table import Bench, Line, ledger, lines

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]

MILLIONTH = Decimal("0.000001")  # the ledger rounds each call to six places, and no line has more than two with a bill

CREATE = """
each       create-400            failed        provider:call:invalid   1  0  free
each       create-401            failed        provider:call:auth      1  0  free
each       create-402            failed        provider:call:credit    1  0  free
each       create-403            failed        provider:call:auth      1  0  free
clip       create-404            failed        provider:call:gone      1  0  free
google     create-404            failed        provider:call:gone      1  0  free
each       create-422            failed        provider:call:invalid   1  0  free
google     create-400-key        failed        provider:call:auth      1  0  free
google     create-429-day        failed        provider:call:credit    1  0  free
# the model is gone: the next of its role that costs no more is tried
picture    create-404            failed        provider:call:gone      2  0  free
lipsync    create-404            failed        provider:call:gone      2  0  free
picture    create-404-once       succeeded     -                       2  1  paid
lipsync    create-404-once       succeeded     -                       2  1  paid
# nothing was started: tried again, after a while given up
each       create-429-once       succeeded     -                       2  1  paid
each       create-429-bare-once  succeeded     -                       2  1  paid
each       create-503-once       succeeded     -                       2  1  paid
each       create-429            failed        provider:call:busy      8  0  free
each       create-503            failed        provider:call:busy      8  0  free
# nobody knows, so it is looked up first: nothing is there, and it is sent once more
replicate  create-500-once       succeeded     -                       2  1  paid
replicate  create-502-once       succeeded     -                       2  1  paid
replicate  create-504-once       succeeded     -                       2  1  paid
replicate  create-dropped-once   succeeded     -                       2  1  paid
replicate  create-hang-once      succeeded     -                       2  1  paid
replicate  create-500            failed        provider:call:failed    2  0  free
# it is there, and is adopted
replicate  create-lost-once      succeeded     -                       1  1  paid
replicate  create-html-once      succeeded     -                       1  1  paid
replicate  create-page-once      succeeded     -                       1  1  paid
replicate  create-odd-once       succeeded     -                       1  1  paid
replicate  create-late-once      succeeded     -                       1  1  paid
# Google lists nothing: a person has to look, and nothing is sent again
google     create-500            needs_review  user:job:needs_review   1  0  open
google     create-502            needs_review  user:job:needs_review   1  0  open
google     create-504            needs_review  user:job:needs_review   1  0  open
google     create-dropped        needs_review  user:job:needs_review   1  0  open
google     create-hang           needs_review  user:job:needs_review   1  0  open
google     create-lost           needs_review  user:job:needs_review   1  1  open
google     create-html           needs_review  user:job:needs_review   1  1  open
google     create-page           needs_review  user:job:needs_review   1  1  open
google     create-odd            needs_review  user:job:needs_review   1  1  open
google     create-late           needs_review  user:job:needs_review   1  1  open
# signing in to Google Cloud comes before an order
veo        token-400             failed        provider:call:auth      1  0  free
veo        token-401             failed        provider:call:auth      1  0  free
veo        token-500             failed        provider:call:failed   24  0  free
veo        token-dropped         failed        provider:call:failed    8  0  free
"""

LOOK_UP = """
clip  create-lost-once+list-401-x2      succeeded  -  1  1  paid
clip  create-lost-once+list-429-x2      succeeded  -  1  1  paid
clip  create-lost-once+list-500-x2      succeeded  -  1  1  paid
clip  create-lost-once+list-502-x2      succeeded  -  1  1  paid
clip  create-lost-once+list-hang-once   succeeded  -  1  1  paid
clip  create-lost-once+list-dropped-x2  succeeded  -  1  1  paid
clip  create-lost-once+list-page-x2     succeeded  -  1  1  paid
clip  create-lost-once+list-odd-x2      succeeded  -  1  1  paid
picture,lipsync  create-lost-once+list-401-x2      succeeded  -  1  1  paid
picture,lipsync  create-lost-once+list-429-x2      succeeded  -  1  1  paid
picture,lipsync  create-lost-once+list-500-x2      succeeded  -  1  1  paid
picture,lipsync  create-lost-once+list-502-x2      succeeded  -  1  1  paid
picture,lipsync  create-lost-once+list-hang-once   succeeded  -  1  1  paid
picture,lipsync  create-lost-once+list-dropped-x2  succeeded  -  1  1  paid
picture,lipsync  create-lost-once+list-page-x2     succeeded  -  1  1  paid
picture,lipsync  create-lost-once+list-odd-x2      succeeded  -  1  1  paid
"""

UPLOAD = """
portrayed  upload-401           failed     provider:call:auth     1  0  free
portrayed  upload-402           failed     provider:call:credit   1  0  free
portrayed  upload-413           failed     provider:call:invalid  1  0  free
portrayed  upload-422           failed     provider:call:invalid  1  0  free
portrayed  upload-429-once      succeeded  -                      2  1  paid
portrayed  upload-500-once      succeeded  -                      2  1  paid
portrayed  upload-503-once      succeeded  -                      2  1  paid
portrayed  upload-hang-once     succeeded  -                      2  1  paid
portrayed  upload-dropped-once  succeeded  -                      2  1  paid
portrayed  upload-lost-once     succeeded  -                      2  1  paid
portrayed  upload-page-once     succeeded  -                      2  1  paid
portrayed  upload-odd-once      succeeded  -                      2  1  paid
portrayed  upload-500           failed     provider:call:failed   8  0  free
"""

# Two looks until it is done and one before the file is fetched at Replicate; one and one at Google.
POLL = """
replicate    read-401-x2      succeeded  -                    5  1  paid
replicate    read-402-x2      succeeded  -                    5  1  paid
replicate    read-403-x2      succeeded  -                    5  1  paid
replicate    read-422-x2      succeeded  -                    5  1  paid
replicate    read-429-x2      succeeded  -                    5  1  paid
replicate    read-500-x2      succeeded  -                    5  1  paid
replicate    read-502-x2      succeeded  -                    5  1  paid
replicate    read-503-x2      succeeded  -                    5  1  paid
replicate    read-504-x2      succeeded  -                    5  1  paid
replicate    read-dropped-x2  succeeded  -                    5  1  paid
replicate    read-hang-once   succeeded  -                    4  1  paid
replicate    read-html-x2     succeeded  -                    4  1  paid
replicate    read-page-x2     succeeded  -                    4  1  paid
replicate    read-odd-x2      succeeded  -                    4  1  paid
replicate    read-404         failed     provider:answer:bad  1  1  paid
google  read-401-x2      succeeded  -                    4  1  paid
google  read-400-key-x2 succeeded  -                    4  1  paid
google  read-402-x2      succeeded  -                    4  1  paid
google  read-403-x2      succeeded  -                    4  1  paid
google  read-422-x2      succeeded  -                    4  1  paid
google  read-429-x2      succeeded  -                    4  1  paid
google  read-500-x2      succeeded  -                    4  1  paid
google  read-502-x2      succeeded  -                    4  1  paid
google  read-503-x2      succeeded  -                    4  1  paid
google  read-504-x2      succeeded  -                    4  1  paid
google  read-dropped-x2  succeeded  -                    4  1  paid
google  read-hang-once   succeeded  -                    3  1  paid
google  read-html-x2     succeeded  -                    4  1  paid
google  read-page-x2     succeeded  -                    4  1  paid
google  read-odd-x2      succeeded  -                    4  1  paid
google  read-404         failed     provider:answer:bad  1  1  paid
"""

ENDING = """
replicate  run-nsfw             failed     provider:call:refused  0  1  free
replicate  run-moderated        failed     provider:call:refused  0  1  free
replicate  run-fails            failed     provider:call:failed   0  1  free
replicate  run-strange-error    failed     provider:call:failed   0  1  free
replicate  run-aborted          failed     provider:call:slow     0  1  free
replicate  run-canceled         failed     provider:call:slow     0  1  paid
replicate  run-empty            failed     provider:answer:bad    0  1  free
replicate  run-removed          failed     provider:answer:bad    0  1  paid
replicate  run-elsewhere        failed     provider:answer:bad    0  1  paid
replicate  run-listed           succeeded  -                      0  1  paid
replicate  run-broken-off-once  succeeded  -                      0  2  paid
replicate  run-broken-off       failed     provider:call:failed   0  2  free
google     run-nsfw             failed     provider:call:refused  0  1  free
google     run-moderated        failed     provider:call:refused  0  1  free
google     run-fails            failed     provider:call:failed   0  1  free
google     run-empty            failed     provider:answer:bad    0  1  free
omni       run-canceled         failed     provider:call:failed   0  1  paid
omni       run-budget_exceeded  failed     provider:call:credit   0  1  free
omni       run-incomplete       failed     provider:answer:bad    0  1  free
"""

FETCH = """
clip,picture       file-401         failed     provider:answer:bad    1  1  paid
clip,picture       file-403         failed     provider:answer:bad    1  1  paid
omni               file-401-x2      succeeded  -                      3  1  paid
omni               file-403-x2      succeeded  -                      3  1  paid
clip,picture,omni  file-404         failed     provider:answer:bad    1  1  paid
clip,picture,omni  file-429-x2      succeeded  -                      3  1  paid
clip,picture,omni  file-500-x2      succeeded  -                      3  1  paid
clip,picture,omni  file-502-x2      succeeded  -                      3  1  paid
clip,picture,omni  file-503-x2      succeeded  -                      3  1  paid
clip,picture,omni  file-504-x2      succeeded  -                      3  1  paid
clip,omni          file-hang-once   succeeded  -                      2  1  paid
clip,picture,omni  file-dropped-x2  succeeded  -                      3  1  paid
clip,picture,omni  file-cut-x2      succeeded  -                      3  1  paid
clip,picture,omni  file-empty-x2    succeeded  -                      3  1  paid
clip,picture,omni  file-broken      failed     media:file:unreadable  1  1  paid
clip,picture       file-type        failed     provider:answer:bad    1  1  paid
# Google's client hands on the bytes without their type; what they are is seen when they are read
omni               file-type        succeeded  -                      1  1  paid
clip,picture,omni  file-moved       succeeded  -                      2  1  paid
clip,picture,omni  file-moved-away  failed     provider:answer:bad    1  1  paid
clip               file-slow        succeeded  -                      1  1  paid
"""

# A person stops it while it is under way.
CANCEL = """
replicate,omni  cancel-401-x2+run-slow      canceled   -  3  1  paid
replicate,omni  cancel-429-x2+run-slow      canceled   -  3  1  paid
replicate,omni  cancel-500-x2+run-slow      canceled   -  3  1  paid
replicate,omni  cancel-dropped-x2+run-slow  canceled   -  3  1  paid
replicate,omni  cancel-hang-once+run-slow   canceled   -  2  1  paid
replicate,omni  cancel-lost-once+run-slow   canceled   -  1  1  paid
replicate,omni  cancel-page-x2+run-slow     canceled   -  1  1  paid
replicate  cancel-404+run-slow         canceled   -  1  1  paid
# what cannot be stopped any more comes, is paid and kept
replicate  cancel-500                  succeeded  -  1  1  paid
veo        cancel-500                  succeeded  -  0  1  paid
"""

# A failed request is free at Google; an answer in words is paid by its tokens, usable or not.
WRITE = """
scenes  write-400             failed     provider:call:invalid  1  0  free
scenes  write-400-key         failed     provider:call:auth     1  0  free
scenes  write-401             failed     provider:call:auth     1  0  free
scenes  write-402             failed     provider:call:credit   2  0  free
scenes  write-403             failed     provider:call:auth     1  0  free
scenes  write-404             failed     provider:call:gone     2  0  free
scenes  write-422             failed     provider:call:invalid  1  0  free
scenes  write-429-day         failed     provider:call:credit   2  0  free
scenes  write-404-once        succeeded  -                      2  1  paid
scenes  write-429-once        succeeded  -                      2  1  paid
scenes  write-429-bare-once   succeeded  -                      2  1  paid
scenes  write-503-once        succeeded  -                      2  1  paid
scenes  write-429             failed     provider:call:busy     5  0  free
scenes  write-503             failed     provider:call:busy     5  0  free
scenes  write-500             failed     provider:call:failed   1  0  free
scenes  write-502             failed     provider:call:failed   1  0  free
scenes  write-504             failed     provider:call:failed   1  0  free
scenes  write-html            failed     provider:call:failed   1  1  free
scenes  write-blocked         failed     provider:call:refused  1  1  paid
scenes  write-safety          failed     provider:call:refused  1  1  paid
scenes  write-truncated-once  succeeded  -                      2  2  paid
scenes  write-empty-once      succeeded  -                      2  2  paid
scenes  write-few-once        succeeded  -                      2  2  paid
scenes  write-truncated       failed     provider:answer:bad    2  2  paid
scenes  write-empty           failed     provider:answer:bad    2  2  paid
scenes  write-few             failed     provider:answer:bad    2  2  paid
# it has no id, so a lost answer cannot be looked up: asked once more, then a person has to look
scenes  write-hang     needs_review  user:job:needs_review  2  0  open
scenes  write-dropped  needs_review  user:job:needs_review  2  0  open
scenes  write-lost     needs_review  user:job:needs_review  2  2  open
scenes  write-late     needs_review  user:job:needs_review  2  2  open
scenes  write-page     needs_review  user:job:needs_review  2  2  open
scenes  write-odd      needs_review  user:job:needs_review  2  2  open
"""


@pytest.fixture
def bench(
    house: House, owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Bench:
    """Give the bench, with the settings of the provider that the line is about.

    It has little patience where an answer is to come too late, and nowhere else: on a busy machine a refusal that
    takes longer than the patience would be a lost answer, which is another line.
    """
    line = request.node.callspec.params["line"]
    request.getfixturevalue({"veo": "cloud", "omni": "google", "scenes": "google"}.get(line.order, "replicate"))
    if any(word in line.fault for word in ("hang", "late")):
        monkeypatch.setitem(replicate_client.LIMITS, "read", 0.4)
        monkeypatch.setattr(google_client, "TIMEOUT_SECONDS", 1)
    return Bench(house, owner, tmp_path)


def test_every_code_of_a_provider_has_a_text_of_its_own() -> None:
    texts = [(text.title, text.next_step) for code, text in ERRORS.items() if code.startswith(("provider:", "media:"))]
    assert len(set(texts)) == len(texts)
    assert all(title and step for title, step in texts)


@pytest.mark.parametrize("line", lines(CREATE + LOOK_UP + UPLOAD + POLL + ENDING + FETCH + CANCEL + WRITE))
def test_fault(line: Line, bench: Bench, api: APIClient) -> None:
    job = bench.run(line)
    assert job.state == line.state, job.error
    told = api.get(f"/api/mv/jobs/{job.pk}").json()["error"]
    assert (told["code"] if told else "") == line.code
    if told:
        assert (told["title"], told["next_step"]) == (ERRORS[line.code].title, ERRORS[line.code].next_step)
    assert bench.asked(line.fault) == line.asked
    witness = bench.house.standin.witness
    assert len(witness.creates()) == line.bought
    if line.paid is not None:
        assert (ledger() > 0) == line.paid
        assert abs(ledger() - witness.invoice()) <= MILLIONTH
