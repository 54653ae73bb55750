"""The sample scene writer: the flavors' rules, different scenes, the user's own words."""

from dataclasses import replace
from itertools import pairwise

import pytest

from flavors.loader import SHIPPED, find_folders
from flavors.rules import Rule, check
from flavors.schema import read_files
from generation.ports import SceneAnswer, SceneRequest, SongFacts
from generation.providers.sample import scene_words
from generation.providers.sample.scenes import SampleScenes
from mvsite.common.errors import ProviderError

CHARACTER = "A tall woman with short silver hair, a long red coat and round glasses"
IDEAS = [
    "A lighthouse keeper sings to the sea at dusk",
    "An indoor rehearsal in a basement studio. Then the band walks out into the rain!",
    "love",
    "Ein Lied über den Regen in Köln",
    " ".join(["robots dance on the moon"] * 2000),
]
REQUEST = SceneRequest("", IDEAS[0], CHARACTER, 6, 8.0, seed=3)


def write(request: SceneRequest) -> SceneAnswer:
    return SampleScenes().write(request, lambda progress: None, lambda new: None)


def shipped_rules() -> dict[str, tuple[Rule, ...]]:
    found = find_folders(SHIPPED)
    return {name: read_files(folders[0].documents).scene_prompts.rules or () for name, folders in found.items()}


@pytest.mark.parametrize("flavor", sorted(shipped_rules()))
@pytest.mark.parametrize("count", [1, 2, 3, 6, 17, 60])
@pytest.mark.parametrize("idea", IDEAS, ids=range(len(IDEAS)))
def test_scenes_keep_the_rules_of_every_shipped_flavor(flavor: str, count: int, idea: str) -> None:
    rules = shipped_rules()[flavor]
    scenes = write(replace(REQUEST, idea=idea, count=count, rules=rules)).scenes
    assert check(rules, scenes) == ()
    assert len({scene.description for scene in scenes}) == count
    assert all(CHARACTER in scene.description for scene in scenes)


@pytest.mark.parametrize("quantity", ["some", "not_all", "every", "none", "varied"])
@pytest.mark.parametrize("field", ["shot", "place", "audience", "description", "negative_description"])
def test_any_single_rule_is_kept(quantity: str, field: str) -> None:
    wanted = {"shot": ("close-up",), "audience": ("yes",)}.get(field, ("purple elephant",))
    rule = Rule("x", "Please.", field, quantity, () if quantity == "varied" else wanted)  # type: ignore[arg-type]  # every pair is the point
    for count in (2, 3, 9):
        assert check((rule,), write(replace(REQUEST, count=count, rules=(rule,))).scenes) == ()


def test_long_idea_keeps_its_own_words_scene_by_scene() -> None:
    idea = "A boy finds a key. The key opens a garden. The garden sings back. He locks it again."
    scenes = write(replace(REQUEST, idea=idea, count=4)).scenes
    for scene, words in zip(scenes, ["finds a key", "opens a garden", "sings back", "locks it again"], strict=True):
        assert words in scene.description


def test_one_scene_anew_is_another_one_with_the_same_shot() -> None:
    whole = write(REQUEST).scenes
    seen = [whole[2].description]
    for _ in range(5):
        (scene,) = write(replace(REQUEST, only_index=2, avoid=tuple(seen))).scenes
        assert scene.description not in seen
        assert scene.shot == whole[2].shot
        seen.append(scene.description)


def test_chorus_is_louder_than_the_verse() -> None:
    song = SongFacts(48.0, 110.0, (("verse", 0.0, 24.0), ("chorus", 24.0, 48.0)))
    scenes = write(replace(REQUEST, song=song)).scenes
    loud = [any(action in scene.description for action in scene_words.STRONG) for scene in scenes]
    assert loud == [False, False, False, True, True, True]


def test_neighbouring_scenes_differ_in_place_and_shot() -> None:
    for before, after in pairwise(write(replace(REQUEST, count=30)).scenes):
        assert before.shot != after.shot
        assert before.place != after.place


@pytest.mark.parametrize("count", [0, 61])
def test_number_of_scenes_has_its_limits(count: int) -> None:
    with pytest.raises(ProviderError):
        write(replace(REQUEST, count=count))


def test_other_seed_writes_other_scenes() -> None:
    assert write(REQUEST).scenes == write(REQUEST).scenes
    assert write(REQUEST).scenes != write(replace(REQUEST, seed=4)).scenes
