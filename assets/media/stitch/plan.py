"""The plan of a stitch: pure, made from facts and wishes, shown to people and kept with the video."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assets.media.errors import ClipProblem
from assets.media.probe import MediaFacts, VideoFacts
from assets.media.stitch.profile import Profile, choose_profile, misfits
from assets.media.stitch.wishes import StitchWishes, Transition


@dataclass(frozen=True, slots=True)
class ClipStep:
    """One clip's part: how many frames of the film's rate it gives, and why it must be re-encoded (empty: copied)."""

    index: int
    frames: int
    reasons: tuple[str, ...]
    has_sound: bool


@dataclass(frozen=True, slots=True)
class SongPart:
    """Which part of the song is heard: from `start`, for `seconds` of the film, again from its begin if `loop`."""

    start: float
    seconds: float
    loop: bool


@dataclass(frozen=True, slots=True)
class StitchPlan:
    """What will be done, decided before anything is touched.

    `strategy` is a row of MEDIA.md 6: P0 copy + song or silence, P2 copy + one new sound track, P4 a minority
    re-encoded to fit, P5 everything re-encoded, P6 some clip of a foreign kind (codec, uneven frames) re-encoded.
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
    def copied_frames(self) -> int:
        """Frames that stay bit for bit what they were."""
        return 0 if self.transition_frames else sum(step.frames for step in self.steps if not step.reasons)

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
            "song_start_seconds": self.song.start if self.song else None,
            "song_seconds": round(self.song.seconds, 6) if self.song else None,
            "song_looped": bool(self.song and self.song.loop),
            "clips": [
                {"index": step.index, "frames": step.frames, "copied": not step.reasons, "reasons": list(step.reasons)}
                for step in self.steps
            ],
        }


def make_plan(clips: Sequence[MediaFacts], wishes: StitchWishes, *, song_seconds: float | None = None) -> StitchPlan:
    """Decide how the clips become one film; `song_seconds` is the overlay's length, None when there is none.

    Raises ClipProblem for a clip without a picture, MediaProblem for wishes that cannot be read.
    """
    videos = [_picture(index, facts) for index, facts in enumerate(clips)]
    if not videos:
        raise ValueError("there is no clip to stitch")
    profile = choose_profile(videos, wishes)
    extra = ("a small file is wanted",) if wishes.quality == "small" else ()
    steps = tuple(
        ClipStep(index, _frames(video, profile), (*misfits(video, profile), *extra), clips[index].audio is not None)
        for index, video in enumerate(videos)
    )
    overlap, warnings = _transition_frames(steps, profile, wishes)
    overlapped = overlap * (len(steps) - 1) if wishes.transition == "crossfade" else 0
    seconds = float((sum(step.frames for step in steps) - overlapped) / profile.fps)
    song, warning = song_part(song_seconds, seconds, wishes)
    use_clips = not wishes.suppress_video_audio and wishes.video_audio_volume > 0 and any(s.has_sound for s in steps)
    foreign = any(video.codec != "h264" or not video.constant_fps for video in videos)
    return StitchPlan(
        strategy=_strategy(
            steps, foreign=foreign, all_new=overlap > 0, only_song=not use_clips and not wishes.audio_tracks
        ),
        profile=profile,
        steps=steps,
        transition=wishes.transition if overlap else "cut",
        transition_frames=overlap,
        use_clip_sound=use_clips,
        song=song,
        tracks=len(wishes.audio_tracks),
        small=wishes.quality == "small",
        warnings=tuple(text for text in (warnings, warning) if text),
    )


def _picture(index: int, facts: MediaFacts) -> VideoFacts:
    if facts.video is None:
        raise ClipProblem(index, "unreadable", "there is no picture in it")
    return facts.video


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
    return most, f"the transition was shortened to {float(most / profile.fps):.2f} s: the shortest clip allows no more"


def _strategy(steps: Sequence[ClipStep], *, foreign: bool, all_new: bool, only_song: bool) -> str:
    odd = sum(bool(step.reasons) for step in steps)
    if all_new or (odd == len(steps) and not foreign):
        return "P5"
    if foreign:
        return "P6"
    if odd:
        return "P4" if 2 * odd <= len(steps) else "P5"
    return "P0" if only_song else "P2"


def song_part(song_seconds: float | None, film_seconds: float, wishes: StitchWishes) -> tuple[SongPart | None, str]:
    """Choose the part of the song that is heard, and say what is odd about it.

    `middle` takes the middle of the song, `end` its last seconds; `overlay_start_ms` is added to that.
    """
    if song_seconds is None:
        return None, ""
    spare = max(0.0, song_seconds - film_seconds)
    begin = {"start": 0.0, "middle": spare / 2, "end": spare}[wishes.overlay_from] + wishes.overlay_start_ms / 1000
    if begin >= song_seconds:
        return None, f"the song is {song_seconds:.1f} s long and was to start at {begin:.1f} s: it was left out"
    left = song_seconds - begin
    if wishes.overlay_fit == "loop" and left < film_seconds:
        return SongPart(begin, film_seconds, loop=True), ""
    short = film_seconds - left
    warning = f"the song ends {short:.1f} s before the picture" if short > 0.5 / 24 else ""
    return SongPart(begin, min(left, film_seconds), loop=False), warning
