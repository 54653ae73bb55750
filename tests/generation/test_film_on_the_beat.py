"""A long film cut by the beats of a real song, its pictures read back: every cut on its beat, none drifting."""

from pathlib import Path

import av
import numpy as np
import pytest

from assets.media.analysis import analyse
from assets.media.stitch import StitchWishes, stitch
from generation.timeline import Marks, tile
from tests.support.clips import marker_clip
from tests.support.songs import beat_song

SECONDS, FPS = 200, 24
COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200))


@pytest.mark.long
@pytest.mark.parametrize("bpm", [97.3, 110.0])
def test_every_cut_of_a_film_of_200_s_is_on_its_beat(bpm: float, tmp_path: Path) -> None:
    clips = [
        marker_clip(tmp_path / f"{number}.mp4", colour=colour, size=(160, 90)) for number, colour in enumerate(COLOURS)
    ]
    song = tmp_path / "song.wav"
    true = np.array(beat_song(song, bpm=bpm, seconds=SECONDS, offset=0.37))
    heard = analyse(song)
    marks = Marks(float(SECONDS), heard.beats, heard.downbeats)
    spans = tile([8.0] * len(clips), cut_by="beats", marks=marks, target=float(SECONDS))
    stitch(
        clips=[clips[span.scene] for span in spans],
        wishes=StitchWishes(audio_overlay=song, suppress_video_audio=True, ends=tuple(span.end for span in spans)),
        target=tmp_path / "film.mp4",
        work_dir=tmp_path,
        progress=lambda _: None,
    )
    moments = np.array(cuts(tmp_path / "film.mp4")) / FPS
    assert len(moments) == len(spans) - 1
    off = np.abs(moments - [span.start for span in spans[1:]])
    late = np.array([moment - true[np.abs(true - moment).argmin()] for moment in moments])
    assert off.max() <= 0.021
    assert np.abs(late).max() <= 0.046  # half a frame, and what the ear of the analysis may err
    third = len(late) // 3
    assert abs(late[:third].mean() - late[-third:].mean()) < 0.010


def cuts(film: Path) -> list[int]:
    """Give the numbers of the first frames of another colour; white frames belong to the clip around them."""
    found: list[int] = []
    last = None
    with av.open(str(film)) as opened:
        for number, frame in enumerate(opened.decode(video=0)):
            pixel = frame.to_ndarray(format="rgb24")[10, 10]
            if pixel.min() > 150:
                continue
            colour = int(pixel.argmax())
            if last is not None and colour != last:
                found.append(number)
            last = colour
    return found
