"""The one sound track of a film: song, clips' sound and further tracks, mixed, faded, as AAC of exact length."""

import math
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import takewhile
from pathlib import Path

from assets.media.audio import M4A, seek
from assets.media.encoding import AUDIO_48K, BITEXACT, SAMPLE_RATE
from assets.media.errors import FFmpegError, MediaProblem, RenderCheckError
from assets.media.ffmpeg import Input, Progress, part_of, run_ffmpeg
from assets.media.loudness import loudness
from assets.media.mp4 import BoxError, read_movie
from assets.media.plain import write_plain
from assets.media.samples import Samples, first_moment, samples, samples_from, told
from assets.media.stitch.hear import Ear, check_heard
from assets.media.stitch.plan import SongPart, StitchPlan
from assets.media.stitch.tables import sound_of
from assets.media.stitch.wishes import StitchWishes

# Several sounds, and one that is made louder, may pass full scale: this holds the peaks down, and only the peaks.
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

    def heard_by(self, ear: Ear, stop: threading.Event) -> None:
        """Let an ear hear it at its place until `stop`, each later round of a loop loosely. Raises MediaProblem."""
        begin = first_moment(self.path) + Fraction(self.part.start if self.part is not None else 0)
        pieces = samples_from(self.path, begin, rate=SAMPLE_RATE, layout="stereo", seek=True)
        first = round(self.delay * SAMPLE_RATE)
        end = ear.take(_until(stop, pieces), begin=first, gain=self.volume)
        while self.part is not None and self.part.loop and first < end < ear.samples:
            first = end
            again = samples(self.path, rate=SAMPLE_RATE, layout="stereo")
            end = ear.take(_until(stop, again), begin=first, gain=self.volume, loosely=True)

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
        if track.start < float(plan.seconds)
    ]
    return [source for source in found if source.volume > 0]


def make_sound(
    sources: Sequence[Source], *, plan: StitchPlan, wishes: StitchWishes, room: Path, progress: Progress | None = None
) -> Sound:
    """Mix `sources` into an M4A inside `room`; whatever cannot be read is left out with a warning, never an error."""
    sound = Sound()
    usable, plainly = list(sources), False
    while usable:
        try:
            with _listening(usable, plan=plan, wishes=wishes) as meant:
                sound.path = _mix(usable, plan=plan, wishes=wishes, room=room, progress=part_of(progress, 0, 0.9))
                check_mix(sound.path, meant, plan=plan, progress=part_of(progress, 0.9, 1))
        except (FFmpegError, MediaProblem, RenderCheckError) as error:
            if plainly and isinstance(error, RenderCheckError):
                raise
            if plainly:
                sound.warnings.append("the sound could not be mixed: the film is silent")
                return Sound(warnings=sound.warnings)
            # A song that changes its form midway makes ffmpeg start its filters anew: then we decode it ourselves.
            usable, plainly = (
                _plain(usable, sound.warnings, plan=plan, room=room, progress=part_of(progress, 0, 0)),
                True,
            )
        else:
            sound.used = tuple(source.name for source in usable)
            return sound
    return Sound(warnings=sound.warnings)


@contextmanager
def _listening(sources: Sequence[Source], *, plan: StitchPlan, wishes: StitchWishes) -> Iterator[Future[Ear]]:
    """Listen to the sources while ffmpeg encodes them; whatever ends the block early ends the listening."""
    meant, stop = Ear(plan.seconds, plan.last_join), threading.Event()

    def listen() -> Ear:
        for source in sources:
            try:
                source.heard_by(meant, stop)
            except MediaProblem:  # it breaks off: what came before has been heard
                continue
        meant.fade(wishes.fade_in_seconds, wishes.fade_out_seconds, _sound_end(plan, sources))
        return meant

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="listen") as pool:
        try:
            yield pool.submit(listen)
        finally:
            stop.set()


