"""The plan of a stitch: pure, made from facts and wishes, shown to people and kept with the video."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

from assets.media.probe import VideoFacts
from assets.media.stitch.clips import Clip
from assets.media.stitch.profile import Profile, choose_profile, misfits
from assets.media.stitch.tracks import own_sound_fits
from assets.media.stitch.windows import Cut, copied_span, reach
from assets.media.stitch.wishes import StitchWishes, Transition


@dataclass(frozen=True, slots=True)
class ClipStep:
    """One clip's part: how many frames of the film's rate it gives, and why it must be re-encoded (empty: copied).

    `copied` of its frames stay bit for bit what they were; a transition needs those around a join.
    """

    index: int
    frames: int
    reasons: tuple[str, ...]
    has_sound: bool
    copied: int = 0


@dataclass(frozen=True, slots=True)
class SongPart:
    """Which part of the song is heard: from `start`, for `seconds` of the film, again from its begin if `loop`."""

    start: float
    seconds: float
    loop: bool


@dataclass(frozen=True, slots=True)
class StitchPlan:
    """What will be done, decided before anything is touched.

    `strategy`: P0 copies all pictures over a song or silence, P1 over the clips' own sound, which is copied too
    (`copy_sound`), P2 over one new sound track; P3 re-encodes windows around the joins only; P4 also the few clips
    that do not fit, P6 the same for clips of a foreign kind (codec, uneven frames, tables that are not read here);
    P5 re-encodes everything.
    """

    strategy: str
    profile: Profile
    steps: tuple[ClipStep, ...]
    transition: Transition
    transition_frames: int
    use_clip_sound: bool
    song: SongPart | None
    tracks: int
    small: bool
    warnings: tuple[str, ...]
    copy_sound: bool = False

    @property
    def frames(self) -> int:
        """Frames of the finished film."""
        overlap = self.transition_frames * (len(self.steps) - 1) if self.transition == "crossfade" else 0
        return sum(step.frames for step in self.steps) - overlap

    @property
    def seconds(self) -> Fraction:
        """Length of the finished film."""
        return self.frames / self.profile.fps

    @property
    def last_join(self) -> Fraction:
        """Second of the film at which the last clip begins."""
        return (self.frames - self.steps[-1].frames) / self.profile.fps

    @property
    def copied_frames(self) -> int:
        """Frames that stay bit for bit what they were."""
        return sum(step.copied for step in self.steps)

    @property
    def sound(self) -> str:
        """Give `none`, `song`, `clips` or `mix`."""
        parts = [self.use_clip_sound, self.song is not None, self.tracks > 0]
        if sum(parts) != 1 or self.tracks:
            return "mix" if any(parts) else "none"
        return "clips" if self.use_clip_sound else "song"

    def as_text(self) -> str:
        """Say it in one line: `joined 5 clips, copied 960 frames, re-encoded 0, song from 30.0 s`."""
        count = len(self.steps)
        parts = [f"joined {count} clip{'' if count == 1 else 's'}", f"copied {self.copied_frames} frames"]
        parts.append(f"re-encoded {self.frames - self.copied_frames}")
        if self.transition_frames:
            name = {"crossfade": "crossfades", "fade_black": "fades through black"}[self.transition]
            parts.append(f"{name} of {float(self.transition_frames / self.profile.fps):.2f} s")
        if self.song is not None:
            parts.append(f"song from {self.song.start:.1f} s" + (", looped" if self.song.loop else ""))
        if self.use_clip_sound:
            parts.append("with the clips' sound")
        if self.tracks:
            parts.append(f"{self.tracks} more sound{'' if self.tracks == 1 else 's'}")
        if self.sound == "none":
            parts.append("silent")
        return ", ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Give the plan for the video's metadata; plain JSON."""
        return {
            "strategy": self.strategy,
            "text": self.as_text(),
            "width": self.profile.width,
            "height": self.profile.height,
            "fps": str(self.profile.fps),
            "frames": self.frames,
            "frames_copied": self.copied_frames,
            "frames_reencoded": self.frames - self.copied_frames,
            "duration_seconds": round(float(self.seconds), 6),
            "transition": self.transition,
            "transition_frames": self.transition_frames,
            "sound": self.sound,
            "sound_copied": self.copy_sound,
            "song_start_seconds": self.song.start if self.song else None,
            "song_seconds": round(self.song.seconds, 6) if self.song else None,
            "song_looped": bool(self.song and self.song.loop),
            "clips": [
                {
                    "index": step.index,
                    "frames": step.frames,
                    "copied": not step.reasons,
                    "frames_copied": step.copied,
                    "reasons": list(step.reasons),
                }
                for step in self.steps
            ],
        }


