"""What a stitch is made of: the clips as they were named, or laid on a timeline with a slate where one is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from assets.media.compose import slate
from assets.media.errors import MediaProblem
from assets.media.probe import VideoFacts, probe
from assets.media.sniff import VIDEO_KINDS
from assets.media.stitch import StitchWishes
from assets.media.stitch.profile import Profile, choose_profile
from assets.models import Audio, Video, VideoKind
from generation.choices import CutBy
from generation.models import Job
from generation.timeline import Marks, falls_short, frames, lengths_of, marks_of, target_seconds, tile
from mvsite.common.errors import MediaError

Tick = Callable[[float], None]
OFF_THE_LIPS = 0.1  # seconds; ITU-R BT.1359 gives 0.045 before the sound and 0.125 after it


@dataclass(frozen=True, slots=True)
class Place:
    """One stretch of the film in seconds, and the clip shown there; None: a slate that names the scene."""

    scene_index: int
    video_id: str | None
    path: Path | None
    start: float
    end: float

    def told(self) -> dict[str, Any]:
        """Give it for the video's metadata."""
        place = {"start": round(self.start, 3), "end": round(self.end, 3)}
        return {"scene_index": self.scene_index, "video_id": self.video_id, **place}


@dataclass(frozen=True, slots=True)
class Film:
    """Files in order, how they are put together, and what a person should know; `places` when on a timeline."""

    clips: tuple[Path, ...]
    wishes: StitchWishes
    places: tuple[Place, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def warned(self) -> tuple[str, ...]:
        """Give the warnings, each once."""
        return tuple(dict.fromkeys(self.warnings))


def film_of(
    job: Job, videos: Sequence[Video], paths: Sequence[Path], wishes: StitchWishes, *, folder: Path, tick: Tick
) -> Film:
    """Lay out the film of a stitch job: its clips end to end, or on the timeline of its project."""
    timeline = job.params.get("timeline")
    if timeline is None:
        return Film(tuple(paths), wishes)
    found = {str(video.pk): (video, path) for video, path in zip(videos, paths, strict=True)}
    places, warnings = _places(timeline, found)
    return _with_slates(Film((), wishes, tuple(places), tuple(warnings)), folder, tick)


def without_clip(film: Film, number: int, *, folder: Path, tick: Tick) -> Film:
    """Give the film with a slate wherever the clip of a place would be shown: it cannot be read."""
    broken = film.places[number]
    places = tuple(replace(one, path=None) if one.video_id == broken.video_id else one for one in film.places)
    said = f"The clip of scene {broken.scene_index + 1} cannot be read: a slate stands in its place."
    return _with_slates(replace(film, places=places, warnings=(*film.warnings, said)), folder, tick)


def _places(timeline: dict[str, Any], found: dict[str, tuple[Video, Path]]) -> tuple[list[Place], list[str]]:
    """Tile the film; scenes without a clip keep their place when it follows the song, and have none otherwise."""
    audio = Audio.objects.filter(pk=timeline["audio_id"]).first() if timeline["audio_id"] else None
    marks, warnings = _marks(audio, timeline["cut_by"])
    scenes = [(index, video_id if video_id in found else None) for index, video_id in timeline["scenes"]]
    follows = timeline["cut_by"] != CutBy.CLIPS and audio is not None
    for index, _ in [scene for scene in scenes if scene[1] is None]:
        if follows:
            warnings.append(f"Scene {index + 1} has no clip: a slate stands in its place.")
        else:
            warnings.append(f"Scene {index + 1} has no clip: it was left out.")
    shown = scenes if follows else [scene for scene in scenes if scene[1] is not None]
    lengths = lengths_of([found[video_id][0].duration_ms / 1000 if video_id else None for _, video_id in shown])
    target = target_seconds(timeline["target_duration"], audio)
    spans = tile(lengths, cut_by=timeline["cut_by"], marks=marks, target=target)
    again = next((span.start for span in spans if span.again), None)
    if again is not None:
        warnings.append(f"The scenes fill {again:.1f} s of {spans[-1].end:.1f} s; they are shown again from there.")
    if falls_short(spans, target):
        warnings.append(
            f"The film ends at {spans[-1].end:.1f} s: it has {len(spans)} places for clips, and no more are made."
        )
    left = {*range(len(shown))} - {span.scene for span in spans}
    warnings += [f"Scene {shown[place][0] + 1} lies past the end of the film." for place in sorted(left)]
    places = []
    for span in spans:
        index, video_id = shown[span.scene]
        video, path = found[video_id] if video_id else (None, None)
        places.append(Place(index, video_id, path, span.start, span.end))
        sung_at = video.metadata.get("start_time") if video is not None and video.kind == VideoKind.LIPSYNC else None
        if sung_at is not None and abs(sung_at - span.start) > OFF_THE_LIPS:
            warnings.append(
                f"Scene {index + 1} is sung for {sung_at:.1f} s of the song and shown at {span.start:.1f} s: "
                "its lips do not fit."
            )
    return places, warnings


def _marks(audio: Audio | None, cut_by: str) -> tuple[Marks | None, list[str]]:
    try:
        marks = marks_of(audio, cut_by, patient=True)
    except MediaError as error:
        return None, [f"The song cannot be listened to ({error.detail}) The cuts follow the clips."]
    if cut_by != CutBy.CLIPS and marks is not None and not marks.beats:
        return marks, ["No beat was found in the song: the cuts follow the clips."]
    return marks, []


def _with_slates(film: Film, folder: Path, tick: Tick) -> Film:
    """Draw what is missing in the film's own format, and say where each clip ends."""
    facts = {one.path: _facts(one.path) for one in film.places if one.path is not None}
    places = tuple(replace(one, path=None) if one.path and facts[one.path] is None else one for one in film.places)
    broken = [one for one, before in zip(places, film.places, strict=True) if one.path is None and before.path]
    readable = [fact for fact in facts.values() if fact is not None]
    if not readable:
        raise MediaError("media:clip:unreadable", "None of the clips can be read.")
    profile = choose_profile(readable, film.wishes)
    counts = _counts(places, profile.fps)
    places = tuple(one for one, count in zip(places, counts, strict=True) if count)  # at few frames a second
    counts = [count for count in counts if count]
    clips = tuple(
        one.path or _slate(one, profile, count, folder, tick) for one, count in zip(places, counts, strict=True)
    )
    wishes = replace(film.wishes, ends=tuple(one.end for one in places), skip_broken=False)
    said = [f"The clip of scene {one.scene_index + 1} cannot be read: a slate stands in its place." for one in broken]
    return Film(clips, wishes, places, (*film.warnings, *said))


def _counts(places: Sequence[Place], fps: Fraction) -> list[int]:
    return [count for _, count in frames([(one.start, one.end) for one in places], fps)]


def _facts(path: Path) -> VideoFacts | None:
    try:
        return probe(path, formats=VIDEO_KINDS).video
    except MediaProblem:
        return None


def _slate(place: Place, profile: Profile, count: int, folder: Path, tick: Tick) -> Path:
    target = folder / f"slate-{place.scene_index}-{count}.mp4"
    if not target.exists():
        lines = [f"Scene {place.scene_index + 1}", "no clip yet"]
        slate(
            lines=lines, frames=count, fps=profile.fps, size=(profile.width, profile.height), target=target, tick=tick
        )
    return target
