"""What each model takes: our requests as inputs under the model's own names, and what is left out or forced.

Only names of this file are ever sent: whether Replicate refuses unknown ones or drops them in silence (and bills)
differs by model. Names and values were read off the models' API pages in October 2026.
"""

import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generation.ports import ClipRequest, ImageRequest, LipSyncRequest, Sent
from generation.providers.fitting import REFERENCE, bent, losses
from generation.providers.registry import model_facts
from mvsite.common.errors import ProviderError

_ASPECTS = ("1:1", "9:16", "16:9", "3:4", "4:3")
_FORMATS = {"png": "png", "jpg": "jpg", "jpeg": "jpg"}
_WORDS = ("prompt", "aspect_ratio", "output_format")
_FILTER = "safety_filter_level"
_FILTER_LEVELS = ("block_low_and_above", "block_medium_and_above", "block_only_high")


@dataclass(frozen=True, slots=True)
class Prepared:
    """One request as the model wants it: plain `values`, and `files` that must be sent along.

    `priced` is what the price depends on; `names` are all names that we ever send to this model.
    """

    model: str
    values: Mapping[str, Any]
    names: frozenset[str]
    files: Mapping[str, Path | tuple[Path, ...]] = field(default_factory=dict)
    not_sent: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    priced: Mapping[str, Any] = field(default_factory=dict)

    def described(self) -> Sent:
        """Say what is sent, with the names of files instead of their bytes."""
        named = {
            name: [each.name for each in file] if isinstance(file, tuple) else file.name
            for name, file in self.files.items()
        }
        return Sent(self.model, {**self.values, **named}, self.not_sent, self.warnings)


# Names taken besides prompt, shape and format; what is always said, because it decides the price, is in the catalogue.
IMAGES: dict[str, tuple[str, ...]] = {
    "google/imagen-4": (_FILTER,),
    "google/imagen-4-fast": (_FILTER,),
    "google/imagen-4-ultra": (_FILTER,),
    "google/nano-banana-2": (),
    "google/nano-banana-2-lite": (),
    "google/nano-banana-pro": (_FILTER,),
}


@dataclass(frozen=True, slots=True)
class ClipModel:
    """Names taken besides prompt, shape, length, size and seed, and the name of the reference picture."""

    takes: tuple[str, ...]
    reference: str


CLIPS: dict[str, ClipModel] = {
    "google/veo-3.1": ClipModel(("negative_prompt", "generate_audio"), "reference_images"),
    "google/veo-3.1-fast": ClipModel(("negative_prompt", "generate_audio"), "image"),
    "google/veo-3.1-lite": ClipModel((), "image"),
}


@dataclass(frozen=True, slots=True)
class LipSyncModel:
    """The names of video and sound, whether the model is told how to match lengths, and the seconds it takes."""

    video: str = "video"
    audio: str = "audio"
    sync_mode: bool = False
    seconds: tuple[float, float] = (0.1, 300.0)


LIPSYNCS: dict[str, LipSyncModel] = {
    "sync/lipsync-2": LipSyncModel(sync_mode=True),
    "sync/lipsync-2-pro": LipSyncModel(sync_mode=True),
    "kwaivgi/kling-lip-sync": LipSyncModel("video_url", "audio_file", seconds=(2.0, 10.0)),
    "bytedance/latentsync": LipSyncModel(),
}