def make_plan(clips: Sequence[Clip], wishes: StitchWishes, *, song_seconds: float | None = None) -> StitchPlan:
    """Decide how the clips become one film; `song_seconds` is the overlay's length, None when there is none.

    Raises ClipProblem for a clip without a picture, MediaProblem for wishes that cannot be read.
    """
    if not clips:
        raise ValueError("there is no clip to stitch")
    profile = choose_profile([clip.video for clip in clips], wishes)
    steps = tuple(_step(index, clip, profile, wishes) for index, clip in enumerate(clips))
    if wishes.ends:
        steps = _placed(steps, profile, wishes)
    overlap, warnings = _transition_frames(steps, profile, wishes)
    if wishes.ends and wishes.transition == "crossfade":
        steps = _lapping(steps, overlap)
    steps = _copied(_held(steps, clips, profile), clips, wishes.transition, overlap)
    overlapped = overlap * (len(steps) - 1) if wishes.transition == "crossfade" else 0
    seconds = float((sum(step.frames for step in steps) - overlapped) / profile.fps)
    song, warning = song_part(song_seconds, seconds, wishes)
    late = _too_late(seconds, wishes)
    use_clips = not wishes.suppress_video_audio and wishes.video_audio_volume > 0 and any(s.has_sound for s in steps)
    plan = StitchPlan(
        strategy="",
        profile=profile,
        steps=steps,
        transition=wishes.transition if overlap else "cut",
        transition_frames=overlap,
        use_clip_sound=use_clips,
        song=song,
        tracks=len(wishes.audio_tracks) - len(late),
        small=wishes.quality == "small",
        warnings=tuple(text for text in (warnings, warning, *late) if text),
    )
    foreign = any(clip.tables is None or not clip.video.constant_fps for clip in clips)
    plan = replace(plan, copy_sound=_copies_sound(plan, clips, wishes))
    return replace(plan, strategy=_strategy(plan, foreign=foreign))


def _step(index: int, clip: Clip, profile: Profile, wishes: StitchWishes) -> ClipStep:
    reasons = misfits(clip.video, profile)
    if clip.tables is None and not reasons:
        reasons = (clip.refused,)
    if wishes.quality == "small":
        reasons = (*reasons, "a small file is wanted")
    return ClipStep(index, _frames(clip.video, profile), reasons, clip.facts.audio is not None)


def _placed(steps: Sequence[ClipStep], profile: Profile, wishes: StitchWishes) -> tuple[ClipStep, ...]:
    """Let each clip end where it is wished: moments are rounded to pictures, not lengths, so no error grows."""
    edges = [0, *(floor(Fraction(end) * profile.fps + Fraction(1, 2)) for end in wishes.ends)]
    lengths = [after - before for before, after in pairwise(edges)]
    if len(lengths) != len(steps) or min(lengths) < 1:
        raise ValueError(f"{len(steps)} clips cannot end at {wishes.ends}")
    return tuple(replace(step, frames=length) for step, length in zip(steps, lengths, strict=True))


def _lapping(steps: Sequence[ClipStep], overlap: int) -> tuple[ClipStep, ...]:
    """Let each clip but the last go on for a crossfade under the next, which begins at its own place with its sound."""
    return (*(replace(step, frames=step.frames + overlap) for step in steps[:-1]), *steps[-1:])


def _held(steps: Sequence[ClipStep], clips: Sequence[Clip], profile: Profile) -> tuple[ClipStep, ...]:
    """Mark clips that are shorter than their place: their last picture is held."""
    pairs = [(step, step.frames - _frames(clip.video, profile)) for step, clip in zip(steps, clips, strict=True)]
    return tuple(
        replace(step, reasons=(*step.reasons, f"too short by {short} frames")) if short > 0 else step
        for step, short in pairs
    )


