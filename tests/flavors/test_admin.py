"""Flavors in the admin: edited as texts, checked like a folder, every save a revision, used by the very next job."""

import pytest
from django.test import Client
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
    return {"active": "on", **fields, **NO_INLINES}


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


def test_broken_text_is_refused_with_its_line_and_changes_nothing(staff: Client) -> None:
    flavor, url = page("mv1")

    response = staff.post(url, posted(flavor, **{IMAGE_PARAMS: "model: m\naspect_ratio: 2:1\n"}))

    assert response.status_code == 200
    assert "image_params.yaml, line 2, aspect_ratio" in response.content.decode()
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
