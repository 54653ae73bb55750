"""FrameEncoder: exact length, right colours, the same bytes twice, nothing left behind when it fails."""

from pathlib import Path

import av
import numpy as np
import pytest

from assets.media.errors import FFmpegError, FFmpegTimeoutError, MediaProblem
from assets.media.ffmpeg import FrameEncoder, Input, ffmpeg_path, run_ffmpeg

PATCHES = ((194, 63, 5), (113, 0, 233), (20, 200, 90), (255, 255, 255))


def frame(number: int) -> bytes:
    picture = np.zeros((180, 320, 3), np.uint8)
    for column, colour in enumerate(PATCHES):
        picture[:, column * 80 : (column + 1) * 80] = colour
    picture[:20] = number * 2 % 256
    return picture.tobytes()


def encode(path: Path, frames: int = 100, audio: Path | None = None) -> Path:
    with FrameEncoder(path, width=320, height=180, audio=audio) as out:
        for number in range(frames):
            out.write(frame(number))
    return path


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder in which nothing else is."""
    folder = tmp_path / "room"
    folder.mkdir()
    return folder


@pytest.fixture
def tone(room: Path) -> Path:
    """Three seconds of mono sound at 44.1 kHz."""
    path = room / "tone.wav"
    run_ffmpeg(["-f", "lavfi", "-i", "sine=f=440:d=3:r=44100", str(path)], timeout=30)
    return path


def test_ffmpeg_is_the_wheels_own() -> None:
    assert "imageio_ffmpeg" in ffmpeg_path()


def test_encoder_makes_the_profile_every_clip_has(room: Path, tone: Path) -> None:
    with av.open(str(encode(room / "clip.mp4", audio=tone))) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        context = video.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        assert (video.time_base.denominator if video.time_base else 0) == 12_288
        assert (video.start_time, video.duration, video.frames) == (0, 100 * 512, 100)
        assert (audio.codec_context.name, audio.rate, audio.channels) == ("aac", 48_000, 2)
        assert audio.duration == 200_000  # padded from 3 s to 100 / 24 s
        keys = [packet.pts for packet in film.demux(video) if packet.is_keyframe and packet.size]
        assert keys == [0, 48 * 512, 96 * 512]


def test_encoder_keeps_colours_within_three_levels(room: Path) -> None:
    with av.open(str(encode(room / "clip.mp4", frames=4))) as film:
        picture = next(film.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    for column, colour in enumerate(PATCHES):
        assert np.abs(picture[100, column * 80 + 40] - colour).max() <= 3


def test_encoder_gives_the_same_bytes_twice(room: Path, tone: Path) -> None:
    first, second = (encode(room / name, audio=tone).read_bytes() for name in ("a.mp4", "b.mp4"))
    assert first == second
    assert first.index(b"moov") < first.index(b"mdat")


def test_encoder_leaves_nothing_when_it_is_interrupted(room: Path, tone: Path) -> None:
    def interrupted() -> None:
        with FrameEncoder(room / "clip.mp4", width=320, height=180, audio=tone) as out:
            out.write(frame(0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(room.iterdir()) == [tone]


def test_encoder_refuses_what_it_cannot_encode(room: Path) -> None:
    with pytest.raises(ValueError, match="even"):
        FrameEncoder(room / "odd.mp4", width=321, height=180)
    with (
        pytest.raises(ValueError, match="172800 bytes"),
        FrameEncoder(room / "x.mp4", width=320, height=180) as out,
    ):
        out.write(b"short")
    with pytest.raises(FFmpegError, match="no frame"), FrameEncoder(room / "x.mp4", width=320, height=180):
        pass
    assert list(room.iterdir()) == []


def test_encoder_names_a_song_it_cannot_read(room: Path) -> None:
    song = room / "song.mp3"
    song.write_text("these are words")
    with pytest.raises(MediaProblem, match="type"):
        encode(room / "clip.mp4", frames=2, audio=song)
    assert list(room.iterdir()) == [song]


def test_run_ffmpeg_reports_progress_and_stops_when_told(room: Path) -> None:
    seen: list[float] = []

    def stop(fraction: float) -> None:
        seen.append(fraction)
        if fraction > 0:
            raise KeyboardInterrupt

    endless = ["-f", "lavfi", "-i", "testsrc2=size=320x180", "-f", "null", "-"]
    with pytest.raises(KeyboardInterrupt):
        run_ffmpeg(["-re", *endless], timeout=30, seconds=1000, progress=stop)
    assert 0 < seen[-1] < 0.1
    with pytest.raises(FFmpegTimeoutError):
        run_ffmpeg(["-re", *endless], timeout=0.5)


def test_inputs_are_opened_by_their_own_demuxer_only(room: Path) -> None:
    secret = room / "secret.txt"
    secret.write_text("a line that must not be read")
    disguised = room / "song.mp3"
    disguised.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(MediaProblem):
        Input.sniffed(disguised)
    with pytest.raises(FFmpegError):
        run_ffmpeg(["-f", "null", "-"], inputs=[Input(disguised, "mp3")], timeout=20)


def test_full_disk_is_told_from_bad_bytes() -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        run_ffmpeg(["-f", "lavfi", "-i", "sine=d=5", "-f", "wav", "/dev/full"], timeout=20)
    assert caught.value.errno == 28
