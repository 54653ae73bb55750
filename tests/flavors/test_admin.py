"""Flavors in the admin: edited as texts, checked like a folder, every save a revision, used by the very next job."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from flavors.models import ConfigFlavor, FlavorOrigin, FlavorRevision
from flavors.schema import FILES, IMAGE_PARAMS, PARAMETERS
from flavors.selectors import flavor_at, flavor_resolve
from flavors.services import flavors_sync
from mvsite.accounts.models import User
from tests.support.flavor_folders import shipped_documents

NO_INLINES = {"revisions-TOTAL_FORMS": "0", "revisions-INITIAL_FORMS": "0"}


@pytest.fixture
def staff(db: None) -> Client:
    """Return a browser of a superuser, with the shipped flavors in the database."""
    flavors_sync()
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.create_superuser("ada", password="correct horse battery"))
    return client


def posted(flavor: ConfigFlavor, **texts: str) -> dict[str, str]:
    """Return the form of a flavor as a browser sends it, with some texts replaced."""
    assert flavor.revision is not None
    documents = {**flavor.revision.documents, **texts}
    fields = {file.replace(".", "_"): documents.get(file, "").replace("\n", "\r\n") for file in FILES}
    return {"active": "on", **fields, "opened": str(flavor.revision_id), **NO_INLINES}


def page(name: str) -> tuple[ConfigFlavor, str]:
    flavor = ConfigFlavor.objects.select_related("revision").get(name=name)
    return flavor, reverse("admin:flavors_configflavor_change", args=[flavor.pk])


def test_edit_is_a_new_revision_used_next_while_the_old_one_stays(staff: Client) -> None:
    before = flavor_resolve(name="mv1")
    flavor, url = page("mv1")
    words = "style: a\nvenue: b\nband: c\nstage: e\nstage_light: d\navoid: text\n"
    texts = {PARAMETERS: f"title: Mine\nnumber_of_scenes: 9\n{words}"}

    response = staff.post(url, posted(flavor, **texts))

    assert response.status_code == 302
    after = flavor_resolve(name="mv1")
    assert (after.number_of_scenes, after.revision_number) == (9, 2)
    assert flavor_at(revision_id=before.revision_id) == before
    kept = FlavorRevision.objects.get(pk=after.revision_id)
    assert (kept.origin, kept.created_by and kept.created_by.username) == (FlavorOrigin.ADMIN, "ada")
    changes = staff.get(reverse("admin:flavors_flavorrevision_change", args=[kept.pk])).content.decode()
    assert "+number_of_scenes: 9" in changes
    assert "-number_of_scenes: 6" in changes


def test_saving_without_a_change_makes_no_revision(staff: Client) -> None:
    flavor, url = page("mv1")

    assert staff.post(url, posted(flavor)).status_code == 302
    assert flavor_resolve(name="mv1").revision_number == 1


@pytest.mark.parametrize(("field", "value"), [("aspect_ratio", "2:1"), ("model", '"m\\0"'), ("model", '"\\uD83D"')])
def test_broken_text_is_refused_with_its_line_and_changes_nothing(staff: Client, field: str, value: str) -> None:
    flavor, url = page("mv1")

    response = staff.post(url, posted(flavor, **{IMAGE_PARAMS: f"output_format: png\n{field}: {value}\n"}))

    assert response.status_code == 200
    assert f"image_params.yaml, line 2, {field}" in response.content.decode()
    assert flavor_resolve(name="mv1").revision_number == 1


def test_flavor_is_made_in_the_admin_and_survives_a_sync(staff: Client) -> None:
    form = {"name": "mine", "active": "on", "parameters_yaml": "number_of_scenes: 2", **NO_INLINES}

    assert staff.post(reverse("admin:flavors_configflavor_add"), form).status_code == 302
    flavors_sync()
    assert flavor_resolve(name="mine").number_of_scenes == 2
    assert ConfigFlavor.objects.get(name="mine").origin == FlavorOrigin.ADMIN


def test_flavor_goes_back_to_its_folder(staff: Client) -> None:
    shipped = flavor_resolve(name="mv1")
    flavor, url = page("mv1")
    edited = shipped_documents("mv1")[PARAMETERS].replace("number_of_scenes: 6", "number_of_scenes: 5")
    staff.post(url, posted(flavor, **{PARAMETERS: edited}))
    assert flavor_resolve(name="mv1").number_of_scenes == 5
    action = {"action": "reset_to_folder", "_selected_action": [str(flavor.pk)]}

    staff.post(reverse("admin:flavors_configflavor_changelist"), action)

    back = flavor_resolve(name="mv1")
    assert (back.parameters, back.revision_number) == (shipped.parameters, 3)
    assert flavors_sync().unchanged == ["default", "example", "mv1"]


def test_default_cannot_be_switched_off(staff: Client) -> None:
    flavor, url = page("default")
    form = posted(flavor)
    del form["active"]

    response = staff.post(url, form)

    assert response.status_code == 200
    assert ConfigFlavor.objects.get(name="default").active


def test_nothing_is_removed_and_no_revision_is_written(staff: Client) -> None:
    flavor, url = page("mv1")
    revision = reverse("admin:flavors_flavorrevision_delete", args=[flavor.revision_id])

    assert staff.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert staff.post(revision, {"post": "yes"}).status_code == 403
    assert staff.get(reverse("admin:flavors_configflavor_changelist")).status_code == 200
    assert staff.get(url).status_code == 200


def test_page_leads_to_what_would_be_sent(staff: Client) -> None:
    flavor, url = page("mv1")
    address = f"/admin/generation/project/sent/?flavor={flavor.name}"

    assert address in staff.get(url).content.decode()
    shown = staff.get(address).content.decode()
    assert "You are the director of a concert film" in shown
    assert "A storm at sea" in shown


def test_second_of_two_editors_does_not_take_back_the_first(staff: Client) -> None:
    flavor, url = page("mv1")
    assert f'name="opened" value="{flavor.revision_id}"' in staff.get(url).content.decode()
    texts = shipped_documents("mv1")
    of_first = texts[PARAMETERS].replace("number_of_scenes: 6", "number_of_scenes: 5")
    of_second = texts[IMAGE_PARAMS] + "# mine\n"
    assert staff.post(url, posted(flavor, **{PARAMETERS: of_first})).status_code == 302

    refused = staff.post(url, posted(flavor, **{IMAGE_PARAMS: of_second}))

    now, _ = page("mv1")
    shown = refused.content.decode()
    link = reverse("admin:flavors_flavorrevision_change", args=[now.revision_id])
    assert f'<a href="{link}">mv1 #2</a> by ada at ' in shown
    assert "# mine" in shown
    assert flavor_resolve(name="mv1").number_of_scenes == 5
    assert f'name="opened" value="{now.revision_id}"' in shown
    assert staff.post(url, posted(now, **{IMAGE_PARAMS: of_second})).status_code == 302
    assert (flavor_resolve(name="mv1").number_of_scenes, flavor_resolve(name="mv1").revision_number) == (5, 3)


def test_form_that_does_not_say_what_it_was_opened_with_is_refused(staff: Client) -> None:
    flavor, url = page("mv1")
    form = posted(flavor, **{PARAMETERS: ""})
    del form["opened"]

    assert "Saved since you opened" in staff.post(url, form).content.decode()
    assert flavor_resolve(name="mv1").revision_number == 1


def test_revision_is_called_by_its_flavor_and_lists_do_not_ask_for_each(
    staff: Client, django_assert_max_num_queries: Any
) -> None:
    flavor, url = page("mv1")
    shown = staff.get(reverse("admin:flavors_flavorrevision_change", args=[flavor.revision_id])).content.decode()
    assert "mv1 #1" in shown
    assert f"{flavor.pk}#1" not in shown
    for wanted in (url, reverse("admin:flavors_flavorrevision_changelist")):
        with CaptureQueriesContext(connection) as few:
            staff.get(wanted)
        for _ in range(6):
            taken = FlavorRevision.objects.count() + 1
            flavor.revisions.create(number=taken, documents={}, content_hash="", origin="file")
        with django_assert_max_num_queries(len(few)):
            staff.get(wanted)
