"""Flavors written over HTTP: by staff only, checked like folders, kept as revisions, used by the very next job."""

from functools import partial
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from flavors.models import ConfigFlavor, FlavorRevision
from flavors.selectors import flavor_resolve
from flavors.services import flavors_sync
from flavors.writing import flavor_create, flavor_update
from generation.models import Job
from mvsite.accounts.models import AuditEntry, User
from mvsite.common.errors import UserError
from tests.support.people import accounts, browser, program, staff
from tests.support.rows import stranger
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
NOIR = {"name": "noir", "files": {"parameters.yaml": "title: Film noir\nstyle: black and white\n"}}


@pytest.fixture(autouse=True)
def synced(db: None) -> None:
    flavors_sync()


def post(api: APIClient, body: Any, status: int = 201, **headers: str) -> dict[str, Any]:
    answer = api.post("/api/mv/flavors/", body, format="json", headers=headers)
    assert answer.status_code == status, answer.json()
    told: dict[str, Any] = answer.json()
    return told


def patch(api: APIClient, name: str, body: Any, status: int = 200) -> dict[str, Any]:
    answer = api.patch(address(name), body, format="json")
    assert answer.status_code == status, answer.json()
    told: dict[str, Any] = answer.json()
    return told


def address(name: str) -> str:
    return f"/api/mv/flavors/{ConfigFlavor.objects.get(name=name).pk}"


def test_a_new_flavor_can_be_chosen_at_once(api: APIClient, owner: User) -> None:
    told = post(api, NOIR)
    assert (told["name"], told["title"], told["revision"]["number"]) == ("noir", "Film noir", 1)
    assert (told["files"], told["active"]) == (NOIR["files"], True)
    assert told["warnings"][0] == "Flavor noir: image_params.yaml is missing; it is taken from default."
    assert told["parameters"]["style"] == "black and white"
    assert api.get("/api/mv/get_config_flavors").json()["flavors"] == ["default", "example", "mv1", "noir"]
    revision = FlavorRevision.objects.get(pk=told["revision"]["id"])
    assert (revision.origin, revision.created_by) == ("admin", owner)


def test_changes_of_a_revision_that_is_not_in_use_any_more_are_refused_whole(api: APIClient) -> None:
    first = post(api, NOIR)["revision"]["number"]
    mine, other = ({"parameters.yaml": f"style: {style}\n"} for style in ("ink", "chalk"))
    patch(api, "noir", {"files": other, "revision": first})
    told = patch(api, "noir", {"files": mine, "active": False, "revision": first}, 409)
    assert (told["code"], told["revision"]) == ("user:flavor:changed", first + 1)
    now = patch(api, "noir", {"active": True, "revision": told["revision"]})
    assert (now["files"], now["revision"]["number"]) == (other, first + 1)
    assert patch(api, "noir", {"files": mine})["files"] == mine
    assert patch(api, "noir", {"files": other, "revision": 0}, 400)["errors"][0]["pointer"] == "#/revision"


@pytest.mark.django_db(transaction=True)
def test_of_two_that_change_one_revision_at_once_one_is_told(owner: User) -> None:
    flavor = flavor_create(name="noir", files={"parameters.yaml": "style: grey\n"}, created_by=owner)

    def change(style: str) -> str:
        files = {"parameters.yaml": f"style: {style}\n"}
        try:
            flavor_update(flavor=flavor, files=files, active=None, changed_by=owner, revision=1)
        except UserError as error:
            return error.code
        return "changed"

    assert sorted(at_once(*(partial(change, style) for style in ("ink", "chalk")))) == [
        "changed",
        "user:flavor:changed",
    ]
    assert FlavorRevision.objects.filter(flavor__name="noir").count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_that_make_one_flavor_at_once_one_is_told_that_it_is_taken(owner: User) -> None:
    def make(style: str) -> str:
        try:
            flavor_create(name="noir", files={"parameters.yaml": f"style: {style}\n"}, created_by=owner)
        except UserError as error:
            return error.errors[0].code
        return "made"

    assert sorted(at_once(*(partial(make, style) for style in ("ink", "chalk")))) == ["made", "taken"]
    assert FlavorRevision.objects.filter(flavor__name="noir").count() == 1


