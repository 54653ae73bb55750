"""Spans that tile the film: on the song's bars and beats, never longer than their clips, without growing error."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

import pytest

from generation.timeline import MOST_SPANS, Marks, Span, falls_short, frames, scenes_needed, tile


def song(bpm: float, seconds: float, *, offset: float = 0.37, parts: tuple[float, ...] = (0.0,)) -> Marks:
    beats = tuple(offset + number * 60 / bpm for number in range(int((seconds - offset) * bpm / 60) + 1))
    return Marks(seconds, beats, beats[::4], parts)


def edges_of(spans: Sequence[Span]) -> list[tuple[float, float]]:
    return [(span.start, span.end) for span in spans]


def assert_tiles(spans: Sequence[Span], lengths: Sequence[float]) -> None:
    assert spans[0].start == 0
    assert all(before.end == after.start for before, after in pairwise(spans))
    assert all(span.end - span.start <= lengths[span.scene] + 0.001 for span in spans)
    assert all(span.end > span.start for span in spans)


@pytest.mark.parametrize("bpm", [97.3, 110])
@pytest.mark.parametrize("fps", [24, 25, 30, 24_000 / 1001])
def test_every_cut_of_a_long_song_stays_on_its_beat(bpm: float, fps: float) -> None:
    marks, lengths = song(bpm, 200), [8.0] * 40
    spans = tile(lengths, cut_by="beats", marks=marks, target=200.0)
    assert_tiles(spans, lengths)
    assert spans[-1].end == 200
    late = []
    for (first, _), span in list(zip(frames(edges_of(spans), fps), spans, strict=True))[1:]:
        assert span.start in marks.beats
        late.append(abs(first / fps - span.start))
    assert max(late) <= 0.021
    third = len(late) // 3
    assert fmean(late[-third:]) <= fmean(late[:third]) + 0.002  # it does not grow
    assert sum(count for _, count in frames(edges_of(spans), fps)) == round(200 * fps)


def test_without_a_target_each_scene_is_as_long_as_bars_fit_into_its_clip() -> None:
    marks, lengths = song(120, 60, offset=0.0), [8.0, 4.0, 6.0]
    spans = tile(lengths, cut_by="beats", marks=marks, target=None)
    assert [(span.start, span.end) for span in spans] == [(0.0, 8.0), (8.0, 12.0), (12.0, 18.0)]
    spans = tile(lengths, cut_by="beats", marks=song(97.3, 60), target=None)
    assert_tiles(spans, lengths)
    assert all(span.end in song(97.3, 60).bars for span in spans)


def test_more_scenes_than_needed_share_the_song_evenly() -> None:
    marks, lengths = song(110, 64), [8.0] * 16
    spans = tile(lengths, cut_by="beats", marks=marks, target=64.0)
    assert_tiles(spans, lengths)
    assert [span.scene for span in spans] == list(range(16))
    assert spans[-1].end == 64
    assert all(2 < span.end - span.start < 6.5 for span in spans)


def test_too_few_scenes_start_again() -> None:
    marks, lengths = song(110, 64), [8.0] * 3
    spans = tile(lengths, cut_by="beats", marks=marks, target=64.0)
    assert_tiles(spans, lengths)
    assert [span.scene for span in spans[:4]] == [0, 1, 2, 0]
    assert [span.again for span in spans[:4]] == [False, False, False, True]
    assert spans[-1].end == 64
    assert min(span.end - span.start for span in spans) >= 1


def test_sections_begin_with_a_cut() -> None:
    parts = (0.0, 13.46, 33.19, 52.92)
    marks, lengths = song(97.3, 64, offset=1.13, parts=parts), [8.0] * 12
    for target in (None, 64.0):
        spans = tile(lengths, cut_by="sections", marks=marks, target=target)
        assert_tiles(spans, lengths)
        assert set(parts) <= {span.start for span in spans}


def test_clips_stand_end_to_end_and_a_target_cuts_them() -> None:
    lengths = [8.0, 6.0, 4.0]
    plain = tile(lengths, cut_by="clips", marks=song(110, 64), target=None)
    assert [(span.start, span.end) for span in plain] == [(0, 8), (8, 14), (14, 18)]
    short = tile(lengths, cut_by="clips", marks=None, target=10.5)
    assert [(span.scene, span.start, span.end) for span in short] == [(0, 0, 8), (1, 8, 10.5)]
    long = tile(lengths, cut_by="clips", marks=None, target=30.0)
    assert [span.scene for span in long] == [0, 1, 2, 0, 1]
    assert long[-1].end == 30


@pytest.mark.parametrize("cut_by", ["clips", "beats", "sections"])
@pytest.mark.parametrize("more", [0.0, 0.0005, 0.013, 0.0207, 0.04, 0.09, 0.11, 0.4])
def test_a_song_a_little_longer_than_its_clips_needs_one_more_only_when_it_is_seen(cut_by: str, more: float) -> None:
    target = 64 + more
    marks = song(110, target)
    needed = scenes_needed(target, 8.0, cut_by=cut_by, marks=marks, most=60)
    lengths = [8.0] * needed
    spans = tile(lengths, cut_by=cut_by, marks=marks, target=target)
    assert_tiles(spans, lengths)
    assert not falls_short(spans, target)
    assert target - spans[-1].end < 0.1
    assert min(count for _, count in frames(edges_of(spans), 24)) >= 1
    if cut_by == "clips":
        assert needed == (8 if more < 0.1 else 9)
        assert spans[-1].end == pytest.approx(64.0 if more < 0.1 else target)


@pytest.mark.parametrize("target", [119.999, 120.013, 200.02, 240.01, 240.0207])
def test_no_place_of_a_film_is_empty(target: float) -> None:
    for bpm in (84, 97.3, 110, 128, 150):
        for cut_by in ("clips", "beats", "sections"):
            marks = song(bpm, target)
            needed = scenes_needed(target, 8.0, cut_by=cut_by, marks=marks, most=60)
            spans = tile([8.0] * needed, cut_by=cut_by, marks=marks, target=target)
            assert min(count for _, count in frames(edges_of(spans), 24)) >= 2
            assert target - spans[-1].end < 0.1


def test_an_hour_of_short_clips_is_filled_and_an_endless_film_ends() -> None:
    spans = tile([2.0, 1.0], cut_by="clips", marks=None, target=3600.0)
    assert (len(spans), spans[-1].end, falls_short(spans, 3600.0)) == (2400, 3600.0, False)
    spans = tile([1 / 24], cut_by="clips", marks=None, target=3600.0)
    assert (len(spans), falls_short(spans, 3600.0)) == (MOST_SPANS, True)
    assert not falls_short(tile([8.0], cut_by="clips", marks=None, target=None), None)


def test_a_song_without_beats_is_cut_by_the_clips() -> None:
    marks = Marks(64.0)
    spans = tile([8.0] * 8, cut_by="beats", marks=marks, target=64.0)
    assert [span.end for span in spans] == [8.0 * number for number in range(1, 9)]
    assert tile([], cut_by="beats", marks=marks, target=64.0) == []


@pytest.mark.parametrize("cut_by", ["clips", "beats", "sections"])
@pytest.mark.parametrize("bpm", [60, 84, 97.3, 128, 180])
@pytest.mark.parametrize("target", [7.0, 8.0, 8.2, 16.4, 61.0, 200.0])
def test_as_many_scenes_as_needed_show_none_twice(cut_by: str, bpm: float, target: float) -> None:
    marks = song(bpm, target, parts=(0.0, 0.31 * target, 0.6 * target))
    count = scenes_needed(target, 8.0, cut_by=cut_by, marks=marks, most=60)
    spans = tile([8.0] * count, cut_by=cut_by, marks=marks, target=target)
    assert_tiles(spans, [8.0] * count)
    assert not any(span.again for span in spans)
    assert spans[-1].end == pytest.approx(target)
    assert count <= target / 4 + 4
