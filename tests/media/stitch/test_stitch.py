"""Films read back: every frame there, in order, unchanged, in colour, and the sound where the picture is."""

import hashlib
import json
from pathlib import Path

import av
import pytest

from assets.media.decode import decode_check
from assets.media.ffmpeg import run_ffmpeg
from assets.media.probe import probe
from tests.media.stitch.conftest import COLOURS, Stitcher
from tests.support.clips import clicks, first_colour, flashes, marker_clip

FRAMES = 192


def pictures(path: Path) -> list[str]:
    """Give a digest of every decoded picture."""
    with av.open(str(path)) as film:
        return [hashlib.sha256(bytes(frame.to_ndarray())).hexdigest() for frame in film.decode(video=0)]


def close(path: Path, frame: int, colour: tuple[int, ...], levels: int = 3) -> bool:
    seen = first_colour(path, frame)
    return max(abs(a - b) for a, b in zip(seen, colour, strict=True)) <= levels


def variant(source: Path, target: Path, *words: str) -> Path:
    run_ffmpeg(["-i", str(source), *words, str(target)], timeout=60)
    return target


def test_eight_clips_keep_sound_and_picture_together_to_the_last_join(clips: list[Path], made: Stitcher) -> None:
    result, film = made([clips[number % 3] for number in range(8)])
    assert (result.frames, result.duration, result.plan.strategy) == (8 * FRAMES, 64.0, "P1")
    assert result.plan.as_text() == "joined 8 clips, copied 1536 frames, re-encoded 0, with the clips' sound"
    marks = [4.0 + 8 * number for number in range(8)]
    assert [float(moment) for moment in flashes(film)] == marks
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in marks]


def test_copied_frames_are_the_same_bit_for_bit(clips: list[Path], made: Stitcher) -> None:
    _, film = made(clips)
    assert pictures(film) == [digest for clip in clips for digest in pictures(clip)]


def test_film_has_its_index_first_exact_times_and_tags(clips: list[Path], made: Stitcher) -> None:
    _, film = made(clips)
    facts = probe(film)
    assert facts.index_first
    assert facts.video is not None
    assert facts.audio is not None
    assert (float(facts.video.start), facts.video.time_scale, facts.video.constant_fps) == (0.0, 12_288, True)
    assert (facts.video.matrix, facts.video.primaries, facts.video.transfer) == (1, 1, 1)
    assert (facts.audio.sample_rate, facts.audio.channels, float(facts.audio.seconds)) == (48_000, 2, 24.0)
    with av.open(str(film)) as container:
        assert container.duration == 24_000_000


def test_same_clips_give_the_same_bytes(clips: list[Path], made: Stitcher) -> None:
    assert made(clips)[1].read_bytes() == made(clips)[1].read_bytes()


@pytest.mark.parametrize("transition", ["cut", "crossfade", "fade_black"])
def test_colours_survive(clips: list[Path], made: Stitcher, transition: str) -> None:
    result, film = made(clips, transition=transition)
    step = FRAMES - (result.plan.transition_frames if transition == "crossfade" else 0)
    assert all(close(film, number * step + 48, colour) for number, colour in enumerate(COLOURS))


