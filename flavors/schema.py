"""What the four files of a flavor may hold: typed, bounded, and every error names file, line and field.

A value that is absent is None: it is taken from `default` when the flavor is completed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import yaml

from flavors import readers
from flavors.readers import Reader, Template
from flavors.rules import Rule
from flavors.sections import Place, given, read_section
from flavors.yaml_text import FlavorInvalidError, Problem, pairs, read_mapping

PARAMETERS, SCENE_PROMPTS = "parameters.yaml", "scene_prompts.yaml"
IMAGE_PARAMS, IMAGE_PROMPTS = "image_params.yaml", "image_prompts.yaml"
FILES = (PARAMETERS, SCENE_PROMPTS, IMAGE_PARAMS, IMAGE_PROMPTS)
LONGEST_PROMPT, LONGEST_NEGATIVE, MOST_PARAMETERS, MOST_RULES = 20_000, 2000, 60, 40
# A call gives parameters by name beside these, so no parameter may be called like one of them.
NOT_A_PARAMETER = {"idea", "character_description", "audio_id", "config_flavor", "project_id", "seed"}
_KNOWN_PARAMETERS: dict[str, Reader] = {
    "title": readers.text(80),
    "number_of_scenes": readers.whole(1, 60),
    "model": readers.text(120),
    "temperature": readers.number(0, 2),
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """`parameters.yaml`: the flavor's title, and what a call may change by name (`number_of_scenes` among it)."""

    title: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScenePrompts:
    """`scene_prompts.yaml`: the prompt of the scene writer and the rules its answer must meet."""

    scene_generation_prompt: Annotated[Template | None, readers.template(LONGEST_PROMPT)] = None
    rules: tuple[Rule, ...] | None = None


@dataclass(frozen=True, slots=True)
class ImageParams:
    """`image_params.yaml` without its `video:` section: how portraits are made. `model` is a role or a model's id."""

    model: Annotated[str | None, readers.text(120)] = None
    aspect_ratio: Annotated[str | None, readers.one_of("1:1", "3:4", "4:3", "9:16", "16:9")] = None
    safety_filter_level: Annotated[
        str | None, readers.one_of("block_low_and_above", "block_medium_and_above", "block_only_high")
    ] = None
    person_generation: Annotated[str | None, readers.one_of("allow_adult", "allow_all", "dont_allow")] = None
    output_format: Annotated[str | None, readers.one_of("png", "jpg", "jpeg", "webp")] = None
    negative_prompt: Annotated[str | None, readers.text(LONGEST_NEGATIVE, may_be_empty=True)] = None


@dataclass(frozen=True, slots=True)
class VideoParams:
    """The `video:` section of `image_params.yaml`: how clips are made; `duration` in seconds.

    `model` and `lipsync_model` are a role or a model's id.
    """

    model: Annotated[str | None, readers.text(120)] = None
    lipsync_model: Annotated[str | None, readers.text(120)] = None
    aspect_ratio: Annotated[str | None, readers.one_of("16:9", "9:16")] = None
    duration: Annotated[int | None, readers.whole_of(4, 6, 8)] = None
    resolution: Annotated[str | None, readers.one_of("720p", "1080p")] = None
    generate_audio: Annotated[bool | None, readers.yes_no] = None
    negative_prompt: Annotated[str | None, readers.text(LONGEST_NEGATIVE, may_be_empty=True)] = None


@dataclass(frozen=True, slots=True)
class ImagePrompts:
    """`image_prompts.yaml`: the prompt of a portrait."""

    image_generation_prompt: Annotated[Template | None, readers.template(LONGEST_PROMPT)] = None


@dataclass(frozen=True, slots=True)
class FlavorFiles:
    """A flavor as it was written. A file that is `missing` has an empty section here."""

    missing: frozenset[str]
    parameters: Parameters = Parameters()
    scene_prompts: ScenePrompts = ScenePrompts()
    image_params: ImageParams = ImageParams()
    video_params: VideoParams = VideoParams()
    image_prompts: ImagePrompts = ImagePrompts()


@dataclass(frozen=True, slots=True)
class _RuleText:
    id: Annotated[str | None, readers.text(40)] = None
    say: Annotated[str | None, readers.text(300)] = None
    field: Annotated[str | None, readers.one_of("shot", "place", "audience", "description", "negative_description")] = (
        None
    )
    quantity: Annotated[str | None, readers.one_of("some", "not_all", "every", "none", "varied")] = None
    wanted: Annotated[tuple[str, ...] | None, readers.words] = None
    needs_scenes: Annotated[int | None, readers.whole(1, 60)] = None
    with_words: Annotated[tuple[str, ...] | None, readers.words] = None