def portrait(request: ImageRequest) -> Prepared:
    """Prepare a portrait. Raises ProviderError `provider:call:invalid` for a shape or format it does not make."""
    takes = IMAGES.get(request.model)
    if takes is None:
        raise _unknown(request.model, "portraits")
    if request.aspect_ratio not in _ASPECTS or request.output_format not in _FORMATS:
        raise _invalid(f"{request.model} makes portraits as {', '.join(_ASPECTS)} in png or jpeg.")
    always = model_facts(request.model).get("always", {})
    values = {
        "prompt": request.prompt,
        "aspect_ratio": request.aspect_ratio,
        "output_format": _FORMATS[request.output_format],
        **always,
    }
    left_out = {
        "seed": True,
        "negative_prompt": bool(request.negative_prompt),
        "person_generation": bool(request.person_generation),
    }
    if _FILTER in takes and request.safety_filter_level in _FILTER_LEVELS:
        values[_FILTER] = request.safety_filter_level
    else:
        left_out[_FILTER] = bool(request.safety_filter_level)
    names = frozenset((*_WORDS, *takes, *always))
    return Prepared(request.model, values, names, not_sent=_named(left_out), priced=values)


def clip(request: ClipRequest) -> Prepared:
    """Prepare a clip. Raises ProviderError `provider:call:invalid` for a shape or length it does not make."""
    model = CLIPS.get(request.model)
    if model is None:
        raise _unknown(request.model, "clips")
    values: dict[str, Any] = {
        "prompt": request.prompt,
        "aspect_ratio": request.aspect_ratio,
        "duration": request.seconds,
        "resolution": request.resolution,
        "seed": request.seed,
    }
    wanted = {"negative_prompt": request.negative_prompt or None, "generate_audio": request.generate_audio}
    values |= {name: value for name, value in wanted.items() if name in model.takes and value is not None}
    values, warnings = _bent(request, values)
    if values["aspect_ratio"] not in ("16:9", "9:16") or values["duration"] not in (4, 6, 8):
        raise _invalid(f"{request.model} makes clips of 4, 6 or 8 seconds, as 16:9 or 9:16.")
    left_out = {name: value is not None and name not in model.takes for name, value in wanted.items()}
    names = frozenset(("prompt", "aspect_ratio", "duration", "resolution", "seed", *model.takes, model.reference))
    files: dict[str, Path | tuple[Path, ...]] = {}
    if request.reference is not None:
        files[model.reference] = (request.reference,) if model.reference == "reference_images" else request.reference
    return Prepared(request.model, values, names, files, _named(left_out), warnings, values)


def _bent(request: ClipRequest, values: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Bend what the model cannot do to what it can, and say so: else it drops the picture, and bills all the same."""
    asked = {**values, REFERENCE: request.reference is not None, "generate_audio": request.generate_audio}
    made, said = bent(request.model, asked)
    _, lost = losses(request.model, asked, frozenset())
    return {name: made[name] for name in values}, (*said, *lost)


def lipsync(request: LipSyncRequest) -> Prepared:
    """Prepare a lip-sync. Raises ProviderError `provider:call:invalid` for a length the model does not take."""
    model = LIPSYNCS.get(request.model)
    if model is None:
        raise _unknown(request.model, "lip-syncs")
    shortest, longest = model.seconds
    if not shortest <= request.seconds <= longest:
        raise _invalid(f"{request.model} takes clips of {shortest:g} to {longest:g} seconds.")
    files = {model.video: request.video, model.audio: request.audio}
    values: dict[str, Any] = {}
    if model.sync_mode:  # the result must be as long as the video, whichever of the two is longer
        values["sync_mode"] = "cut_off" if _wav_seconds(request.audio) >= request.seconds else "silence"
    names = frozenset((*files, *values))
    return Prepared(request.model, values, names, files, priced={"seconds": request.seconds})


def _wav_seconds(path: Path) -> float:
    try:
        with wave.open(str(path), "rb") as sound:
            return sound.getnframes() / sound.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise _invalid("The sound is not a WAV file.") from error


def _named(left_out: Mapping[str, bool]) -> tuple[str, ...]:
    return tuple(name for name, missing in left_out.items() if missing)


def _unknown(model: str, what: str) -> ProviderError:
    return _invalid(f'Replicate\'s "{model}" is not known here as a model for {what}.')


def _invalid(text: str) -> ProviderError:
    return ProviderError("provider:call:invalid", text)