def test_clip_with_other_parameter_sets_is_copied_too(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    tags = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    other = variant(clips[1], tmp_path / "o.mp4", "-c:a", "copy", "-bf", "0", "-preset", "medium", "-g", "48", *tags)
    sources = [clips[0], other, clips[2]]
    result, film = made(sources)
    assert result.plan.copied_frames == 3 * FRAMES
    assert pictures(film) == [digest for clip in sources for digest in pictures(clip)]
    with av.open(str(film)) as container:  # a seek into each clip finds that clip's own sets
        for number, colour in enumerate(COLOURS):
            container.seek(int((8 * number + 2) * 1_000_000))
            frame = next(container.decode(video=0))
            seen = frame.to_ndarray(format="rgb24")[90, 160].astype(int)
            assert abs(seen - colour).max() <= 3


ODD = {
    "other size": (["-vf", "scale=480:270"], "size 480x270"),
    "odd size": (["-vf", "scale=321:181", "-pix_fmt", "yuv444p"], "size 321x181"),
    "30 fps": (["-vf", "fps=30"], "30 fps"),
    "uneven frames": (["-vf", "select='not(eq(mod(n,9),4))'", "-fps_mode", "vfr"], "frames of unequal length"),
    "wide pixels": (["-vf", "scale=240:180,setsar=4/3"], "pixels of 4/3"),
    "full range": (["-vf", "scale=out_range=full", "-pix_fmt", "yuvj420p"], "other colours than BT.709"),
    "bt601": (["-vf", "scale=out_color_matrix=bt601", "-colorspace", "smpte170m"], "other colours than BT.709"),
    "vp9 in webm": (["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"], "codec vp9"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_clip_is_made_to_fit(clips: list[Path], tmp_path: Path, made: Stitcher, name: str) -> None:
    words, reason = ODD[name]
    odd = variant(clips[1], tmp_path / ("odd.webm" if "webm" in name else "odd.mp4"), "-preset", "ultrafast", *words)
    result, film = made([clips[0], odd, clips[2]])
    assert (result.frames, result.duration) == (3 * FRAMES, 24.0)
    assert reason in result.plan.steps[1].reasons
    assert (result.plan.copied_frames, result.width, result.height) == (2 * FRAMES, 320, 180)
    assert close(film, FRAMES + 40, first_colour(odd, 40))
    assert clicks(film)[1:] == [pytest.approx(12.0, abs=0.001), pytest.approx(20.0, abs=0.001)]
    assert float(flashes(film)[-1]) == 20.0


def test_turned_clip_stands_upright_in_the_film(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    turned = tmp_path / "turned.mp4"
    run_ffmpeg(["-display_rotation", "90", "-i", str(clips[1]), "-c", "copy", str(turned)], timeout=30)
    result, film = made([clips[0], turned, clips[2]])
    assert "turned by 90 degrees" in result.plan.steps[1].reasons
    with av.open(str(film)) as container:
        picture = list(container.decode(video=0))[FRAMES + 40].to_ndarray(format="rgb24")
    assert picture[90, 20].max() < 10  # a tall picture in a wide frame has black sides
    assert abs(picture[90, 160].astype(int) - COLOURS[1]).max() <= 4


def test_silent_and_mono_clips_keep_the_others_in_step(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    mute = variant(clips[0], tmp_path / "mute.mp4", "-an", "-c:v", "copy")
    mono = variant(clips[1], tmp_path / "mono.mp4", "-ac", "1", "-ar", "44100", "-c:v", "copy")
    result, film = made([mute, mono, clips[2]])
    assert (result.plan.copied_frames, result.warnings) == (3 * FRAMES, ())
    assert clicks(film) == [pytest.approx(12.0, abs=0.001), pytest.approx(20.0, abs=0.001)]


def test_sound_longer_or_shorter_than_its_picture_moves_nothing(
    clips: list[Path], click: Path, tmp_path: Path, made: Stitcher
) -> None:
    muxed = ["-map", "0:v", "-map", "1:a", "-c:v", "copy"]
    longer, shorter = tmp_path / "longer.mp4", tmp_path / "shorter.mp4"
    run_ffmpeg(["-i", str(clips[0]), "-i", str(click), *muxed, "-af", "apad=pad_dur=0.3", str(longer)], timeout=30)
    run_ffmpeg(["-i", str(clips[1]), "-i", str(click), *muxed, "-af", "atrim=end=7.5", str(shorter)], timeout=30)
    result, film = made([longer, shorter, clips[2]])
    assert (result.frames, result.duration) == (3 * FRAMES, 24.0)
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in (4.0, 12.0, 20.0)]


def test_silent_clips_make_a_silent_film(clips: list[Path], made: Stitcher) -> None:
    result, film = made(clips, suppress_video_audio=True)
    assert (result.plan.strategy, result.plan.sound, result.has_audio) == ("P0", "none", False)
    assert probe(film).audio is None


def test_crossfade_overlaps_picture_and_sound(clips: list[Path], made: Stitcher) -> None:
    result, film = made(clips, transition="crossfade", transition_seconds=0.5)
    assert (result.plan.transition_frames, result.frames, result.plan.strategy) == (12, 3 * FRAMES - 24, "P3")
    assert [float(moment) for moment in flashes(film)] == [4.0, 11.5, 19.0]
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in (4.0, 11.5, 19.0)]
    half = tuple((a + b) // 2 for a, b in zip(COLOURS[0], COLOURS[1], strict=True))
    assert close(film, FRAMES - 6, half, levels=24)


@pytest.mark.parametrize(("ends", "held"), [((6.0, 11.0, 17.0), 0), ((8.0, 16.0, 24.0), 2)])
def test_crossfade_on_a_timeline_moves_no_clip_from_its_place(
    clips: list[Path], made: Stitcher, ends: tuple[float, ...], held: int
) -> None:
    result, film = made(clips, ends=ends, transition="crossfade", transition_seconds=0.5)
    assert (result.plan.transition_frames, result.duration) == (12, ends[-1])
    assert sum("too short" in reason for step in result.plan.steps for reason in step.reasons) == held
    marks = [4.0 + start for start in (0.0, *ends[:-1])]
    assert [float(moment) for moment in flashes(film)] == marks
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in marks]
    cut = round(ends[0] * 24)
    assert close(film, cut - 1, COLOURS[0])
    half = tuple((a + b) // 2 for a, b in zip(COLOURS[0], COLOURS[1], strict=True))
    assert close(film, cut + 6, half, levels=24)
    assert close(film, cut + 12, COLOURS[1])


def test_fade_through_black_keeps_the_length(clips: list[Path], made: Stitcher) -> None:
    result, film = made(clips, transition="fade_black", transition_seconds=1.0)
    assert (result.frames, result.plan.as_text()) == (
        3 * FRAMES,
        "joined 3 clips, copied 452 frames, re-encoded 124, fades through black of 1.00 s, with the clips' sound",
    )
    assert max(first_colour(film, FRAMES)) < 40
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in (4.0, 12.0, 20.0)]


def test_transition_longer_than_a_clip_allows_is_shortened(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    short = marker_clip(tmp_path / "short.mp4", seconds=0.5)
    result, _ = made([clips[0], short, clips[1]], transition="crossfade", transition_seconds=2)
    assert result.plan.transition_frames == 6
    assert "shortened to 0.25 s" in result.warnings[0]


@pytest.mark.parametrize("transition", ["crossfade", "fade_black"])
def test_clip_of_one_picture_leaves_the_transition_out(
    clips: list[Path], tmp_path: Path, made: Stitcher, transition: str
) -> None:
    single = marker_clip(tmp_path / "single.mp4", seconds=1 / 24)
    result, _ = made([clips[0], single], transition=transition, suppress_video_audio=True)
    assert (result.frames, result.plan.transition, result.plan.transition_frames) == (FRAMES + 1, "cut", 0)
    assert result.warnings == ("the transition was left out: the shortest clip is a single picture",)


def test_small_and_reshaped_films(clips: list[Path], made: Stitcher) -> None:
    result, film = made(clips[:2], quality="small", aspect_ratio="9:16", resolution="180p")
    assert (result.width, result.height, result.frames) == (180, 320, 2 * FRAMES)
    video = probe(film).video
    assert video is not None
    assert (video.width, video.height) == (180, 320)
    assert close(film, 48, COLOURS[0], levels=4)


def test_one_clip_may_be_used_again_and_alone(clips: list[Path], made: Stitcher) -> None:
    assert made([clips[0]] * 3)[0].frames == 3 * FRAMES
    result, film = made([clips[1]])
    assert result.plan.as_text().startswith("joined 1 clip, copied 192 frames")
    assert pictures(film) == pictures(clips[1])


def test_plan_can_be_kept_as_json(clips: list[Path], made: Stitcher) -> None:
    kept = json.loads(json.dumps(made(clips)[0].plan.as_dict()))
    assert (kept["strategy"], kept["frames"], kept["frames_copied"], kept["fps"]) == ("P1", 576, 576, "24")
    assert kept["clips"][1] == {"index": 1, "frames": 192, "copied": True, "frames_copied": 192, "reasons": []}


def test_whole_film_decodes(clips: list[Path], made: Stitcher) -> None:
    assert decode_check(made(clips)[1]).frames == 3 * FRAMES
