"""An old revision in the admin: read whole, and taken back to as a new revision by who may change flavors."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django.fixtures import Settings

from flavors.admin.revisions import FlavorRevisionAdmin
from flavors.models import ConfigFlavor, FlavorRevision
from flavors.schema import PARAMETERS, SCENE_PROMPTS
from flavors.selectors import flavor_resolve
from flavors.services import flavor_revise, flavors_sync
from mvsite.accounts.models import AuditEntry
from tests.support.flavor_folders import shipped_documents
from tests.support.people import accounts, browser, staff

pytestmark = pytest.mark.django_db
BUTTON = "Take back to this revision"


@pytest.fixture
def first(settings: Settings) -> FlavorRevision:
    """Return what mv1 said before it was edited."""
    accounts(settings)
    flavors_sync()
    before = FlavorRevision.objects.get(flavor__name="mv1")
    edited = before.documents[PARAMETERS].replace("number_of_scenes: 6", "number_of_scenes: 5")
    flavor_revise(name="mv1", documents={PARAMETERS: edited})
    return before


@pytest.fixture
def changer(settings: Settings) -> Client:
    accounts(settings)
    return browser(staff("changer", "change_configflavor"))


def page(revision: FlavorRevision) -> str:
    return reverse("admin:flavors_flavorrevision_change", args=[revision.pk])


def door(revision: FlavorRevision) -> str:
    return reverse("admin:flavors_flavorrevision_take_back", args=[revision.pk])


def in_use(name: str = "mv1") -> FlavorRevision:
    found = ConfigFlavor.objects.get(name=name).revision
    assert found is not None
    return found


def press(client: Client, revision: FlavorRevision, now: FlavorRevision | None = None) -> Any:
    """Send the form of the page that asks."""
    return client.post(door(revision), {"now": str((now or in_use()).pk)})


def test_every_text_of_an_old_revision_is_there_to_read(first: FlavorRevision, changer: Client) -> None:
    told = changer.get(page(first)).content.decode()
    for file, text in shipped_documents("mv1").items():
        assert f'<h3>{file}</h3><pre tabindex="0" aria-label="{file}">{escape(text)}</pre>' in told
    assert "Not in this revision: taken from default." in changer.get(page(in_use())).content.decode()


def test_taking_back_says_what_changes_and_makes_a_new_revision(first: FlavorRevision, changer: Client) -> None:
    second = in_use()
    assert f'href="{door(first)}"' in changer.get(page(first)).content.decode()
    asked = changer.get(door(first)).content.decode()
    assert ("+number_of_scenes: 6" in asked, "-number_of_scenes: 5" in asked, BUTTON in asked) == (True, True, True)
    assert in_use() == second

    assert press(changer, first).status_code == 302

    third = in_use()
    assert (third.number, third.documents, third.origin) == (3, first.documents, "admin")
    assert third.created_by is not None
    assert third.created_by.username == "changer"
    assert flavor_resolve(name="mv1").number_of_scenes == 6
    assert list(FlavorRevision.objects.filter(number__lt=3, flavor__name="mv1")) == [second, first]
    assert flavors_sync().unchanged == ["default", "example", "mv1"]


def test_it_is_in_the_audit_log_and_in_the_history_of_the_flavor(first: FlavorRevision, changer: Client) -> None:
    changer.get(door(first))
    press(changer, first)
    rows = AuditEntry.objects.filter(action__startswith="admin.")
    assert sorted((row.action, row.by_name, row.object_kind, row.object_id) for row in rows) == [
        ("admin.changed", "changer", "configflavor", str(first.flavor_id)),
        ("admin.changed", "changer", "flavorrevision", str(first.pk)),
        ("admin.looked", "changer", "flavorrevision", str(first.pk)),
    ]
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (str(first.flavor_id), "Taken back to revision 1, as revision 3.")


def test_what_says_the_same_as_today_has_nothing_to_take_back(first: FlavorRevision, changer: Client) -> None:
    press(changer, first)
    for revision in (first, in_use()):
        assert BUTTON not in changer.get(page(revision)).content.decode()
        assert BUTTON not in changer.get(door(revision)).content.decode()
    assert press(changer, first).status_code == 200
    assert in_use().number == 3


def test_line_ends_alone_are_nothing_to_take_back(first: FlavorRevision, changer: Client) -> None:
    flavor_revise(name="mv1", documents={file: text.rstrip("\n") for file, text in first.documents.items()})
    assert in_use().documents != first.documents
    assert BUTTON not in changer.get(page(first)).content.decode()
    assert press(changer, first).status_code == 200
    assert in_use().number == 3


def test_what_cannot_be_written_down_is_not_taken_back(
    first: FlavorRevision, changer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("the log is full")

    monkeypatch.setattr(FlavorRevisionAdmin, "log_change", fail)
    assert press(changer, first).status_code == 500
    assert in_use().number == 2


def test_who_looks_only_sees_no_button_and_takes_nothing_back(first: FlavorRevision) -> None:
    looker = browser(staff("looker"))
    assert BUTTON not in looker.get(page(first)).content.decode()
    assert (looker.get(door(first)).status_code, press(looker, first).status_code) == (403, 403)
    assert in_use().number == 2


def test_a_form_of_another_site_takes_nothing_back(first: FlavorRevision) -> None:
    client = browser(staff("changer", "change_configflavor"), checks=True)
    assert press(client, first).status_code == 403
    assert in_use().number == 2


def test_what_was_saved_meanwhile_is_not_taken_back_unseen(first: FlavorRevision, changer: Client) -> None:
    seen = in_use()
    flavor_revise(name="mv1", documents={PARAMETERS: "title: Of another\n"})
    for now in (seen, first):
        assert "saved since you opened this page" in press(changer, first, now).content.decode()
    assert changer.post(door(first)).status_code == 200
    assert in_use().documents == {PARAMETERS: "title: Of another\n"}


def test_old_texts_that_cannot_be_used_any_more_are_refused_with_their_line(
    first: FlavorRevision, changer: Client
) -> None:
    flavor = first.flavor
    flavor.revisions.create(
        number=3, documents={SCENE_PROMPTS: "scene_generation_prompt: |\n  {gone}\n"}, content_hash="", origin="admin"
    )
    told = press(changer, flavor.revisions.get(number=3))
    assert "scene_prompts.yaml, line 2, scene_generation_prompt" in told.content.decode()
    assert in_use().number == 2
    assert not LogEntry.objects.exists()
    assert not AuditEntry.objects.filter(action="admin.changed").exists()


def test_an_unknown_revision_is_404(changer: Client) -> None:
    assert changer.get("/admin/flavors/flavorrevision/x/take-back/").status_code == 404
