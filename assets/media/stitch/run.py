"""One stitch from clips to a checked film: facts, plan, odd clips, picture, sound, join, check."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assets.media.audio import song_seconds
from assets.media.errors import ClipProblem, FFmpegError, FFmpegTimeoutError, MediaProblem, RenderCheckError
from assets.media.ffmpeg import Progress
from assets.media.files import atomic_target
from assets.media.probe import UNSPECIFIED, MediaFacts, VideoFacts, decode_check, probe
from assets.media.sniff import VIDEO_KINDS
from assets.media.stitch.check import check_film
from assets.media.stitch.clip_sound import ClipSound, write_clip_sound
from assets.media.stitch.conform import conform
from assets.media.stitch.join import Piece, join
from assets.media.stitch.overlay import Sound, make_sound, sources_of
from assets.media.stitch.plan import ClipStep, StitchPlan, make_plan
from assets.media.stitch.transitions import render
from assets.media.stitch.wishes import StitchWishes

CRF = 18
CRF_SMALL = 28
CRF_BETWEEN = 12  # a conformed clip that is encoded once more for its transitions
# What each step costs, relative to encoding the same number of frames.
SOUND_COST, JOIN_COST, CHECK_COST = 0.1, 0.05, 0.2


@dataclass(frozen=True, slots=True)
class StitchResult:
    """What was made: the plan as carried out, what a person should know, and the film's numbers (seconds).

    `overlay_warning` says why a song that was asked for is not heard.
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


class _Steps:
    """Shares one progress bar among steps of known cost; what the bar raises goes straight out."""

    def __init__(self, progress: Progress, total: float) -> None:
        self.progress = progress
        self.total = max(total, 1e-9)
        self.done = 0.0
        self.shown = 0.0

    def step(self, cost: float) -> Progress:
        begin = self.done
        self.done += cost

        def tell(fraction: float) -> None:
            self.shown = max(self.shown, min(1.0, (begin + cost * min(1.0, fraction)) / self.total))
            self.progress(self.shown)

        return tell


@dataclass(frozen=True, slots=True)
class _Work:
    """What every step needs: the clips, what is known of them, what is to be made, where, and the progress."""

    clips: Sequence[Path]
    facts: Sequence[MediaFacts]
    plan: StitchPlan
    wishes: StitchWishes
    room: Path
    steps: _Steps


def stitch(
    *, clips: Sequence[Path], wishes: StitchWishes, target: Path, work_dir: Path, progress: Progress
) -> StitchResult:
    """Make one film of `clips`, in order, at `target`: whole, checked and synced to disk, or absent.

    `progress` hears 0..1, at least twice a second while ffmpeg works; whatever it raises stops the work, and
    neither a child nor a file stays. Trouble with any sound is a warning. Raises ClipProblem (which clip),
    MediaProblem (wishes that cannot be read), FFmpegError, RenderCheckError.
    """
    facts = []
    for index, path in enumerate(clips):
        progress(0.0)
        facts.append(_clip_facts(index, path))
    length, song_warning = _song_length(wishes.audio_overlay)
    plan = make_plan(facts, wishes, song_seconds=length)
    steps = _Steps(progress, _cost(plan))
    with tempfile.TemporaryDirectory(prefix="stitch-", dir=work_dir) as folder, atomic_target(target) as result:
        work = _Work(clips, facts, plan, wishes, Path(folder), steps)
        pieces = _picture(work)
        sound = _sound(work)
        join(
            pieces, fps=plan.profile.fps, sound=sound.path, target=result, progress=steps.step(JOIN_COST * plan.frames)
        )
        film = _checked(work, result, sound)
        progress(1.0)
    return _result(work, film, sound, song_warning)


def _clip_facts(index: int, path: Path) -> MediaFacts:
    try:
        return probe(path, formats=VIDEO_KINDS)
    except MediaProblem as error:
        raise ClipProblem(index, error.reason, error.detail) from error


def _song_length(song: Path | None) -> tuple[float | None, str | None]:
    if song is None:
        return None, None
    try:
        return song_seconds(song), None
    except MediaProblem as error:
        return None, f"the song was left out: {error.detail}"


def _cost(plan: StitchPlan) -> float:
    conformed = sum(step.frames for step in plan.steps if step.reasons)
    rendered = plan.frames if plan.transition_frames else 0
    return conformed + rendered + plan.frames * (SOUND_COST + JOIN_COST + CHECK_COST)


