"""Facts read from real files, and hostile or broken ones refused."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from assets.media.decode import decode_check
from assets.media.errors import MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.films import look_at_film
from assets.media.poster import poster, thumbnail
from assets.media.probe import probe
from assets.media.sniff import VIDEO_KINDS
from assets.media.waveform import waveform
from tests.support.clips import marker_clip, tone


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    return marker_clip(folder / "clip.mp4", seconds=5, audio=tone(folder / "tone.wav", seconds=5))


def test_probe_tells_the_facts_of_our_own_clip(clip: Path) -> None:
    facts = probe(clip, formats=VIDEO_KINDS)
    video, audio = facts.video, facts.audio
    assert (facts.kind, facts.duration, facts.index_first) == ("mp4", 5.0, True)
    assert video is not None
    assert (video.width, video.height, video.fps, video.frames) == (320, 180, Fraction(24), 120)
    assert (video.codec, video.pix_fmt, video.time_scale, video.key_every) == ("h264", "yuv420p", 12_288, 48)
    assert (video.matrix, video.primaries, video.transfer, video.full_range) == (1, 1, 1, False)
    assert (video.rotation, video.sample_aspect, video.constant_fps, video.start) == (0, Fraction(1), True, Fraction(0))
    assert audio is not None
    assert (audio.codec, audio.sample_rate, audio.channels, audio.seconds) == ("aac", 48_000, 2, Fraction(5))
    assert decode_check(clip).frames == 120


def test_probe_sees_rotation_odd_rates_and_wide_pixels(clip: Path, tmp_path: Path) -> None:
    run_ffmpeg(["-display_rotation", "90", "-i", str(clip), "-c", "copy", str(tmp_path / "r.mp4")], timeout=30)
    run_ffmpeg(["-i", str(clip), "-vf", "fps=30000/1001,setsar=4/3", str(tmp_path / "n.mov")], timeout=30)
    turned, other = probe(tmp_path / "r.mp4").video, probe(tmp_path / "n.mov").video
    assert turned is not None
    assert other is not None
    assert turned.rotation == 90
    assert (other.fps, other.sample_aspect) == (Fraction(30_000, 1001), Fraction(4, 3))


def test_probe_sees_frames_of_unequal_length(clip: Path, tmp_path: Path) -> None:
    select = "select='not(eq(mod(n,5),3))'"
    run_ffmpeg(["-i", str(clip), "-an", "-vf", select, "-fps_mode", "vfr", str(tmp_path / "v.mp4")], timeout=30)
    video = probe(tmp_path / "v.mp4").video
    assert video is not None
    assert not video.constant_fps


@pytest.mark.parametrize("rate", ["24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "19"])
@pytest.mark.parametrize("frames", [2, 71, 200])
def test_rate_is_the_real_one_also_on_a_clock_of_milliseconds(tmp_path: Path, rate: str, frames: int) -> None:
    picture = ["-f", "lavfi", "-i", f"color=gray:s=64x64:r={rate}", "-frames:v", str(frames)]
    run_ffmpeg([*picture, "-c:v", "libvpx", "-b:v", "100k", str(tmp_path / "v.webm")], timeout=30)
    video = probe(tmp_path / "v.webm").video
    assert video is not None
    assert (video.fps, video.constant_fps, video.frames) == (Fraction(rate), True, frames)


@pytest.mark.parametrize("missing", [-1, 50])
def test_missing_picture_is_seen_on_a_clock_of_pictures(tmp_path: Path, missing: int) -> None:
    picture = ["-f", "lavfi", "-i", "color=gray:s=64x64:r=24:d=5", "-vf", f"select='not(eq(n,{missing}))'"]
    run_ffmpeg([*picture, "-fps_mode", "vfr", "-video_track_timescale", "24", str(tmp_path / "v.mp4")], timeout=30)
    video = probe(tmp_path / "v.mp4").video
    assert video is not None
    assert video.time_scale == 24
    assert (video.constant_fps, video.frames) == ((True, 120) if missing < 0 else (False, 119))


@pytest.mark.parametrize("keep", [0, 10, 300, 2_000, 0.5, 0.98])
def test_probe_refuses_a_file_that_ends_too_early(clip: Path, tmp_path: Path, keep: float) -> None:
    data = clip.read_bytes()
    short = tmp_path / "short.mp4"
    short.write_bytes(data[: int(keep * len(data)) if 0 < keep < 1 else int(keep)])
    with pytest.raises(MediaProblem):
        probe(short, formats=VIDEO_KINDS)


@pytest.mark.parametrize(
    "words",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{clip}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {clip}\n",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "plain words",
    ],
)
def test_probe_opens_no_disguise(clip: Path, tmp_path: Path, words: str) -> None:
    disguised = tmp_path / "clip.mp4"
    disguised.write_text(words.format(clip=clip))
    with pytest.raises(MediaProblem) as caught:
        probe(disguised, formats=VIDEO_KINDS)
    assert caught.value.reason == "type"


def test_decode_check_finds_damage_that_a_probe_cannot_see(clip: Path, tmp_path: Path) -> None:
    data = bytearray(clip.read_bytes())
    start = data.index(b"mdat") + 4
    for place in range(start + 2_000, len(data) - 2_000, 97):
        data[place] ^= 0x5A
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    with pytest.raises(MediaProblem):
        decode_check(broken)


def test_damaged_bytes_are_refused_and_nothing_else_comes_out(clip: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(20_261_121)
    whole = clip.read_bytes()
    hurt = tmp_path / "hurt.mp4"
    for _ in range(60):
        data = bytearray(whole)
        for place in chance.integers(0, min(4_000, len(data)), size=int(chance.integers(1, 40))):
            data[place] = int(chance.integers(256))
        hurt.write_bytes(data)
        for look in (probe, decode_check, waveform, lambda path: poster(path, tmp_path / "p.jpg")):
            with suppress(MediaProblem):
                look(hurt)


def test_poster_is_the_upright_first_picture(clip: Path, tmp_path: Path) -> None:
    two = "color=red:s=1280x720:d=0.2,drawbox=x=0:y=0:w=640:h=720:c=blue:t=fill"
    run_ffmpeg(["-f", "lavfi", "-i", two, "-pix_fmt", "yuv420p", str(tmp_path / "wide.mp4")], timeout=30)
    assert poster(tmp_path / "wide.mp4", tmp_path / "p.jpg") == (640, 360)
    turn = ["-display_rotation", "90", "-i", str(tmp_path / "wide.mp4"), "-c", "copy", str(tmp_path / "turned.mp4")]
    run_ffmpeg(turn, timeout=30)
    run_ffmpeg(["-i", str(tmp_path / "turned.mp4"), "-frames:v", "1", str(tmp_path / "upright.png")], timeout=30)
    assert poster(tmp_path / "turned.mp4", tmp_path / "t.jpg") == (640, 1138)
    with Image.open(tmp_path / "t.jpg") as ours, Image.open(tmp_path / "upright.png") as theirs:
        for place in (0.1, 0.9):
            mine = ours.getpixel((int(ours.width * 0.5), int(ours.height * place)))
            assert isinstance(mine, tuple)
            right = theirs.convert("RGB").getpixel((int(theirs.width * 0.5), int(theirs.height * place)))
            assert isinstance(right, tuple)
            assert max(abs(a - b) for a, b in zip(mine, right, strict=True)) < 12


@pytest.mark.parametrize(
    ("aspect", "turn", "size"),
    [("4/3", 0, (640, 360)), ("3/4", 0, (360, 360)), ("4/3", 90, (360, 640)), ("1/9", 0, (480, 360))],
)
def test_film_of_wide_pixels_has_the_size_that_is_seen(
    tmp_path: Path, aspect: str, turn: int, size: tuple[int, int]
) -> None:
    wide, film = ["-f", "lavfi", "-i", "color=red:s=480x360:d=0.2", "-vf", f"setsar={aspect}"], tmp_path / "film.mp4"
    run_ffmpeg([*wide, "-pix_fmt", "yuv420p", str(tmp_path / "wide.mp4")], timeout=30)
    turned = ["-display_rotation", str(turn), "-i", str(tmp_path / "wide.mp4"), "-c", "copy", str(film)]
    run_ffmpeg(turned, timeout=30)
    seen = look_at_film(film, poster=tmp_path / "p.jpg")
    assert (seen.width, seen.height) == size
    with Image.open(tmp_path / "p.jpg") as picture:
        assert picture.size == size


def test_poster_of_no_film_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"not a film")
    with pytest.raises(MediaProblem):
        poster(tmp_path / "film.mp4", tmp_path / "p.jpg")
    assert not (tmp_path / "p.jpg").exists()


def test_thumbnail_is_small_and_carries_no_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110] = "secret camera"
    Image.new("RGB", (1000, 500), "green").save(tmp_path / "a.jpg", exif=exif)
    assert thumbnail(tmp_path / "a.jpg", tmp_path / "a.webp", max_side=200) == (200, 100)
    assert b"secret" not in (tmp_path / "a.webp").read_bytes()
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    with pytest.raises(MediaProblem):
        thumbnail(tmp_path / "b.png", tmp_path / "b.webp", max_side=200)


def test_pyav_is_the_release_whose_facts_we_rely_on() -> None:
    assert int(av.__version__.split(".")[0]) >= 15
