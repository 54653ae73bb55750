"""The sound of a film: copied where it can be, encoded once and kept where it can be used again, mixed otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from assets.media.ffmpeg import Progress, part_of
from assets.media.mp4 import BoxError, read_movie
from assets.media.stitch.clip_sound import ClipSound, check_clip_sound, write_clip_sound
from assets.media.stitch.clips import Clip, Song
from assets.media.stitch.join import CopiedSong
from assets.media.stitch.overlay import Sound, make_sound, sources_of
from assets.media.stitch.plan import StitchPlan
from assets.media.stitch.shelf import Shelf, content_of
from assets.media.stitch.tables import is_sound, sound_of
from assets.media.stitch.wishes import StitchWishes


@dataclass(slots=True)
class FilmSound:
    """What is joined beside the pictures: `song`, or with `own` the clips' packets, or nothing.

    `used` names the sounds that are heard, `copied` says that none of them was encoded anew for this film.
    """

    song: CopiedSong | None = None
    own: bool = False
    used: tuple[str, ...] = ()
    copied: bool = False
    warnings: list[str] = field(default_factory=list)

    @property
    def heard(self) -> bool:
        """Say whether the film has sound."""
        return self.own or self.song is not None


def film_sound(
    clips: Sequence[Clip],
    plan: StitchPlan,
    wishes: StitchWishes,
    *,
    song: Song | None,
    shelf: Shelf,
    room: Path,
    tell: Progress,
) -> FilmSound:
    """Give the film's sound; whatever cannot be read is left out with a warning, never an error."""
    if plan.copy_sound:
        return FilmSound(own=True, used=("clips",), copied=True)
    if plan.sound == "song" and song is not None:
        copied = _as_it_is(plan, wishes)
        if copied is not None:
            return FilmSound(song=copied, used=("song",), copied=True)
        return _kept_song(song, plan, wishes, shelf=shelf, room=room, tell=tell)
    return _kept_mix(clips, plan, wishes, song=song, shelf=shelf, room=room, tell=tell)


def _as_it_is(plan: StitchPlan, wishes: StitchWishes) -> CopiedSong | None:
    """Give the song itself when its own AAC can be copied: long enough, and nothing to be changed in it."""
    part, song = plan.song, wishes.audio_overlay
    plain = wishes.overlay_volume == 1 and not wishes.normalize_loudness
    plain = plain and not wishes.fade_in_seconds and not wishes.fade_out_seconds
    if part is None or song is None or part.loop or not plain or part.seconds < float(plan.seconds):
        return None
    try:
        sound = sound_of(read_movie(song))
    except BoxError:
        return None
    start = Fraction(round(part.start * sound.aac.rate), sound.aac.rate)
    enough = sound.samples >= (start + plan.seconds) * sound.aac.rate
    return CopiedSong(song, start) if enough and sound.aac.rate >= 44_100 else None


class _NotKeptError(Exception):
    """The song gave no sound; why stands in the warnings."""


def _kept_song(
    song: Song, plan: StitchPlan, wishes: StitchWishes, *, shelf: Shelf, room: Path, tell: Progress
) -> FilmSound:
    """Encode the song's part once; the same part, volume and fades are found again by the next stitch."""
    sound = Sound()

    def make(target: Path) -> None:
        nonlocal sound
        sound = make_sound(sources_of(plan, wishes, None), plan=plan, wishes=wishes, room=room, progress=tell)
        if sound.path is None:
            raise _NotKeptError
        sound.path.replace(target)

    target = room / "song.m4a"
    try:
        kept = shelf.made(_words(song, plan, wishes), target, make, good=is_sound)
    except _NotKeptError:
        return FilmSound(warnings=sound.warnings)
    return FilmSound(song=CopiedSong(target), used=("song",), copied=kept, warnings=sound.warnings)


def _words(song: Song | None, plan: StitchPlan, wishes: StitchWishes) -> list[object]:
    """Give everything that shapes the encoded song."""
    part = plan.song
    if part is None or song is None:
        return []
    shaped = [wishes.overlay_volume, wishes.fade_in_seconds, wishes.fade_out_seconds, wishes.normalize_loudness]
    return ["song", song.content, part.start, part.seconds, part.loop, str(plan.seconds), *shaped]


def _kept_mix(
    clips: Sequence[Clip],
    plan: StitchPlan,
    wishes: StitchWishes,
    *,
    song: Song | None,
    shelf: Shelf,
    room: Path,
    tell: Progress,
) -> FilmSound:
    """Mix once; the next stitch of the same sounds finds it again, unless something had to be left out of it."""
    if plan.sound == "none":
        return FilmSound()
    mixed = FilmSound()

    def make(target: Path) -> None:
        nonlocal mixed
        mixed = _mixed(clips, plan, wishes, room=room, tell=tell)
        if mixed.warnings or mixed.song is None:
            raise _NotKeptError
        mixed.song.path.replace(target)

    target = room / "mix.m4a"
    used = [source.name for source in sources_of(plan, wishes, target if plan.use_clip_sound else None)]
    words = [
        *("mix", [[clip.content, step.frames, step.has_sound] for clip, step in zip(clips, plan.steps, strict=True)]),
        *(str(plan.profile.fps), plan.transition, plan.transition_frames, plan.use_clip_sound),
        *(wishes.video_audio_volume, _words(song, plan, wishes)),
        *([content_of(track.path), track.start, track.volume] for track in wishes.audio_tracks),
        *(wishes.fade_in_seconds, wishes.fade_out_seconds, wishes.normalize_loudness),
    ]
    try:
        kept = shelf.made(words, target, make, good=is_sound)
    except _NotKeptError:
        return mixed
    return FilmSound(song=CopiedSong(target), used=tuple(used), copied=kept)


def _mixed(clips: Sequence[Clip], plan: StitchPlan, wishes: StitchWishes, *, room: Path, tell: Progress) -> FilmSound:
    """Mix clips' sound, song and tracks into one new track."""
    warnings: list[str] = []
    clip_sound: Path | None = None
    if plan.use_clip_sound:
        clip_sound = room / "clips.wav"
        places = clip_sounds(clips, plan)
        warnings = write_clip_sound(
            places,
            clip_sound,
            blend=plan.transition_frames / plan.profile.fps,
            overlap=plan.transition == "crossfade",
            progress=part_of(tell, 0, 0.5),
        )
        check_clip_sound(clip_sound, places)
    sources = sources_of(plan, wishes, clip_sound)
    sound = make_sound(sources, plan=plan, wishes=wishes, room=room, progress=part_of(tell, 0.5, 1))
    song = CopiedSong(sound.path) if sound.path is not None else None
    return FilmSound(song=song, used=sound.used, warnings=[*warnings, *sound.warnings])


def clip_sounds(clips: Sequence[Clip], plan: StitchPlan) -> list[ClipSound]:
    """Give each clip's sound its place in the film."""
    overlap = plan.transition_frames if plan.transition == "crossfade" else 0
    begin, found = 0, []
    for clip, step in zip(clips, plan.steps, strict=True):
        found.append(
            ClipSound(
                number=clip.number,
                path=clip.path if step.has_sound else None,
                begin=begin / plan.profile.fps,
                end=(begin + step.frames) / plan.profile.fps,
                picture=clip.video.start,
            )
        )
        begin += step.frames - overlap
    return found
