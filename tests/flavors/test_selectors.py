"""Flavors as the rest of the studio reads them: resolved, whole, filled in."""

import pytest

from flavors.models import ConfigFlavor
from flavors.selectors import flavor_at, flavor_list, flavor_resolve, render_image_prompt, render_scene_prompt

pytestmark = pytest.mark.django_db


def test_a_fresh_database_has_the_shipped_flavors_and_default_is_first() -> None:
    assert [flavor.name for flavor in flavor_list()] == ["default", "example", "mv1"]


@pytest.mark.parametrize("name", ["default", "example", "mv1"])
def test_a_shipped_flavor_says_everything_itself(name: str) -> None:
    flavor = flavor_resolve(name=name)

    assert flavor.warnings == ()
    assert flavor.title
    assert 1 <= flavor.number_of_scenes <= 60
    shipped = {
        "model": "image.default",
        "aspect_ratio": "1:1",
        "safety_filter_level": "block_medium_and_above",
        "person_generation": "allow_adult",
        "output_format": "png",
    }
    assert flavor.image_params.items() >= shipped.items()
    video = {"model": "clip.default", "aspect_ratio": "16:9", "duration": 8, "resolution": "720p"}
    assert flavor.video_params.items() >= {**video, "generate_audio": True}.items()


@pytest.mark.parametrize("name", [None, ""])
def test_no_name_means_default_without_a_warning(name: str | None) -> None:
    flavor = flavor_resolve(name=name)

    assert (flavor.name, flavor.warnings) == ("default", ())


def test_an_unknown_flavor_becomes_default_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    flavor = flavor_resolve(name="mv9")

    assert flavor.name == "default"
    assert flavor.warnings == ("There is no flavor mv9; default is used.",)
    assert [record.message for record in caplog.records] == ["flavor_fallback_warning"]
    assert vars(caplog.records[0])["requested_flavor"] == "mv9"


def test_a_flavor_that_is_switched_off_becomes_default() -> None:
    flavor_list()
    ConfigFlavor.objects.filter(name="mv1").update(active=False)

    assert flavor_resolve(name="mv1").name == "default"
    assert "mv1" not in [flavor.name for flavor in flavor_list()]


def test_a_recorded_revision_is_given_back_exactly() -> None:
    now = flavor_resolve(name="mv1")

    assert flavor_at(revision_id=now.revision_id, name="mv1") == now
    assert flavor_at(revision_id=None, name="mv1") == now


def test_the_scene_prompt_holds_what_was_asked_for() -> None:
    flavor = flavor_resolve(name="default")

    prompt = render_scene_prompt(
        flavor,
        idea="a boat of {paper}",
        character_description="a man {style}",
        number_of_scenes=3,
        parameters={"style": "{idea}"},
    )

    assert "exactly 3 scenes" in prompt
    assert "a boat of {paper}" in prompt
    assert "a man {style}" in prompt
    assert prompt.count("{idea}") == 1


def test_the_image_prompt_holds_the_character() -> None:
    prompt = render_image_prompt(flavor_resolve(name="mv1"), character_description="a tall man, green coat")

    assert "a tall man, green coat" in prompt


def test_a_prompt_is_logged_as_its_template_and_never_filled_in(caplog: pytest.LogCaptureFixture) -> None:
    flavor = flavor_resolve(name="mv1")
    with caplog.at_level("DEBUG", logger="mv.events"):
        render_scene_prompt(flavor, idea="A private idea", character_description="Somebody", number_of_scenes=2)

    logged = {record.message: vars(record) for record in caplog.records}
    assert logged["config_flavor_selected"]["flavor"] == "mv1"
    assert logged["config_flavor_selected"]["revision"] == 1
    assert logged["flavor_config_loaded"]["config_type"] == "scene_prompts"
    assert logged["flavor_config_loaded"]["config"] == flavor.scene_prompt
    assert "A private idea" not in str(logged)
