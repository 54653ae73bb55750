"""Putting clips of one profile behind each other without touching a frame, on one exact grid, over one sound track."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import OutputContainer

from assets.media.encoding import time_scale
from assets.media.errors import ClipProblem, MediaProblem
from assets.media.ffmpeg import Progress
from assets.media.probe import opened
from assets.media.sniff import AUDIO_KINDS, VIDEO_KINDS


@dataclass(frozen=True, slots=True)
class Piece:
    """One clip to copy: its number of frames and its decoder set-up (avcC) are known from its facts."""

    path: Path
    frames: int
    parameters: bytes


def join(
    pieces: Sequence[Piece], *, fps: Fraction, sound: Path | None, target: Path, progress: Progress | None = None
) -> None:
    """Write `target`: all pictures of all pieces, bit for bit, and `sound` (AAC in M4A) copied beside them.

    Picture k of the film is shown at exactly k / fps. Raises ClipProblem, MediaProblem.
    """
    scale = str(time_scale(fps))
    options = {
        "movflags": "+faststart",
        "video_track_timescale": scale,
        "movie_timescale": scale,
        "fflags": "+bitexact",
    }
    with av.open(str(target.absolute()), "w", format="mp4", options=options) as film:
        _join(film, pieces, fps=fps, sound=sound, progress=progress)


def _join(
    film: OutputContainer, pieces: Sequence[Piece], *, fps: Fraction, sound: Path | None, progress: Progress | None
) -> None:
    richest = max(pieces, key=lambda piece: piece.parameters[3:4])  # the level a player must be able to decode
    with opened(richest.path, formats=VIDEO_KINDS) as (_, clip):
        video = film.add_stream_from_template(clip.streams.video[0])
    video.time_base = Fraction(1, time_scale(fps))
    packets = _pictures(pieces, fps=fps, progress=progress)
    if sound is None:
        _mux(film, ((packet, video) for packet in packets))
        return
    with opened(sound, formats=AUDIO_KINDS) as (_, song):
        track = film.add_stream_from_template(song.streams.audio[0])
    pictures = ((packet, video) for packet in packets)
    samples = ((packet, track) for packet in _samples(sound))
    _mux(film, heapq.merge(samples, pictures, key=lambda pair: _moment(pair[0])))


def _mux(film: OutputContainer, packets: "Iterable[tuple[av.Packet[Any], Any]]") -> None:
    for packet, stream in packets:
        packet.stream = stream
        film.mux(packet)


def _samples(sound: Path) -> "Iterator[av.Packet[Any]]":
    with opened(sound, formats=AUDIO_KINDS) as (_, song):
        yield from (packet for packet in song.demux(song.streams.audio[0]) if packet.size)


def _moment(packet: "av.Packet[Any]") -> Fraction:
    """Give the decoding time in seconds."""
    return (packet.dts or 0) * (packet.time_base or Fraction(0))


@dataclass(frozen=True, slots=True)
class _Order:
    """When each picture of a piece is shown: its rank by presentation time, and how far decoding runs ahead."""

    rank: dict[int, int]
    delay: int


def _order(index: int, piece: Piece) -> _Order:
    """Read a piece's packets once for their order. Raises ClipProblem when not all frames are there."""
    times = [timed.pts for timed in _packets(index, piece)]
    rank = {pts: place for place, pts in enumerate(sorted(times))}
    if len(rank) != piece.frames:
        raise ClipProblem(index, "unreadable", f"{len(rank)} of {piece.frames} frames are there")
    return _Order(rank, max(place - rank[pts] for place, pts in enumerate(times)))


def _packets(index: int, piece: Piece) -> Iterator["TimedPacket"]:
    try:
        with opened(piece.path, formats=VIDEO_KINDS) as (_, clip):
            for packet in clip.demux(clip.streams.video[0]):
                if packet.size and packet.pts is not None:
                    yield TimedPacket(packet, packet.pts)
    except MediaProblem as error:
        raise ClipProblem(index, error.reason, error.detail) from error


@dataclass(frozen=True, slots=True)
class TimedPacket:
    """A packet that has a presentation time."""

    packet: "av.Packet[Any]"
    pts: int


def _pictures(pieces: Sequence[Piece], *, fps: Fraction, progress: Progress | None) -> "Iterator[av.Packet[Any]]":
    """Give all packets in decoding order, put on the film's grid: decoding runs ahead as far as any piece needs."""
    orders = [_order(index, piece) for index, piece in enumerate(pieces)]
    delay = max(order.delay for order in orders)
    tick = int(time_scale(fps) / fps)
    base = Fraction(1, time_scale(fps))
    mixed = len({piece.parameters for piece in pieces}) > 1
    done, total = 0, sum(piece.frames for piece in pieces)
    for index, piece in enumerate(pieces):
        prefix = parameter_sets(piece.parameters) if mixed else b""
        for place, timed in enumerate(_packets(index, piece)):
            packet = _with_prefix(timed.packet, prefix) if prefix and timed.packet.is_keyframe else timed.packet
            packet.time_base = base
            packet.pts = (done + orders[index].rank[timed.pts]) * tick
            packet.dts = (done + place - delay) * tick
            packet.duration = tick
            yield packet
        done += piece.frames
        if progress is not None:
            progress(done / total)


def _with_prefix(packet: "av.Packet[Any]", prefix: bytes) -> "av.Packet[Any]":
    """Give a copy that begins with its clip's own parameter sets.

    Clips of one size may differ in them and still use the same ids; a seek must find the right ones, so they
    stand before every key frame of every clip (MEDIA.md 1d).
    """
    longer: av.Packet[Any] = av.Packet(prefix + bytes(packet))
    longer.is_keyframe = True
    return longer


def parameter_sets(avcc: bytes) -> bytes:
    """Give the SPS and PPS of an avcC, each behind its length in four bytes. Raises MediaProblem."""
    made = b""
    place = 5
    for mask in (0x1F, 0xFF):
        if place >= len(avcc):
            raise MediaProblem("unreadable", "the decoder's set-up ends too early")
        count = avcc[place] & mask
        place += 1
        for _ in range(count):
            length = int.from_bytes(avcc[place : place + 2], "big")
            unit = avcc[place + 2 : place + 2 + length]
            if len(unit) != length or not length:
                raise MediaProblem("unreadable", "the decoder's set-up ends too early")
            made += length.to_bytes(4, "big") + unit
            place += 2 + length
    return made
