"""Where each scene lies in the film: spans that tile it from its start, cut with the song or clip by clip."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from assets.models import Audio
from assets.services.listening import audio_analysis, audio_analysis_if_heard
from generation.choices import CutBy

USUAL_CLIP = 8.0  # seconds: of a scene that has no clip yet
LEAST = 1.0  # seconds: no span is shorter, but for the clip itself
SLACK = 1e-3  # seconds by which a clip may be too short for its span
REST = 0.1  # seconds at the end of a film that are worth no clip of their own
MOST_SPANS = 4_000  # two hours cut by clips of two seconds
MOST_SCENES = 60
LONGEST_TARGET_SECONDS = 900
NEAR_BAR = 0.6  # bars by which a cut leaves its ideal place to fall on a bar


@dataclass(frozen=True, slots=True)
class Marks:
    """Moments of a song in seconds, ascending, at which a cut feels right; `seconds` is its length."""

    seconds: float
    beats: tuple[float, ...] = ()
    bars: tuple[float, ...] = ()
    parts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """The place of a scene (by its place in the list) in seconds of the film; `again` when it was shown before."""

    scene: int
    start: float
    end: float
    again: bool = False


def tile(lengths: Sequence[float], *, cut_by: str, marks: Marks | None, target: float | None) -> list[Span]:
    """Give the spans of scenes whose clips last `lengths` seconds, each at most as long as its clip.

    With a `target` (seconds) the film has that length: scenes share it evenly where their clips are long enough, and
    start again from the first where they are not. Cuts fall on bars, else on beats; by `sections` also wherever a
    part of the song begins. They are moments of the song, so no error grows. After MOST_SPANS the film ends, and where
    less than REST is left: nobody pays for a clip of which two frames are seen.
    """
    spans: list[Span] = []
    at, number = 0.0, 0
    while lengths and len(spans) < MOST_SPANS:
        over = at > target - REST if target is not None else number >= len(lengths)
        if over:
            break
        longest = lengths[number % len(lengths)]
        end = _end(at, longest, left=max(1, len(lengths) - number), cut_by=cut_by, marks=marks, target=target)
        spans.append(Span(number % len(lengths), at, end, again=number >= len(lengths)))
        at, number = end, number + 1
    return spans


def falls_short(spans: Sequence[Span], target: float | None) -> bool:
    """Say whether a film ends before its target: its clips are so short that it would have more than MOST_SPANS."""
    return target is not None and bool(spans) and spans[-1].end <= target - REST


def _end(at: float, longest: float, *, left: int, cut_by: str, marks: Marks | None, target: float | None) -> float:
    latest = at + longest
    ideal = latest
    rest = math.inf if target is None else target - at
    if cut_by == CutBy.CLIPS or marks is None:
        return min(latest, at + rest)
    if math.isfinite(rest):
        if rest < longest + REST and (left == 1 or rest < 2 * LEAST):
            return at + rest if rest <= longest + SLACK else latest
        ideal = min(latest, at + _share(rest, longest, left))
    part = next((moment for moment in marks.parts if moment > at + LEAST), math.inf)
    if cut_by == CutBy.SECTIONS and part < at + rest:
        if part <= ideal + SLACK:
            return part
        ideal = min(ideal, at + _share(part - at, longest, 1))
    return _on_the_song(at, ideal, min(latest, at + rest), marks)


def _share(rest: float, longest: float, left: int) -> float:
    """Give how much of `rest` the next scene takes: an even share of it, or of as many rounds as it needs."""
    return rest / max(left, math.ceil((rest - REST) / longest))


def _on_the_song(at: float, ideal: float, latest: float, marks: Marks) -> float:
    """Give the bar near the ideal moment, else the beat nearest to it, else the moment itself."""
    bars = _between(marks.bars, at, latest)
    if bars:
        bar = min(bars, key=lambda moment: abs(moment - ideal))
        length = (marks.bars[-1] - marks.bars[0]) / (len(marks.bars) - 1) if len(marks.bars) > 1 else LEAST
        if abs(bar - ideal) <= (1.0 if ideal >= latest - SLACK else NEAR_BAR) * length:
            return bar
    beats = _between(marks.beats, at, latest)
    return min(beats, key=lambda moment: abs(moment - ideal)) if beats else ideal


def _between(moments: Sequence[float], at: float, latest: float) -> list[float]:
    return [moment for moment in moments if at + LEAST <= moment <= latest + SLACK]


def scenes_needed(target: float, longest: float, *, cut_by: str, marks: Marks | None, most: int) -> int:
    """Give how many scenes of clips of `longest` seconds fill `target` seconds without showing one twice."""
    for count in range(max(1, math.ceil((target - REST) / longest)), most):
        spans = tile([longest] * count, cut_by=cut_by, marks=marks, target=target)
        if not any(span.again for span in spans):
            return count
    return most


def frames(spans: Sequence[tuple[float, float]], fps: float | Fraction) -> list[tuple[int, int]]:
    """Give first frame and number of frames of each (start, end): moments are rounded, not lengths, so no error grows.

    The stitch rounds the same way.
    """
    moments = [*(start for start, _ in spans), spans[-1][1]]
    edges = [math.floor(Fraction(moment) * Fraction(fps) + Fraction(1, 2)) for moment in moments]
    return [(first, after - first) for first, after in pairwise(edges)]


def marks_of(audio: Audio | None, cut_by: str, *, patient: bool = False) -> Marks | None:
    """Give the moments of a song; None while it has not been heard yet, unless `patient`.

    Raises media:file:* when `patient` and the song cannot be heard.
    """
    seconds = audio.duration_ms / 1000 if audio is not None else 0.0
    if audio is None or cut_by == CutBy.CLIPS:
        return Marks(seconds)
    heard = audio_analysis(audio=audio, patient=True) if patient else audio_analysis_if_heard(audio=audio)
    if heard is None:
        return None
    parts = tuple(section.start for section in heard.sections)
    return Marks(seconds, heard.beats, heard.downbeats, parts)


def target_seconds(target_duration: str, audio: Audio | None) -> float | None:
    """Give how long the film is to be: None for as long as its clips are."""
    if target_duration == "song":
        return audio.duration_ms / 1000 if audio is not None else None
    return None if target_duration == "clips" else float(target_duration)


def proposed_scenes(
    *, target_duration: str, cut_by: str, audio: Audio | None, clip_seconds: float, most: int = MOST_SCENES
) -> int | None:
    """Give how many scenes fill the film that is wished for; None when it is as long as its clips are.

    A song that has not been heard yet is taken to lose a fifth of each clip to its bars.
    """
    target = target_seconds(target_duration, audio)
    if target is None:
        return None
    marks = marks_of(audio, cut_by)
    if marks is None:
        return min(most, math.ceil(target / (0.8 * clip_seconds)))
    return scenes_needed(target, clip_seconds, cut_by=cut_by, marks=marks, most=most)


def lengths_of(known: Sequence[float | None]) -> list[float]:
    """Give the length of each scene's clip in seconds; a scene without one counts like most of the others."""
    usual = Counter(length for length in known if length).most_common(1)
    return [length or (usual[0][0] if usual else USUAL_CLIP) for length in known]