def _copied(
    steps: Sequence[ClipStep], clips: Sequence[Clip], transition: Transition, length: int
) -> tuple[ClipStep, ...]:
    """Say how many frames of each clip are copied: all of those that fit, but for what a transition needs."""
    at = reach(transition, length)
    found = []
    for step, clip in zip(steps, clips, strict=True):
        whole = (0, 0)
        if clip.tables is not None and not step.reasons:
            ends = step.index == 0, step.index == len(steps) - 1
            whole = copied_span(Cut(clip.tables, step.frames), at, first=ends[0], last=ends[1]) or (0, 0)
        found.append(replace(step, copied=whole[1] - whole[0]))
    return tuple(found)


def _copies_sound(plan: StitchPlan, clips: Sequence[Clip], wishes: StitchWishes) -> bool:
    """Say whether the film's sound is that of its clips, untouched, in a form that can be copied."""
    plain = wishes.video_audio_volume == 1 and not wishes.normalize_loudness
    plain = plain and not wishes.fade_in_seconds and not wishes.fade_out_seconds
    whole = plan.copied_frames == plan.frames and plan.sound == "clips"
    sounds = [clip.tables.sound if clip.tables is not None else None for clip in clips]
    return plain and whole and own_sound_fits(sounds, [step.frames for step in plan.steps], plan.profile.fps)


def _frames(video: VideoFacts, profile: Profile) -> int:
    """Give the clip's frames at the film's rate: its picture defines its length."""
    return (
        video.frames if video.constant_fps and video.fps == profile.fps else max(1, round(video.seconds * profile.fps))
    )


def _transition_frames(steps: Sequence[ClipStep], profile: Profile, wishes: StitchWishes) -> tuple[int, str]:
    """Give the frames of one transition (even for fades through black), at most half of the shortest clip."""
    wanted = round(wishes.transition_seconds * profile.fps)
    if wishes.transition == "cut" or wanted < 1 or len(steps) == 1:
        return 0, ""
    most = min(step.frames for step in steps) // 2
    if wishes.transition == "fade_black":
        wanted, most = max(2, wanted + wanted % 2), most * 2
    if wanted <= most:
        return wanted, ""
    if not most:
        return 0, "the transition was left out: the shortest clip is a single picture"
    return most, f"the transition was shortened to {float(most / profile.fps):.2f} s: the shortest clip allows no more"


def _strategy(plan: StitchPlan, *, foreign: bool) -> str:
    odd = sum(bool(step.reasons) for step in plan.steps)
    if not plan.copied_frames:
        return "P6" if foreign else "P5"
    if odd:
        return "P6" if foreign else "P4" if 2 * odd <= len(plan.steps) else "P5"
    if plan.copied_frames < plan.frames:
        return "P3"
    if plan.copy_sound:
        return "P1"
    return "P2" if plan.use_clip_sound or plan.tracks else "P0"


def _too_late(film_seconds: float, wishes: StitchWishes) -> list[str]:
    """Say which further sounds begin when the film is over."""
    warnings: list[str] = []
    for number, track in enumerate(wishes.audio_tracks):
        if track.start >= film_seconds:
            warnings.append(f"sound {number + 1} begins after the end of the film: it was left out")
    return warnings


def song_part(song_seconds: float | None, film_seconds: float, wishes: StitchWishes) -> tuple[SongPart | None, str]:
    """Choose the part of the song that is heard, and say what is odd about it.

    `middle` takes the middle of the song, `end` its last seconds; `overlay_start_ms` is added to that.
    """
    if song_seconds is None:
        return None, ""
    spare = max(0.0, song_seconds - film_seconds)
    begin = {"start": 0.0, "middle": spare / 2, "end": spare}[wishes.overlay_from] + wishes.overlay_start_ms / 1000
    begin = max(0.0, begin)
    if begin >= song_seconds:
        return None, f"the song is {song_seconds:.1f} s long and was to start at {begin:.1f} s: it was left out"
    left = song_seconds - begin
    if wishes.overlay_fit == "loop" and left < film_seconds:
        return SongPart(begin, film_seconds, loop=True), ""
    short = film_seconds - left
    warning = f"the song ends {short:.1f} s before the picture" if short > 0.5 / 24 else ""
    return SongPart(begin, min(left, film_seconds), loop=False), warning
