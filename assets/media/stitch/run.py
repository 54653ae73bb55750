"""One stitch from clips to a checked film: facts, plan, room, odd clips, windows, sound, join, check."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assets.media.errors import MediaProblem, RenderCheckError
from assets.media.ffmpeg import Progress
from assets.media.files import atomic_target
from assets.media.mp4 import BoxError
from assets.media.probe import BT709
from assets.media.stitch.check import check_joined
from assets.media.stitch.clips import Clip, Song, look_at, look_at_song
from assets.media.stitch.join import join
from assets.media.stitch.picture import make_pieces
from assets.media.stitch.plan import StitchPlan, make_plan
from assets.media.stitch.shelf import Shelf
from assets.media.stitch.sound import FilmSound, film_sound
from assets.media.stitch.space import ensure_room, needed
from assets.media.stitch.tracks import Grid
from assets.media.stitch.wishes import StitchWishes

# What each step costs: looking at all clips, and per frame relative to encoding it.
LOOK_SHARE = 0.1
SOUND_COST, JOIN_COST = 0.1, 0.05


@dataclass(frozen=True, slots=True)
class StitchResult:
    """What was made: the plan as carried out, what a person should know, and the film's numbers (seconds).

    `overlay_warning` says why a song that was asked for is not heard; `left_out` numbers the broken clips that were
    left out as asked, from 0.
    """

    plan: StitchPlan
    warnings: tuple[str, ...]
    duration: float
    frames: int
    overlay_applied: bool
    overlay_seconds: float
    overlay_warning: str | None
    width: int
    height: int
    has_audio: bool
    left_out: tuple[int, ...] = ()


class _Steps:
    """Shares one progress bar among steps of known cost; what the bar raises goes straight out."""

    def __init__(self, progress: Progress, total: float, *, begin: float = 0.0) -> None:
        self.progress = progress
        self.total = max(total, 1e-9)
        self.begin = begin
        self.done = 0.0
        self.shown = 0.0

    def step(self, cost: float) -> Progress:
        begin = self.done
        self.done += cost

        def tell(fraction: float) -> None:
            done = min(1.0, (begin + cost * min(1.0, fraction)) / self.total)
            self.shown = max(self.shown, self.begin + (1 - self.begin) * done)
            self.progress(self.shown)

        return tell


def stitch(
    *,
    clips: Sequence[Path],
    wishes: StitchWishes,
    target: Path,
    work_dir: Path,
    progress: Progress,
    shelf: Path | None = None,
    planned: Callable[[StitchPlan], None] | None = None,
) -> StitchResult:
    """Make one film of `clips`, in order, at `target`: whole, checked and synced to disk, or absent.

    `shelf` is a folder in which facts, conformed clips and encoded songs are kept for the next stitch. `planned`
    hears what will be done before it is done.
    `progress` hears 0..1, at least twice a second while ffmpeg works; whatever it raises stops the work, and
    neither a child nor a file stays. Trouble with any sound is a warning. Raises ClipProblem (which clip),
    MediaProblem (wishes that cannot be read), FFmpegError, RenderCheckError, OSError ENOSPC (before the work, when
    the disk has no room for it).
    """
    kept = Shelf(shelf)
    progress(0.0)
    found, left_out = look_at(clips, shelf=kept, skip=wishes.skip_broken, tick=lambda done: progress(LOOK_SHARE * done))
    song, song_warning = _song(wishes.audio_overlay, kept)
    plan = make_plan(found, wishes, song_seconds=song.seconds if song is not None else None)
    if planned is not None:
        planned(plan)
    room_needed = needed(plan, _copied_bytes(found, plan), normalized=wishes.normalize_loudness)
    ensure_room((target.parent, work_dir), room_needed)
    steps = _Steps(progress, _cost(plan), begin=LOOK_SHARE)
    with tempfile.TemporaryDirectory(prefix="stitch-", dir=work_dir) as folder, atomic_target(target) as result:
        room = Path(folder)
        pieces = make_pieces(found, plan, fit=wishes.aspect_fit, shelf=kept, room=room, steps=steps.step)
        tell = steps.step(SOUND_COST * plan.frames)
        sound = film_sound(found, plan, wishes, song=song, shelf=kept, room=room, tell=tell)
        try:
            join(
                pieces,
                profile=plan.profile,
                sound=sound.song,
                own_sound=sound.own,
                tagged=_tagged(found, plan),
                target=result,
                progress=steps.step(JOIN_COST * plan.frames),
            )
        except BoxError as error:
            raise RenderCheckError(f"the clips cannot be joined: {error}") from error
        check_joined(result, pieces, grid=Grid.of(plan.profile.fps), song=sound.song, own_sound=sound.own)
        progress(1.0)
    made = _result(plan, wishes, sound, [*left_out, *([song_warning] if song_warning else [])])
    return replace(made, left_out=tuple(sorted({*range(len(clips))} - {clip.number for clip in found})))


def _song(path: Path | None, shelf: Shelf) -> tuple[Song | None, str | None]:
    if path is None:
        return None, None
    try:
        return look_at_song(path, shelf), None
    except MediaProblem as error:
        return None, f"the song was left out: {error.detail}"


def _copied_bytes(clips: Sequence[Clip], plan: StitchPlan) -> int:
    pairs = zip(clips, plan.steps, strict=True)
    return sum(clip.facts.size_bytes for clip, step in pairs if step.copied)


def _cost(plan: StitchPlan) -> float:
    conformed = sum(step.frames for step in plan.steps if step.reasons)
    windows = max(0, plan.frames - plan.copied_frames - conformed)
    return conformed + windows + plan.frames * (SOUND_COST + JOIN_COST)


def _tagged(clips: Sequence[Clip], plan: StitchPlan) -> bool:
    """Say whether all that is copied says that its colours are BT.709; what we encode says so."""
    copied = [clip.video for clip, step in zip(clips, plan.steps, strict=True) if not step.reasons]
    return all({video.matrix, video.primaries, video.transfer} == {BT709} for video in copied)


def _result(plan: StitchPlan, wishes: StitchWishes, sound: FilmSound, before: Sequence[str]) -> StitchResult:
    applied = "song" in sound.used
    carried_out = replace(
        plan,
        use_clip_sound="clips" in sound.used,
        song=plan.song if applied else None,
        tracks=sum(name.startswith("sound ") for name in sound.used),
        copy_sound=sound.copied,
    )
    warnings = (*before, *plan.warnings, *sound.warnings)
    about_song = [text for text in warnings if "song" in text]
    return StitchResult(
        plan=carried_out,
        warnings=warnings,
        duration=float(plan.seconds),
        frames=plan.frames,
        overlay_applied=applied,
        overlay_seconds=plan.song.seconds if applied and plan.song is not None else 0.0,
        overlay_warning=about_song[0] if about_song and wishes.audio_overlay and not applied else None,
        width=plan.profile.width,
        height=plan.profile.height,
        has_audio=sound.heard,
    )
