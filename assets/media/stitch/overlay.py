"""The one sound track of a film: song, clips' sound and further tracks, mixed, faded, as AAC of exact length."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assets.media.audio import M4A, seek
from assets.media.encoding import AUDIO_48K, BITEXACT, SAMPLE_RATE
from assets.media.errors import FFmpegError, MediaProblem
from assets.media.ffmpeg import Input, Progress, run_ffmpeg
from assets.media.loudness import loudness
from assets.media.stitch.plan import SongPart, StitchPlan
from assets.media.stitch.wishes import StitchWishes

# Several sounds may add up to more than full scale: this holds the peaks down, and only the peaks.
LIMITER = "alimiter=limit=0.95:level=0:latency=1"


@dataclass(frozen=True, slots=True)
class Source:
    """One sound that goes into the mix; `part` is set for the song, `delay` is in seconds of the film."""

    name: str
    path: Path
    volume: float
    delay: float = 0.0
    part: SongPart | None = None

    def as_input(self) -> Input:
        """Give it as an input of ffmpeg. Raises MediaProblem for a kind that is not known."""
        if self.part is None:
            return Input.sniffed(self.path)
        loop = ("-stream_loop", "-1") if self.part.loop else ()
        return Input.sniffed(self.path, *loop, *seek(self.part.start)[0])

    def as_filter(self) -> str:
        """Give the filter that makes it 48 kHz stereo at its volume and its place."""
        steps = [AUDIO_48K, f"volume={self.volume:.6f}"]
        if self.part is not None:
            length = round(self.part.seconds * SAMPLE_RATE)
            steps = [seek(self.part.start)[1], *steps, f"atrim=end_sample={length}"]
        if self.delay > 0:
            steps.append(f"adelay={round(self.delay * SAMPLE_RATE)}S:all=1")
        return ",".join(steps)


@dataclass(slots=True)
class Sound:
    """The track that was made (None: the film is silent), which sources are in it, and what went wrong on the way."""

    path: Path | None = None
    used: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)


def sources_of(plan: StitchPlan, wishes: StitchWishes, clip_sound: Path | None) -> list[Source]:
    """List what is to be mixed; a volume of 0 leaves a sound out."""
    found = [Source("clips", clip_sound, wishes.video_audio_volume)] if clip_sound is not None else []
    if plan.song is not None and wishes.audio_overlay is not None:
        found.append(Source("song", wishes.audio_overlay, wishes.overlay_volume, part=plan.song))
    found += [
        Source(f"sound {number + 1}", track.path, track.volume, delay=track.start)
        for number, track in enumerate(wishes.audio_tracks)
        if track.start < plan.seconds
    ]
    return [source for source in found if source.volume > 0]


def make_sound(
    sources: Sequence[Source], *, plan: StitchPlan, wishes: StitchWishes, room: Path, progress: Progress | None = None
) -> Sound:
    """Mix `sources` into an M4A inside `room`; whatever cannot be read is left out with a warning, never an error."""
    sound = Sound()
    usable = list(sources)
    while usable:
        try:
            sound.path = _mix(usable, plan=plan, wishes=wishes, room=room, progress=progress)
        except (FFmpegError, MediaProblem):
            good = [source for source in usable if _readable(source, sound.warnings)]
            if len(good) == len(usable):
                sound.warnings.append("the sound could not be mixed: the film is silent")
                return sound
            usable = good
        else:
            sound.used = tuple(source.name for source in usable)
            return sound
    return sound


def _readable(source: Source, warnings: list[str]) -> bool:
    try:
        run_ffmpeg(["-map", "0:a:0", "-f", "null", "-"], inputs=[Input.sniffed(source.path)], timeout=600)
    except (FFmpegError, MediaProblem) as error:
        reason = error.detail if isinstance(error, MediaProblem) else "it cannot be decoded"
        warnings.append(f"the {source.name} was left out: {reason}")
        return False
    return True


def _mix(
    sources: Sequence[Source], *, plan: StitchPlan, wishes: StitchWishes, room: Path, progress: Progress | None
) -> Path:
    """Make the track in one pass, or in two (mix, measure, then raise or lower) when its loudness is to be normal."""
    target = room / "sound.m4a"
    if not wishes.normalize_loudness:
        _render(sources, f"{_fades(plan, wishes, sources)},{_exact(plan)}", M4A, target, plan=plan, progress=progress)
        return target
    mixed = room / "mix.wav"
    words = ["-c:a", "pcm_s16le", *BITEXACT, "-f", "wav"]
    _render(sources, f"{_fades(plan, wishes, sources)},{_exact(plan)}", words, mixed, plan=plan, progress=progress)
    gain = loudness(mixed, between=True).gain_to()
    _render([Source("mix", mixed, 10 ** (gain / 20))], _exact(plan), M4A, target, plan=plan, progress=None)
    return target


def _render(
    sources: Sequence[Source],
    last: str,
    words: Sequence[str],
    target: Path,
    *,
    plan: StitchPlan,
    progress: Progress | None,
) -> None:
    chains = [f"[{number}:a:0]{source.as_filter()}[s{number}]" for number, source in enumerate(sources)]
    labels = "".join(f"[s{number}]" for number in range(len(sources)))
    several = f"amix=inputs={len(sources)}:normalize=0:dropout_transition=0,{LIMITER}," if len(sources) > 1 else ""
    graph = ";".join([*chains, f"{labels}{several}{last}[out]"])
    seconds = float(plan.seconds)
    run_ffmpeg(
        ["-filter_complex", graph, "-map", "[out]", *words, f"file:{target.absolute()}"],
        inputs=[source.as_input() for source in sources],
        timeout=120 + 2 * seconds,
        seconds=seconds,
        progress=progress,
    )


def _exact(plan: StitchPlan) -> str:
    """Give the filter that ends the sound with the picture, to the sample; the limiter leaves a gap in the times."""
    return f"apad,atrim=end_sample={round(plan.seconds * SAMPLE_RATE)},asetpts=N/SR/TB"


def _fades(plan: StitchPlan, wishes: StitchWishes, sources: Sequence[Source]) -> str:
    """Give the fades of the whole sound; the fade out ends where the sound ends: a short song alone, or the film."""
    end = float(plan.seconds)
    if len(sources) == 1 and sources[0].part is not None:
        end = min(end, sources[0].part.seconds)
    steps = ["anull"]
    if wishes.fade_in_seconds > 0:
        steps.append(f"afade=t=in:d={min(wishes.fade_in_seconds, end):.6f}")
    if wishes.fade_out_seconds > 0:
        length = min(wishes.fade_out_seconds, end)
        steps.append(f"afade=t=out:st={end - length:.6f}:d={length:.6f}")
    return ",".join(steps)