def check_mix(path: Path, meant: Future[Ear], *, plan: StitchPlan, progress: Progress) -> None:
    """Listen to what was made, and compare it with what was meant. Raises RenderCheckError when they do not agree."""
    heard = Ear(plan.seconds, plan.last_join)
    try:
        made = sound_of(read_movie(path))
        heard.take(told(samples(path, rate=SAMPLE_RATE, layout="stereo"), progress, heard.samples))
    except (MediaProblem, BoxError) as error:
        raise RenderCheckError(f"the sound that was made cannot be read: {error}") from error
    if made.samples < heard.samples:
        raise RenderCheckError(f"the sound lasts {made.samples} samples instead of {heard.samples}")
    check_heard(heard, meant.result(), what="the sound")


def _until(stop: threading.Event, pieces: Iterator[Samples]) -> Iterator[Samples]:
    return takewhile(lambda _: not stop.is_set(), pieces)


def _plain(
    sources: Sequence[Source], warnings: list[str], *, plan: StitchPlan, room: Path, progress: Progress
) -> list[Source]:
    """Write out plainly what is heard of each source; what cannot be decoded is left out with a warning."""
    found = []
    for number, source in enumerate(sources):
        if source.path.parent == room:  # written by us
            found.append(source)
            continue
        start = source.part.start if source.part is not None else 0.0
        again = source.part is not None and source.part.loop
        target = room / f"plain-{number}.wav"
        how = {} if again else {"start": start, "seconds": float(plan.seconds) - source.delay}
        try:
            write_plain(source.path, target, progress=progress, **how)
        except MediaProblem as error:
            warnings.append(f"the {source.name} was left out: {error.detail}")
            continue
        part = source.part if source.part is None or again else replace(source.part, start=0.0)
        found.append(replace(source, path=target, part=part))
    return found


def _mix(
    sources: Sequence[Source], *, plan: StitchPlan, wishes: StitchWishes, room: Path, progress: Progress | None
) -> Path:
    """Make the track in one pass, or in two (mix, measure, then raise or lower) when its loudness is to be normal."""
    target = room / "sound.m4a"
    last = f"{_fades(plan, wishes, sources)},{_exact(plan)}"
    if len(sources) > 1 or (sources[0].volume > 1 and not wishes.normalize_loudness):
        last = f"{LIMITER},{last}"
    if not wishes.normalize_loudness:
        _render(sources, last, M4A, target, plan=plan, progress=progress)
        return target
    mixed = room / "mix.wav"
    words = ["-c:a", "pcm_f32le", *BITEXACT, "-f", "wav"]  # as loud as it is: whole numbers would clip it
    _render(sources, last, words, mixed, plan=plan, progress=part_of(progress, 0, 0.4))
    gain = loudness(mixed, between=True, progress=part_of(progress, 0.4, 0.6)).gain_to()
    again = Source("mix", mixed, 10 ** (gain / 20))
    _render([again], _exact(plan), M4A, target, plan=plan, progress=part_of(progress, 0.6, 1))
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
    several = f"amix=inputs={len(sources)}:normalize=0:dropout_transition=0," if len(sources) > 1 else ""
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
    return f"apad,atrim=end_sample={math.ceil(plan.seconds * SAMPLE_RATE)},asetpts=N/SR/TB"


def _sound_end(plan: StitchPlan, sources: Sequence[Source]) -> float:
    end = float(plan.seconds)
    if len(sources) == 1 and sources[0].part is not None:
        end = min(end, sources[0].part.seconds)
    return end


def _fades(plan: StitchPlan, wishes: StitchWishes, sources: Sequence[Source]) -> str:
    """Give the fades of the whole sound; the fade out ends where the sound ends: a short song alone, or the film."""
    end = _sound_end(plan, sources)
    steps = ["anull"]
    if wishes.fade_in_seconds > 0:
        steps.append(f"afade=t=in:d={min(wishes.fade_in_seconds, end):.6f}")
    if wishes.fade_out_seconds > 0:
        length = min(wishes.fade_out_seconds, end)
        steps.append(f"afade=t=out:st={end - length:.6f}:d={length:.6f}")
    return ",".join(steps)
