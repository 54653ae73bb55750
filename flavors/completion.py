"""Makes a flavor whole: what it does not say is taken from `default`, and each such thing is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flavors.readers import Template
from flavors.rules import Rule
from flavors.schema import (
    IMAGE_PARAMS,
    IMAGE_PROMPTS,
    PARAMETERS,
    SCENE_PROMPTS,
    FlavorFiles,
)
from flavors.sections import given
from flavors.templates import problems_in
from flavors.yaml_text import FlavorInvalidError, Problem

_PROMPT, _PORTRAIT = "scene_generation_prompt", "image_generation_prompt"
# What `default` itself must say, because nobody else can.
_NEEDED = {
    PARAMETERS: ("number_of_scenes",),
    SCENE_PROMPTS: (_PROMPT,),
    IMAGE_PARAMS: (
        *("aspect_ratio", "safety_filter_level", "person_generation", "output_format"),
        *("video.aspect_ratio", "video.duration", "video.resolution", "video.generate_audio"),
    ),
    IMAGE_PROMPTS: (_PORTRAIT,),
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WholeFlavor:
    """A flavor that says everything; the mappings hold plain values by name."""

    title: str
    parameters: Mapping[str, Any]
    rules: tuple[Rule, ...]
    scene_prompt: str
    image_params: Mapping[str, Any]
    video_params: Mapping[str, Any]
    image_prompt: str


@dataclass(frozen=True, slots=True)
class Borrowed:
    """Something taken from `default`: the part of the flavor (a file's name without its ending) and a sentence."""

    config_type: str
    say: str


def complete(files: FlavorFiles, default: WholeFlavor | None) -> tuple[WholeFlavor, tuple[Borrowed, ...]]:
    """Fill the gaps from `default`; None means that this is `default`, which may have none.

    Raises FlavorInvalidError for a prompt with an unknown mark, and for a `default` with gaps.
    """
    if default is None:
        _want_everything(files)
        default = WholeFlavor("", {}, (), "", {}, {}, "")
    _check_marks(files, {*default.parameters, *files.parameters.values})
    lender = _Lender(files.missing)
    prompts, portrait = files.scene_prompts, files.image_prompts.image_generation_prompt
    parameters = lender.lay(PARAMETERS, files.parameters.values, default.parameters)
    prompt = lender.look(SCENE_PROMPTS, _PROMPT, prompts.scene_generation_prompt)
    rules = lender.look(SCENE_PROMPTS, "rules", prompts.rules) if default.rules else prompts.rules
    image_params = lender.lay(IMAGE_PARAMS, given(files.image_params), default.image_params)
    video_params = lender.lay(IMAGE_PARAMS, given(files.video_params), default.video_params, section="video.")
    portrait = lender.look(IMAGE_PROMPTS, _PORTRAIT, portrait)
    whole = WholeFlavor(
        title=files.parameters.title or "",
        parameters=parameters,
        rules=default.rules if rules is None else rules,
        scene_prompt=default.scene_prompt if prompt is None else prompt.text,
        image_params=image_params,
        video_params=video_params,
        image_prompt=default.image_prompt if portrait is None else portrait.text,
    )
    return whole, tuple(lender.borrowed)


class _Lender:
    """Keeps account of what is taken from `default`: a missing file once, otherwise each name."""

    def __init__(self, missing: frozenset[str]) -> None:
        self.borrowed = [
            Borrowed(_config_type(file), f"{file} is missing; it is taken from default.") for file in sorted(missing)
        ]
        self._missing = missing

    def lay(
        self, file: str, own: Mapping[str, Any], default: Mapping[str, Any], *, section: str = ""
    ) -> dict[str, Any]:
        """Lay the values of a file (or of a section of it) over those of `default`."""
        for name in default:
            self.look(file, f"{section}{name}", own.get(name))
        return {**default, **own}

    def look(self, file: str, name: str, own: T | None) -> T | None:
        """Give the value back, noting it when it is absent from a file that is there."""
        if own is None and file not in self._missing:
            self.borrowed.append(Borrowed(_config_type(file), f"{file} has no {name}; it is taken from default."))
        return own


def _config_type(file: str) -> str:
    return file.removesuffix(".yaml")


def _with_lines(prompt: Template, names: set[str]) -> list[tuple[int, str]]:
    """List what is wrong with a prompt's marks by the lines of its file.

    Folded and quoted texts have other lines than their file, but the same marks; only where marks are written by
    escapes is the line the one on which the prompt begins.
    """
    meant, written = problems_in(prompt.text, names), problems_in(prompt.source, names)
    if [say for _, say in meant] == [say for _, say in written]:
        return [(prompt.line + offset, say) for offset, say in written]
    return [(prompt.line, say) for _, say in meant]


def _check_marks(files: FlavorFiles, names: set[str]) -> None:
    """Refuse a prompt that asks for what nobody will give."""
    prompts = (
        (SCENE_PROMPTS, _PROMPT, files.scene_prompts.scene_generation_prompt),
        (IMAGE_PROMPTS, _PORTRAIT, files.image_prompts.image_generation_prompt),
    )
    problems = [
        Problem(file, line, field, say)
        for file, field, prompt in prompts
        if prompt is not None
        for line, say in _with_lines(prompt, names)
    ]
    if problems:
        raise FlavorInvalidError(tuple(problems))


def _want_everything(files: FlavorFiles) -> None:
    has = {
        PARAMETERS: set(files.parameters.values),
        SCENE_PROMPTS: set(given(files.scene_prompts)),
        IMAGE_PARAMS: {*given(files.image_params), *(f"video.{name}" for name in given(files.video_params))},
        IMAGE_PROMPTS: set(given(files.image_prompts)),
    }
    problems = [
        Problem(file, 1, name, "is missing; default must say everything, because other flavors borrow from it.")
        for file, names in _NEEDED.items()
        for name in names
        if name not in has[file]
    ]
    if problems:
        raise FlavorInvalidError(tuple(problems))
