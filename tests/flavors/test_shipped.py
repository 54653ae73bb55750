"""The shipped flavors: their rules can be met and are met, their negatives are nouns, `example` shows every knob."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from flavors.completion import WholeFlavor, complete
from flavors.rules import Rule, applicable, check
from flavors.schema import FILES, IMAGE_PARAMS, SCENE_PROMPTS, ImageParams, VideoParams, read_files
from generation.ports import SceneDraft, SceneRequest
from generation.providers.sample.scenes import SampleScenes
from tests.support.flavor_folders import shipped_documents

NAMES = ["default", "example", "mv1"]
IDEAS = [
    "A lighthouse keeper dances with the storm.",
    "The band Neon Foxes plays to a full house.",
    "A letter is read at a kitchen window.",
    "A solo singer crosses the desert on foot.",
    "Robots build a boat at night.",
]
# What a writer could answer to mv1; each test below spoils one thing in it.
GOOD = (
    SceneDraft(
        "Wide shot, crane. She sings in front of the drummer, the crowd below.",
        "text, indoor hall, studio wall, lifeless performance",
        "wide",
        "outdoor stadium",
        audience=True,
    ),
    SceneDraft(
        "Medium shot, dolly. The singer lifts the microphone.",
        "text, indoor hall, studio wall, lifeless performance",
        "medium",
        "outdoor stadium",
        audience=False,
    ),
    SceneDraft(
        "Close-up of the singer's face, locked. She is singing, sweat on her cheek.",
        "text, indoor hall, studio wall, lifeless performance",
        "close-up",
        "outdoor stadium",
        audience=False,
    ),
)
SPOILED = {
    "face_close_up": lambda scene: replace(scene, description=scene.description.replace("face", "hands")),
    "wide_shot": lambda scene: replace(scene, shot=scene.shot.replace("wide", "medium")),
    "medium_shot": lambda scene: replace(scene, shot=scene.shot.replace("medium", "wide")),
    "varied_shots": lambda scene: replace(scene, shot="close-up"),
    "audience_in_some": lambda scene: replace(scene, audience=False),
    "audience_not_in_all": lambda scene: replace(scene, audience=True),
    "audience_where_said": lambda scene: replace(scene, description=scene.description + " A sea of fans sways."),
    "outdoors": lambda scene: replace(scene, place="a cellar bar"),
    "place_not_indoors": lambda scene: replace(scene, place="stadium dressing room"),
    "not_indoors": lambda scene: replace(scene, description=scene.description + " A recording studio."),
    "one_band": lambda scene: replace(scene, description=scene.description + " A second band waits."),
    "singer_performs": lambda scene: replace(scene, description="A face, drums, nobody else."),
    "band_seen": lambda scene: replace(scene, description=scene.description.replace("drummer", "sky")),
    "negative_indoor": lambda scene: replace(scene, negative_description="text, studio, lifeless"),
    "negative_studio": lambda scene: replace(scene, negative_description="text, indoor hall, lifeless"),
    "negative_lifeless": lambda scene: replace(scene, negative_description="text, indoor hall, studio"),
    "negative_text": lambda scene: replace(scene, negative_description="indoor hall, studio, lifeless"),
}


def whole(name: str) -> WholeFlavor:
    default, _ = complete(read_files(shipped_documents()), None)
    return default if name == "default" else complete(read_files(shipped_documents(name)), default)[0]


def broken(rules: tuple[Rule, ...], scenes: tuple[SceneDraft, ...]) -> set[str]:
    return {violation.rule.id for violation in check(rules, scenes)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 2, 3, 6, 13])
def test_rules_hold_over_fifty_seeds_of_the_built_in_writer(name: str, count: int) -> None:
    flavor = whole(name)
    rules, _skipped = applicable(flavor.rules, count)
    for seed in range(50):
        request = SceneRequest(
            prompt="",
            idea=IDEAS[seed % len(IDEAS)],
            character_description="A woman of sixty, silver braid, yellow oilskin coat.",
            count=count,
            seconds_each=8,
            seed=seed,
            rules=rules,
            parameters=flavor.parameters,
        )
        answer = SampleScenes().write(request, lambda _progress: None, lambda _new: None)
        assert (seed, broken(flavor.rules, answer.scenes)) == (seed, set())


def test_a_good_answer_to_mv1_breaks_no_rule() -> None:
    assert broken(whole("mv1").rules, GOOD) == set()


@pytest.mark.parametrize("rule", SPOILED)
def test_each_rule_of_mv1_bites(rule: str) -> None:
    assert rule in broken(whole("mv1").rules, tuple(SPOILED[rule](scene) for scene in GOOD))


def test_an_audience_that_only_the_flag_tells_of_does_not_count() -> None:
    unseen = tuple(replace(scene, description=scene.description.replace("crowd", "sky")) for scene in GOOD)
    assert broken(whole("mv1").rules, unseen) == {"audience_in_some"}


def test_a_close_up_of_something_else_is_none_of_the_face() -> None:
    other = "Close-up of the drummer's sticks. The singer with the freckled face sings far behind."
    scenes = tuple(replace(scene, description=other) if scene.shot == "close-up" else scene for scene in GOOD)
    assert broken(whole("mv1").rules, scenes) == {"face_close_up"}


def test_the_words_of_a_character_are_no_indoor_place() -> None:
    who = " A studio musician with club jacket and studio headphones, from the basement choir."
    scenes = tuple(replace(scene, description=scene.description + who) for scene in GOOD)
    assert broken(whole("mv1").rules, scenes) == set()


def test_every_rule_of_mv1_is_tried_here() -> None:
    assert [rule.id for rule in whole("mv1").rules] == list(SPOILED)


def test_one_scene_skips_what_one_scene_cannot_be() -> None:
    _kept, skipped = applicable(whole("mv1").rules, 1)

    assert {rule.id for rule in skipped} >= {"audience_in_some", "audience_not_in_all", "varied_shots", "wide_shot"}


def negatives(flavor: WholeFlavor) -> Iterator[str]:
    yield str(flavor.parameters["avoid"])
    yield str(flavor.image_params["negative_prompt"])
    yield str(flavor.video_params["negative_prompt"])


@pytest.mark.parametrize("name", NAMES)
def test_negatives_are_nouns_and_never_commands(name: str) -> None:
    for text in negatives(whole(name)):
        assert not re.search(r"\b(?:no|not|never|don't|without|avoid)\b", text, re.IGNORECASE), text


def test_mv1_is_told_against_indoor_studio_and_lifeless() -> None:
    flavor = whole("mv1")
    for text in (str(flavor.parameters["avoid"]), str(flavor.video_params["negative_prompt"])):
        assert all(word in text for word in ("indoor", "studio", "lifeless"))


@pytest.mark.parametrize("name", NAMES)
def test_scene_prompt_asks_for_what_the_studio_needs(name: str) -> None:
    prompt = whole(name).scene_prompt

    for mark in ("{idea}", "{character_description}", "{number_of_scenes}", "{style}"):
        assert mark in prompt
    for words in ("negative description", "wide, medium or close-up", "audience"):
        assert words in " ".join(prompt.split())


def test_example_shows_and_explains_every_knob() -> None:
    documents = shipped_documents("example")
    files = read_files(documents)

    for section in (files.image_params, files.video_params):
        assert all(getattr(section, each.name) is not None for each in fields(section))
    for each in (*fields(ImageParams), *fields(VideoParams)):
        assert each.name in documents[IMAGE_PARAMS]
    for each in fields(Rule):
        assert re.search(rf"^#   {each.name}\s", documents[SCENE_PROMPTS], re.MULTILINE), each.name
    assert {rule.quantity for rule in files.scene_prompts.rules or ()} == {"some", "not_all", "every", "none", "varied"}
    assert all(documents[file].startswith(f"# EVERY KNOB, FILE {n} OF 4") for n, file in enumerate(FILES, 1))