def test_an_edit_is_used_by_the_very_next_job_and_the_old_one_keeps_its_own(api: APIClient) -> None:
    body = {"idea": "A storm", "character_description": "A singer", "config_flavor": "noir", "number_of_scenes": 1}
    post(api, NOIR)
    jobs = [api.post("/api/mv/create_scenes", body, format="json").json()["id"]]
    told = patch(api, "noir", {"files": {"parameters.yaml": "style: ink on paper\n"}})
    jobs.append(api.post("/api/mv/create_scenes", body, format="json").json()["id"])
    assert told["revision"]["number"] == 2
    used = [Job.objects.get(pk=job).flavor_revision for job in jobs]
    assert [each.number for each in used if each] == [1, 2]
    before = api.get(f"{address('noir')}?revision=1").json()
    assert (before["files"], before["parameters"]["style"]) == (NOIR["files"], "black and white")
    listed = api.get(f"{address('noir')}/revisions").json()["results"]
    assert [each["number"] for each in listed] == [2, 1]


def test_a_file_may_be_changed_alone_and_taken_away(api: APIClient) -> None:
    post(api, NOIR)
    prompts = "image_generation_prompt: |\n  A face in half shadow: {character_description}\n"
    told = patch(api, "noir", {"files": {"image_prompts.yaml": prompts}})
    assert told["files"] == {**NOIR["files"], "image_prompts.yaml": prompts}  # type: ignore[dict-item]  # the files of a flavor, by name
    assert told["image_generation_prompt"].strip() == "A face in half shadow: {character_description}"
    told = patch(api, "noir", {"files": {"image_prompts.yaml": None}})
    assert (told["files"], told["revision"]["number"]) == (NOIR["files"], 3)


def test_a_change_that_changes_nothing_makes_no_revision(api: APIClient) -> None:
    post(api, NOIR)
    assert patch(api, "noir", {"files": NOIR["files"]})["revision"]["number"] == 1
    assert patch(api, "noir", {})["revision"]["number"] == 1