def _picture(work: _Work) -> list[Piece]:
    """Give the pieces to join: clips as they are, odd ones made to fit, or one film with its transitions."""
    plan = work.plan
    fitting = [_fitting(work, step) for step in plan.steps]
    if plan.transition_frames:
        blended = work.room / "blended.mp4"
        render(
            fitting,
            blended,
            profile=plan.profile,
            transition=plan.transition,
            length=plan.transition_frames,
            total=plan.frames,
            crf=CRF_SMALL if plan.small else CRF,
            progress=work.steps.step(plan.frames),
        )
        return [Piece(blended, plan.frames, b"")]
    facts = [
        probe(path) if step.reasons else work.facts[step.index] for step, path in zip(plan.steps, fitting, strict=True)
    ]
    return [
        Piece(path, step.frames, _video(fact).parameters)
        for step, path, fact in zip(plan.steps, fitting, facts, strict=True)
    ]


def _fitting(work: _Work, step: ClipStep) -> Path:
    """Give the clip itself, or a copy that was made to fit. Raises ClipProblem."""
    if not step.reasons:
        return work.clips[step.index]
    made = work.room / f"clip-{step.index}.mp4"
    crf = CRF_BETWEEN if work.plan.transition_frames else CRF_SMALL if work.plan.small else CRF
    try:
        conform(
            work.clips[step.index],
            made,
            video=_video(work.facts[step.index]),
            profile=work.plan.profile,
            frames=step.frames,
            crf=crf,
            progress=work.steps.step(step.frames),
        )
    except FFmpegTimeoutError:
        raise
    except FFmpegError as error:
        raise ClipProblem(step.index, "unreadable", "its picture cannot be decoded") from error
    return made


def _video(facts: MediaFacts) -> VideoFacts:
    if facts.video is None:
        raise RenderCheckError("a clip lost its picture on the way")
    return facts.video


def _sound(work: _Work) -> Sound:
    plan = work.plan
    tell = work.steps.step(SOUND_COST * plan.frames)
    warnings: list[str] = []
    clip_sound: Path | None = None
    if plan.use_clip_sound:
        clip_sound = work.room / "clips.wav"
        warnings = write_clip_sound(
            clip_sounds(work.clips, work.facts, plan),
            clip_sound,
            blend=plan.transition_frames / plan.profile.fps,
            overlap=plan.transition == "crossfade",
            progress=lambda done: tell(done / 2),
        )
    sound = make_sound(
        sources_of(plan, work.wishes, clip_sound),
        plan=plan,
        wishes=work.wishes,
        room=work.room,
        progress=lambda done: tell(0.5 + done / 2),
    )
    sound.warnings[:0] = warnings
    return sound


def clip_sounds(clips: Sequence[Path], facts: Sequence[MediaFacts], plan: StitchPlan) -> list[ClipSound]:
    """Give each clip's sound its place in the film."""
    overlap = plan.transition_frames if plan.transition == "crossfade" else 0
    begin, found = 0, []
    for step in plan.steps:
        fact = facts[step.index]
        found.append(
            ClipSound(
                path=clips[step.index] if step.has_sound else None,
                begin=begin / plan.profile.fps,
                end=(begin + step.frames) / plan.profile.fps,
                picture=_video(fact).start,
            )
        )
        begin += step.frames - overlap
    return found


def _checked(work: _Work, film: Path, sound: Sound) -> MediaFacts:
    """Check the film; when it fails, look which clip is to blame. Raises ClipProblem, RenderCheckError."""
    plan = work.plan
    copied = [_video(work.facts[step.index]) for step in plan.steps if not step.reasons]
    untagged = any(UNSPECIFIED in {video.matrix, video.primaries, video.transfer} for video in copied)
    try:
        return check_film(
            film,
            frames=plan.frames,
            fps=plan.profile.fps,
            sound=sound.path is not None,
            untagged=untagged and not plan.transition_frames,
            tick=work.steps.step(CHECK_COST * plan.frames),
        )
    except RenderCheckError:
        for index, clip in enumerate(work.clips):
            try:
                decode_check(clip, formats=VIDEO_KINDS)
            except MediaProblem as error:
                raise ClipProblem(index, error.reason, error.detail) from error
        raise


def _result(work: _Work, film: MediaFacts, sound: Sound, song_warning: str | None) -> StitchResult:
    plan, applied = work.plan, "song" in sound.used
    carried_out = replace(
        plan,
        use_clip_sound="clips" in sound.used,
        song=plan.song if applied else None,
        tracks=sum(name.startswith("sound ") for name in sound.used),
    )
    warnings = tuple(text for text in (song_warning, *plan.warnings, *sound.warnings) if text)
    about_song = [text for text in warnings if "song" in text]
    return StitchResult(
        plan=carried_out,
        warnings=warnings,
        duration=film.duration,
        frames=plan.frames,
        overlay_applied=applied,
        overlay_seconds=plan.song.seconds if applied and plan.song is not None else 0.0,
        overlay_warning=about_song[0] if about_song and work.wishes.audio_overlay and not applied else None,
        width=plan.profile.width,
        height=plan.profile.height,
        has_audio=film.audio is not None,
    )
