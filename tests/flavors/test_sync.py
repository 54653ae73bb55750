"""From folders to rows: revisions only for changes, broken folders refused alone, gaps filled and said."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from flavors.models import ConfigFlavor, FlavorOrigin, FlavorRevision
from flavors.schema import IMAGE_PARAMS, IMAGE_PROMPTS, PARAMETERS, SCENE_PROMPTS
from flavors.selectors import flavor_at, flavor_list, flavor_resolve
from flavors.services import flavor_revise, flavors_sync
from flavors.start import sync_at_start
from tests.support.flavor_folders import line_of, shipped_documents, write_flavor

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return [flavor.name for flavor in flavor_list()]


def numbers(name: str) -> list[int]:
    return list(FlavorRevision.objects.filter(flavor__name=name).values_list("number", flat=True))


def test_second_sync_changes_nothing() -> None:
    first, second = flavors_sync(), flavors_sync()

    assert first.added == ["default", "example", "mv1"]
    assert second.unchanged == ["default", "example", "mv1"]
    assert FlavorRevision.objects.count() == 3


def test_dry_run_says_the_same_and_writes_nothing() -> None:
    assert flavors_sync(dry_run=True) == flavors_sync()
    assert FlavorRevision.objects.count() == 3


def test_own_folder_is_offered_and_a_change_is_a_new_revision(place: Path) -> None:
    write_flavor(place, "mine", {**shipped_documents(), PARAMETERS: "title: Mine\nnumber_of_scenes: 3\n"})
    flavors_sync()
    before = flavor_resolve(name="mine")
    write_flavor(place, "mine", {**shipped_documents(), PARAMETERS: "title: Mine\nnumber_of_scenes: 4\n"})

    assert flavors_sync().revised == ["mine"]
    assert numbers("mine") == [2, 1]
    assert flavor_resolve(name="mine").number_of_scenes == 4
    assert flavor_at(revision_id=before.revision_id, name="mine") == before


def test_broken_yaml_is_refused_with_its_line_while_the_others_load(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    documents = shipped_documents()
    broken = documents[IMAGE_PARAMS].replace("duration: 8", "duration: nine")
    write_flavor(place, "broken", {**documents, IMAGE_PARAMS: broken})
    write_flavor(place, "fine", documents)

    report = flavors_sync()

    [problem] = report.refused["broken"]
    assert (problem.file, problem.line) == (IMAGE_PARAMS, line_of(broken, "duration: nine"))
    assert names() == ["default", "example", "fine", "mv1"]
    assert [vars(record)["flavor"] for record in caplog.records if record.message == "flavor_refused"] == ["broken"]


def test_flavor_that_breaks_keeps_its_last_good_revision(place: Path) -> None:
    write_flavor(place, "mine", {PARAMETERS: "number_of_scenes: 3\n"})
    flavors_sync()
    write_flavor(place, "mine", {PARAMETERS: "number_of_scenes: [\n"})

    assert "mine" in flavors_sync().refused
    assert flavor_resolve(name="mine").number_of_scenes == 3


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"title: x\nstyle: \xff\xfe", 2), (b"title: " + b"x" * 70_000, 1)],
    ids=["no UTF-8", "too large"],
)
def test_file_that_is_no_text_is_refused(place: Path, content: bytes, line: int) -> None:
    (write_flavor(place, "odd", {}) / PARAMETERS).write_bytes(content)

    assert [(problem.file, problem.line) for problem in flavors_sync().refused["odd"]] == [(PARAMETERS, line)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# c\n{0}: >-\n  one {{idea}}\n  two\n  three\n  four {{bad}}\n", 6),
        ("# c\n{0}: |\n  one {{idea}}\n  two\n  three\n  four {{bad}}\n", 6),
        ('# c\n{0}: "one {{idea}}\n  two\n\n  three\n  four {{bad}}"\n', 6),
        ("# c\n{0}: one {{idea}}\n  two\n  three {{bad}}\n", 4),
        ('# c\n{0}: "one {{idea}} \\x7bbad}}"\n', 2),
    ],
    ids=["folded", "literal", "quoted", "plain", "escaped"],
)
def test_a_wrong_mark_is_told_by_the_line_of_the_file(place: Path, text: str, line: int) -> None:
    write_flavor(place, "odd", {SCENE_PROMPTS: text.format("scene_generation_prompt")})

    assert [(problem.file, problem.line) for problem in flavors_sync().refused["odd"]] == [(SCENE_PROMPTS, line)]


def test_folder_with_an_odd_name_is_refused_and_a_folder_without_our_files_is_nobodys(place: Path) -> None:
    write_flavor(place, "My Flavor", shipped_documents())
    write_flavor(place, ".git", {"config": "x"})

    report = flavors_sync()

    assert list(report.refused) == ["My Flavor"]
    assert len(report.added) == 3


def test_missing_file_is_taken_from_default_with_a_warning(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    documents = shipped_documents("mv1")
    del documents[IMAGE_PARAMS]
    write_flavor(place, "mine", documents)

    mine, default, mv1 = (flavor_resolve(name=name) for name in ("mine", "default", "mv1"))

    assert mine.warnings == ("Flavor mine: image_params.yaml is missing; it is taken from default.",)
    assert (mine.image_params, mine.video_params) == (default.image_params, default.video_params)
    assert (mine.scene_prompt, mine.rules, mine.parameters) == (
        mv1.scene_prompt,
        mv1.rules,
        mv1.parameters | default_only(default.parameters, mv1.parameters),
    )
    logged = [vars(record) for record in caplog.records if record.message == "flavor_fallback_warning"]
    assert [(each["requested_flavor"], each["config_type"], each["fallback"]) for each in logged] == [
        ("mine", "image_params", "default")
    ]


def default_only(default: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in default.items() if name not in other}


def test_missing_names_are_taken_from_default_each_with_a_warning(place: Path) -> None:
    documents = {
        PARAMETERS: shipped_documents()[PARAMETERS].replace("number_of_scenes", "scenes_of_mine"),
        SCENE_PROMPTS: "scene_generation_prompt: '{idea}'\n",
        IMAGE_PARAMS: "aspect_ratio: 9:16\nvideo:\n  duration: 4\n",
        IMAGE_PROMPTS: "",
    }
    write_flavor(place, "mine", documents)

    mine, default = flavor_resolve(name="mine"), flavor_resolve(name="default")

    assert mine.number_of_scenes == default.number_of_scenes
    assert (mine.scene_prompt, mine.rules) == ("{idea}", default.rules)
    assert mine.image_params == {**default.image_params, "aspect_ratio": "9:16"}
    assert mine.video_params == {**default.video_params, "duration": 4}
    assert mine.image_prompt == default.image_prompt
    said = " ".join(mine.warnings)
    for name in ("number_of_scenes", "rules", "output_format", "video.resolution", "image_generation_prompt"):
        assert f"has no {name};" in said
    assert "duration" not in said


def test_flavor_without_rules_says_so_with_an_empty_list(place: Path) -> None:
    write_flavor(place, "mine", {SCENE_PROMPTS: "scene_generation_prompt: x\nrules: []\n"})

    assert flavor_resolve(name="mine").rules == ()


def test_folder_that_is_gone_is_offered_no_more_but_its_revisions_stay(place: Path) -> None:
    write_flavor(place, "mine", shipped_documents())
    flavors_sync()
    kept = flavor_resolve(name="mine")
    (place / "mine").rename(place.parent / "away")

    assert flavors_sync().gone == ["mine"]
    assert "mine" not in names()
    assert flavor_at(revision_id=kept.revision_id, name="mine") == kept
    (place.parent / "away").rename(place / "mine")
    assert flavors_sync().unchanged == ["default", "example", "mine", "mv1"]
    assert "mine" in names()


def test_edit_made_in_the_admin_stays_when_the_folder_changes(place: Path) -> None:
    write_flavor(place, "mine", {PARAMETERS: "number_of_scenes: 3\n"})
    flavors_sync()
    flavor_revise(name="mine", documents={PARAMETERS: "number_of_scenes: 9\n"})
    write_flavor(place, "mine", {PARAMETERS: "number_of_scenes: 5\n"})

    assert flavors_sync().kept == ["mine"]
    assert flavors_sync().unchanged == ["default", "example", "mine", "mv1"]
    assert flavor_resolve(name="mine").number_of_scenes == 9
    assert numbers("mine") == [3, 2, 1]


def test_own_default_takes_the_place_of_the_shipped_one_and_borrowers_follow(place: Path) -> None:
    write_flavor(place, "mine", {PARAMETERS: "style: mine\n"})
    before = flavor_resolve(name="mine")
    documents = shipped_documents()
    documents[PARAMETERS] = documents[PARAMETERS].replace("number_of_scenes: 6", "number_of_scenes: 12")
    write_flavor(place, "default", documents)
    flavors_sync()

    assert flavor_resolve(name="mine").number_of_scenes == 12
    assert numbers("mine") == [2, 1]
    assert numbers("mv1") == [1]
    assert flavor_at(revision_id=before.revision_id) == before


def test_default_with_gaps_is_refused_and_the_shipped_one_stays(place: Path) -> None:
    write_flavor(place, "default", {PARAMETERS: "number_of_scenes: 2\n"})

    report = flavors_sync()

    assert {problem.file for problem in report.refused["default"]} == {SCENE_PROMPTS, IMAGE_PARAMS, IMAGE_PROMPTS}
    assert flavor_resolve().number_of_scenes == 6


def test_new_default_that_would_break_a_borrower_leaves_it_as_it_was(place: Path) -> None:
    write_flavor(place, "mine", {IMAGE_PROMPTS: "image_generation_prompt: '{avoid}'\n"})
    before = flavor_resolve(name="mine")
    documents = {name: text.replace("{avoid}", "text") for name, text in shipped_documents().items()}
    flavor_revise(name="default", documents={**documents, PARAMETERS: "number_of_scenes: 2\nstyle: x\n"})

    assert flavor_resolve(name="mine") == before
    assert flavor_resolve(name="default").number_of_scenes == 2


@pytest.mark.parametrize("wrong", [{"name": "Not A Name"}, {"origin": "nowhere"}, {"name": "default", "active": False}])
def test_database_refuses_a_row_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfigFlavor.objects.create(**{"name": "mine", **wrong})


def test_database_refuses_a_revision_number_twice() -> None:
    kept = flavor_resolve()
    row = FlavorRevision.objects.get(pk=kept.revision_id)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        FlavorRevision.objects.create(
            flavor=row.flavor, number=row.number, documents={}, content_hash="", origin=FlavorOrigin.FILE
        )


def test_command_says_what_changed_and_fails_for_a_refused_folder(place: Path) -> None:
    write_flavor(place, "broken", {PARAMETERS: "number_of_scenes: 0\n"})
    out, err = StringIO(), StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("sync_flavors", "--dry-run", stdout=out, stderr=err)

    assert ended.value.code == 1
    assert "broken: refused: parameters.yaml, line 1, number_of_scenes" in err.getvalue()
    assert "mv1: new" in out.getvalue()
    assert not ConfigFlavor.objects.exists()
    (place / "broken" / PARAMETERS).unlink()
    call_command("sync_flavors", stdout=out)
    assert ConfigFlavor.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_processes_that_start_at_once_make_each_revision_once() -> None:
    def one(_n: int) -> None:
        try:
            flavors_sync()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))

    assert sorted(FlavorRevision.objects.values_list("flavor__name", "number")) == [
        ("default", 1),
        ("example", 1),
        ("mv1", 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_start_without_tables_is_survived(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(ConfigFlavor._meta, "db_table", "not_there_yet")

    sync_at_start()

    assert [record.message for record in caplog.records] == ["flavors_not_synced"]


@pytest.mark.django_db(transaction=True)
def test_start_fills_the_database() -> None:
    sync_at_start()

    assert ConfigFlavor.objects.count() == 3
