"""What is typed in the form of a flavor: checked and shown as it would be sent, and nothing of it saved."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from flavors.models import ConfigFlavor, FlavorRevision
from flavors.schema import FILES, IMAGE_PARAMS, IMAGE_PROMPTS, PARAMETERS
from flavors.selectors import flavor_resolve
from flavors.services import flavor_revise, flavor_tried, flavors_sync
from mvsite.accounts.models import AuditEntry
from tests.support.people import accounts, browser, staff

pytestmark = pytest.mark.django_db
PORTRAIT = "image_generation_prompt: |\n  A face of chalk: {character_description}\n"
ADD = "/admin/flavors/configflavor/add/"


@pytest.fixture(autouse=True)
def editor(settings: Settings) -> Client:
    """Return a browser of somebody who may change and add flavors."""
    accounts(settings)
    flavors_sync()
    return browser(staff("editor", "change_configflavor", "add_configflavor"))


def place(name: str = "mv1") -> str:
    return reverse("admin:flavors_configflavor_change", args=[ConfigFlavor.objects.get(name=name).pk])


def previewed(client: Client, name: str = "mv1", **texts: str) -> str:
    """Press Preview on the form of a flavor with some texts replaced; return the page."""
    flavor = ConfigFlavor.objects.select_related("revision").get(name=name)
    assert flavor.revision is not None
    documents = {**flavor.revision.documents, **texts}
    fields = {file.replace(".", "_"): documents.get(file, "") for file in FILES}
    inlines = {"revisions-TOTAL_FORMS": "0", "revisions-INITIAL_FORMS": "0"}
    words = {**fields, **inlines, "opened": str(flavor.revision_id), "_preview": "Preview"}
    if flavor.active:
        words["active"] = "on"
    answer = client.post(place(name), words)
    assert answer.status_code == 200
    return answer.content.decode()


def without_seeds(shown: str) -> str:
    """Leave out what is drawn anew for each look."""
    return re.sub(r"<td>seed</td><td>\d+</td>", "", shown)


def test_what_is_typed_is_shown_as_it_would_be_sent_and_stays_in_the_form(editor: Client) -> None:
    assert 'name="_preview"' in editor.get(place()).content.decode()
    shown = previewed(editor, **{IMAGE_PROMPTS: PORTRAIT})
    assert "A face of chalk: A woman in a red coat" in shown
    assert "You are the director of a concert film" in shown
    assert "A face of chalk: {character_description}" in shown
    assert "errornote" not in shown


def test_a_preview_saves_nothing(editor: Client) -> None:
    before = set(FlavorRevision.objects.values_list("pk", flat=True))
    previewed(editor, **{IMAGE_PROMPTS: PORTRAIT})
    previewed(editor, "default", **{IMAGE_PROMPTS: PORTRAIT})
    assert set(FlavorRevision.objects.values_list("pk", flat=True)) == before
    assert flavor_resolve(name="mv1").revision_number == 1
    assert "chalk" not in flavor_resolve(name="default").image_prompt
    assert not AuditEntry.objects.filter(action="admin.changed").exists()


def test_nobody_follows_a_default_that_is_only_tried() -> None:
    flavor_revise(name="noir", documents={PARAMETERS: "title: Film noir\n"})
    default = ConfigFlavor.objects.select_related("revision").get(name="default").revision
    assert default is not None
    with flavor_tried(name="default", documents={**default.documents, IMAGE_PROMPTS: PORTRAIT}):
        assert "chalk" in flavor_resolve(name="default").image_prompt
        assert flavor_resolve(name="noir").revision_number == 1
    assert "chalk" not in flavor_resolve(name="default").image_prompt


def test_it_is_what_the_page_of_the_saved_flavor_shows(editor: Client) -> None:
    saved = without_seeds(editor.get("/admin/generation/project/sent/?flavor=mv1").content.decode())
    calls = saved[saved.index("<section>") : saved.rindex("</section>")]
    assert calls in without_seeds(previewed(editor))


def test_a_mistake_is_told_at_its_field_without_a_preview(editor: Client) -> None:
    shown = previewed(editor, **{IMAGE_PARAMS: "aspect_ratio: 2:1\n"})
    assert "image_params.yaml, line 1, aspect_ratio" in shown
    assert "aspect_ratio: 2:1" in shown
    assert "What would be sent of the texts" not in shown


def test_a_flavor_that_is_switched_off_is_previewed_and_stays_off(editor: Client) -> None:
    ConfigFlavor.objects.filter(name="mv1").update(active=False)
    assert "A face of chalk: A woman" in previewed(editor, **{IMAGE_PROMPTS: PORTRAIT})
    assert not ConfigFlavor.objects.get(name="mv1").active


def test_a_new_flavor_is_previewed_before_it_is_made(editor: Client) -> None:
    words = {"name": "chalk", "active": "on", "image_prompts_yaml": PORTRAIT, "_preview": "Preview"}
    inlines = {"revisions-TOTAL_FORMS": "0", "revisions-INITIAL_FORMS": "0"}
    shown = editor.post(ADD, {**words, **inlines}).content.decode()
    assert "A face of chalk: A woman in a red coat" in shown
    assert 'value="chalk"' in shown
    assert not ConfigFlavor.objects.filter(name="chalk").exists()


def test_who_looks_only_has_no_preview(editor: Client) -> None:
    looker = browser(staff("looker"))
    assert 'name="_preview"' not in looker.get(place()).content.decode()
    assert looker.post(place(), {"_preview": "Preview"}).status_code == 403
