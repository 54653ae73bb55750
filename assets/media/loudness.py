"""How loud a file is, after ITU-R BS.1770 as EBU R 128 measures it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
from av.filter import Graph

from assets.media.probe import opened
from assets.media.samples import SOUND_KINDS, sound_frames

TARGET_LUFS = -14.0
PEAK_DBFS = -1.0
SILENCE_LUFS = -70.0


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS and the highest peak in dBFS: of the samples, or between them when asked for."""

    lufs: float
    peak_dbfs: float

    def gain_to(self, target: float = TARGET_LUFS) -> float:
        """Give the gain in dB that reaches `target` LUFS without a peak above -1 dB; 0 for silence."""
        if self.lufs <= SILENCE_LUFS:
            return 0.0
        return min(target - self.lufs, PEAK_DBFS - self.peak_dbfs)


class Meter:
    """Measures frames as they come in; all of one form. `between`: peaks between the samples too, in twice the time."""

    def __init__(self, *, between: bool = False) -> None:
        self._peaks = "true" if between else "sample"
        self._graph: Graph | None = None
        self._lufs, self._peak = SILENCE_LUFS, 0.0

    def add(self, frame: av.AudioFrame) -> None:
        """Take the next frame."""
        self._graph = self._graph or _meter(frame, self._peaks)
        self._graph.push(frame)
        self._drain(self._graph)

    def result(self) -> Loudness:
        """Give the loudness of all there was."""
        if self._graph is not None:
            self._graph.push(None)
            self._drain(self._graph)
            self._graph = None
        return Loudness(self._lufs, 20 * math.log10(max(self._peak, 1e-6)))

    def _drain(self, graph: Graph) -> None:
        while True:
            try:
                said = graph.pull().metadata
            except (av.BlockingIOError, av.EOFError):
                return
            self._lufs = float(said.get("lavfi.r128.I", self._lufs))
            peaks = [float(value) for key, value in said.items() if key.startswith(f"lavfi.r128.{self._peaks}_peak")]
            self._peak = max([self._peak, *peaks])


def loudness(path: Path, *, between: bool = False, progress: Callable[[float], None] | None = None) -> Loudness:
    """Measure the first sound track; with `between` the peak counts between the samples too. Raises MediaProblem.

    `progress` hears 0..1; what it raises goes out.
    """
    meter = Meter(between=between)
    with opened(path, formats=SOUND_KINDS) as (_, container):
        whole, gone = max(1, container.duration or 1) / 1_000_000, 0.0
        for _, frame in sound_frames(container):
            meter.add(frame)
            gone += frame.samples / frame.sample_rate
            if progress is not None:
                progress(min(1.0, gone / whole))
        return meter.result()


def _meter(frame: av.AudioFrame, peaks: str) -> Graph:
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=frame.sample_rate, format=frame.format, layout=frame.layout, time_base=frame.time_base
    )
    meter = graph.add("ebur128", f"metadata=1:peak={peaks}")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    return graph