def read_files(documents: Mapping[str, str]) -> FlavorFiles:
    """Read the texts of a flavor by file name. Raises FlavorInvalidError with every problem of every file."""
    strangers = sorted(set(documents) - set(FILES))
    problems = [Problem(file, 1, "", f"a flavor has the files {', '.join(FILES)}.") for file in strangers]
    found: dict[str, Any] = {}
    readers_by_file = {
        PARAMETERS: _parameters,
        SCENE_PROMPTS: _scene_prompts,
        IMAGE_PARAMS: _image_params,
        IMAGE_PROMPTS: _image_prompts,
    }
    for file, read in readers_by_file.items():
        if file in documents:
            try:
                found.update(read(read_mapping(file, documents[file]), problems))
            except FlavorInvalidError as error:
                problems += error.problems
    if problems:
        raise FlavorInvalidError(tuple(problems))
    return FlavorFiles(missing=frozenset(FILES) - set(documents), **found)


def _parameters(node: yaml.MappingNode, problems: list[Problem]) -> dict[str, Any]:
    title: str | None = None
    values: dict[str, Any] = {}
    for name, _line, value in pairs(PARAMETERS, node):
        try:
            read = _parameter_reader(name)(value)
        except ValueError as error:
            problems.append(Problem(PARAMETERS, value.start_mark.line + 1, name, str(error)))
        else:
            if name == "title":
                title = read
            else:
                values[name] = read
    if len(values) > MOST_PARAMETERS:
        problems.append(Problem(PARAMETERS, 1, "", f"more than {MOST_PARAMETERS} parameters."))
    return {"parameters": Parameters(title, values)}


def _parameter_reader(name: str) -> Reader:
    if name in NOT_A_PARAMETER or not _NAME.fullmatch(name):
        raise ValueError("cannot be a parameter's name: a-z, 0-9 and _, and no word of the call itself.")
    return _KNOWN_PARAMETERS.get(name, readers.free)


def _scene_prompts(node: yaml.MappingNode, problems: list[Problem]) -> dict[str, Any]:
    prompts, rest = read_section(ScenePrompts, Place(SCENE_PROMPTS), node, problems, besides=("rules",))
    rules = _rules(rest["rules"], problems) if "rules" in rest else None
    return {"scene_prompts": ScenePrompts(prompts.scene_generation_prompt, rules)}


def _image_params(node: yaml.MappingNode, problems: list[Problem]) -> dict[str, Any]:
    image, rest = read_section(ImageParams, Place(IMAGE_PARAMS), node, problems, besides=("video",))
    video = VideoParams()
    if "video" in rest:
        video, _ = read_section(VideoParams, Place(IMAGE_PARAMS, "video."), rest["video"], problems)
    return {"image_params": image, "video_params": video}


def _image_prompts(node: yaml.MappingNode, problems: list[Problem]) -> dict[str, Any]:
    return {"image_prompts": read_section(ImagePrompts, Place(IMAGE_PROMPTS), node, problems)[0]}


def _rules(node: yaml.Node, problems: list[Problem]) -> tuple[Rule, ...]:
    if not isinstance(node, yaml.SequenceNode) or len(node.value) > MOST_RULES:
        say = f"expected a list of at most {MOST_RULES} rules; [] for none."
        problems.append(Problem(SCENE_PROMPTS, node.start_mark.line + 1, "rules", say))
        return ()
    rules: dict[str, Rule] = {}
    for index, each in enumerate(node.value):
        place = Place(SCENE_PROMPTS, f"rules.{index}.")
        before = len(problems)
        text, _ = read_section(_RuleText, place, each, problems)
        if len(problems) > before:
            continue
        if say := _wrong_with(text, rules):
            problems.append(place.problem(each.start_mark.line + 1, text.id or "", say))
        else:
            rule = Rule(**given(text))
            rules[rule.id] = rule
    return tuple(rules.values())


def _wrong_with(rule: _RuleText, others: Mapping[str, Rule]) -> str:
    """Say what makes the rule meaningless; empty when it is fine."""
    absent = [name for name in ("id", "say", "field", "quantity") if getattr(rule, name) is None]
    if absent:
        return f"a rule needs {', '.join(absent)}."
    if rule.id in others:
        return "another rule has this id."
    if rule.quantity == "varied":
        return "varied takes no wanted and no with_words." if rule.wanted or rule.with_words else ""
    if not rule.wanted:
        return f"{rule.quantity} needs wanted: the words of which one must be there."
    if rule.field == "audience" and not set(rule.wanted) <= {"yes", "no"}:
        return "audience is yes or no."
    return ""