@pytest.mark.parametrize(
    ("files", "line", "field", "say"),
    [
        ({"image_params.yaml": "aspect_ratio: 1:1\nvideo:\n  duration: 7\n"}, 3, "video.duration", "4, 6"),
        ({"parameters.yaml": "title: x\nstyle: [a\n"}, 3, "", "not YAML"),
        ({"scene_prompts.yaml": "scene_generation_prompt: |\n  a\n  {mood}\n"}, 3, "scene_generation_prompt", "mood"),
        ({"image_params.yaml": "aspekt: 1:1\n"}, 1, "aspekt", ""),
        ({"parameters.yaml": "style: \x00\n"}, 0, "", ""),
        ({"parameters.yaml": 'a: 1\nstyle: "\\0"\n'}, 2, "style", "cannot be kept"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_field_and_changes_nothing(
    api: APIClient, files: dict[str, str], line: int, field: str, say: str
) -> None:
    file = next(iter(files))
    for told in (post(api, {"name": "new", "files": files}, 400), patch(api, "mv1", {"files": files}, 400)):
        assert told["code"] == "user:request:invalid"
        assert told["errors"][0]["pointer"] == f"#/files/{file}"
        assert say in told["errors"][0]["detail"]
        if line:
            assert told["errors"][0]["detail"].startswith(f"{file}, line {line}")
            assert [told["problems"][0][name] for name in ("file", "line", "field")] == [file, line, field]
    assert not ConfigFlavor.objects.filter(name="new").exists()
    assert flavor_resolve(name="mv1").revision_number == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({**NOIR, "name": "mv1"}, "#/name", "taken"),
        ({**NOIR, "name": "Film Noir"}, "#/name", "invalid"),
        ({"name": "noir"}, "#/files", "required"),
        ({**NOIR, "files": {}}, "#/files", "empty"),
        ({**NOIR, "files": {"prompts.yaml": "a: b"}}, "#/files/prompts.yaml", "invalid"),
        ({**NOIR, "files": {"parameters.yaml": "a: " + "x" * 70_000}}, "#/files/parameters.yaml", "invalid"),
        ({**NOIR, "titel": "x"}, "#/titel", "unknown"),
    ],
)
def test_what_cannot_be_is_refused_by_name(api: APIClient, body: Any, pointer: str, code: str) -> None:
    told = post(api, body, 400)
    assert [(each["pointer"], each["code"]) for each in told["errors"]] == [(pointer, code)]


def test_a_flavor_is_switched_off_and_on_but_default_stays(api: APIClient) -> None:
    assert patch(api, "mv1", {"active": False})["active"] is False
    assert api.get("/api/mv/get_config_flavors").json()["flavors"] == ["default", "example"]
    assert api.get(address("mv1")).json()["active"] is False
    assert patch(api, "mv1", {"active": True})["revision"]["number"] == 1
    assert patch(api, "default", {"active": False}, 400)["errors"][0]["pointer"] == "#/active"


def test_it_goes_back_to_what_its_folder_says(api: APIClient) -> None:
    before = flavor_resolve(name="mv1")
    patch(api, "mv1", {"files": {"parameters.yaml": None, "scene_prompts.yaml": None}})
    assert flavor_resolve(name="mv1").parameters != before.parameters
    answer = api.post(f"{address('mv1')}/reset")
    assert (answer.status_code, answer.json()["revision"]["origin"]) == (200, "file")
    assert flavor_resolve(name="mv1").parameters == before.parameters
    post(api, NOIR)
    refused = api.post(f"{address('noir')}/reset")
    assert (refused.status_code, refused.json()["code"]) == (400, "user:request:invalid")
    assert api.get(f"{address('noir')}?revision=9").status_code == 404
    assert api.get(f"{address('noir')}?revision=x").status_code == 400


def test_one_key_writes_once(api: APIClient) -> None:
    headers = {"Idempotency-Key": "noir-1"}
    first, again = (post(api, NOIR, 201, **headers) for _ in range(2))
    assert first == again
    assert FlavorRevision.objects.filter(flavor__name="noir").count() == 1


def test_who_is_no_staff_reads_only(api: APIClient) -> None:
    patch(api, "example", {"active": False})
    reader = APIClient(HTTP_HOST="127.0.0.1")
    reader.force_authenticate(stranger())
    assert reader.get(address("mv1")).status_code == 200
    assert reader.get(address("example")).status_code == 404
    refused = [
        reader.post("/api/mv/flavors/", NOIR, format="json"),
        reader.patch(address("mv1"), {"active": False}, format="json"),
        reader.post(f"{address('mv1')}/reset"),
    ]
    assert {(each.status_code, each.json()["code"]) for each in refused} == {(403, "user:auth:forbidden")}


def test_nothing_is_ever_removed(api: APIClient) -> None:
    assert api.delete(address("mv1")).status_code == 405
    assert api.put(address("mv1"), NOIR, format="json").status_code == 405


def test_each_kind_of_writing_needs_its_right_and_is_written_down(settings: Settings) -> None:
    accounts(settings)
    looker, maker = staff("looker"), staff("maker", "add_configflavor")
    changer = staff("changer", "change_configflavor")
    change, place = {"files": {"parameters.yaml": "title: Film noir\nstyle: sepia\n"}}, "/api/mv/flavors/"

    def told(who: User, method: str, path: str, body: Any) -> int:
        return int(getattr(program(who, "read", "generate"), method)(path, body, format="json").status_code)

    assert [told(who, "post", place, NOIR) for who in (looker, changer, maker)] == [403, 403, 201]
    noir, mv1 = address("noir"), f"{address('mv1')}/reset"
    assert [told(who, "patch", noir, change) for who in (looker, maker, changer)] == [403, 403, 200]
    assert [told(who, "post", mv1, {}) for who in (looker, maker, changer)] == [403, 403, 200]
    rows = AuditEntry.objects.filter(action__startswith="flavor.").order_by("at")
    assert [(row.action, row.by_name, row.object_kind, row.detail["name"], row.owner_id) for row in rows] == [
        ("flavor.made", "maker", "configflavor", "noir", None),
        ("flavor.changed", "changer", "configflavor", "noir", None),
        ("flavor.reset", "changer", "configflavor", "mv1", None),
    ]
    assert [row.detail["revision"] for row in rows][:2] == [1, 2]


def test_who_may_only_look_resets_no_flavor_in_the_admin(settings: Settings) -> None:
    accounts(settings)
    flavor = ConfigFlavor.objects.get(name="mv1")
    assert flavor.revision is not None
    texts = {"parameters.yaml": flavor.revision.documents["parameters.yaml"] + "# by hand\n"}
    flavor_update(flavor=flavor, files=texts, active=None, changed_by=staff("changer"))
    words = {"action": "reset_to_folder", "_selected_action": [str(flavor.pk)]}
    browser(staff("looker")).post("/admin/flavors/configflavor/", words)
    flavor.refresh_from_db()
    assert flavor.revision.documents["parameters.yaml"] == texts["parameters.yaml"]
