"""Finished films in a real browser: first frame, seeks into copied and re-encoded parts, sound in step at the end."""

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from assets.media.ffmpeg import run_ffmpeg
from assets.media.stitch import StitchResult, StitchWishes, stitch
from tests.support.clips import click_wav, marker_clip

COLOURS = ((194, 63, 5), (90, 60, 180), (20, 160, 90))
CLOSE = 6  # levels of 255

PLAY = """
async ([film, moments]) => {
  const bytes = Uint8Array.from(atob(film), (letter) => letter.charCodeAt(0));
  const video = document.createElement("video");
  document.body.append(video);
  const failed = new Promise((_, no) => { video.onerror = () => no(new Error(video.error.message)); });
  const once = (name) => new Promise((yes) => video.addEventListener(name, yes, { once: true }));
  const event = (name) => Promise.race([failed, once(name)]);
  const frame = () => new Promise((yes) => video.requestVideoFrameCallback((_, seen) => yes(seen.mediaTime)));
  video.muted = true;
  const ready = Promise.all([event("loadeddata"), frame()]);
  video.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  await ready;
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const middle = () => {
    pen.drawImage(video, 0, 0);
    return [...pen.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data].slice(0, 3);
  };
  const first = middle();
  const seen = [];
  for (const moment of moments) {
    const shown = frame();
    const sought = event("seeked");
    video.currentTime = moment;
    await sought;
    seen.push([await Promise.race([failed, shown]), ...middle()]);
  }
  video.currentTime = video.duration - 1;
  const ended = event("ended");
  await video.play();
  await ended;
  const duration = video.duration;
  const sound = await new OfflineAudioContext(2, 48000, 48000).decodeAudioData(bytes.buffer);
  const samples = sound.getChannelData(0);
  const clicks = [];
  for (let at = 0; at < samples.length; at++) {
    if (Math.abs(samples[at]) > 0.25 && (!clicks.length || at / 48000 - clicks.at(-1) > 0.5)) clicks.push(at / 48000);
  }
  return { first, seen, duration, clicks, quality: video.getVideoPlaybackQuality().corruptedVideoFrames };
}
"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three clips of eight seconds, and the second once more with other parameter sets and no B-frames."""
    folder = tmp_path_factory.mktemp("playback")
    click = click_wav(folder / "click.wav")
    made = [marker_clip(folder / f"{number}.mp4", colour=colour, audio=click) for number, colour in enumerate(COLOURS)]
    tags = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    other = folder / "other.mp4"
    run_ffmpeg(
        ["-i", str(made[1]), "-c:a", "copy", "-bf", "0", "-crf", "10", "-g", "48", *tags, str(other)], timeout=60
    )
    return [*made, other]


def played(chromium: Browser, film: Path, moments: list[float]) -> dict[str, Any]:
    page = chromium.new_page()
    try:
        page.set_default_timeout(60_000)
        answer: dict[str, Any] = page.evaluate(PLAY, [base64.b64encode(film.read_bytes()).decode(), moments])
    finally:
        page.close()
    return answer


def near(seen: list[int], colour: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(seen, colour, strict=True)) <= CLOSE


@pytest.mark.network_loopback
@pytest.mark.parametrize(
    ("order", "wishes", "strategy"),
    [
        ((0, 3, 2), {}, "P1"),
        ((0, 1, 2), {"transition": "crossfade"}, "P3"),  # all parameter sets in one entry
        ((0, 3, 2), {"transition": "fade_black", "video_audio_volume": 0.9}, "P3"),  # each before its key frames
    ],
)
def test_film_plays_seeks_and_sounds_in_step(
    chromium: Browser,
    clips: list[Path],
    tmp_path: Path,
    *,
    order: tuple[int, ...],
    wishes: dict[str, Any],
    strategy: str,
) -> None:
    film = tmp_path / "film.mp4"
    result: StitchResult = stitch(
        clips=[clips[number] for number in order],
        wishes=StitchWishes(**wishes),
        target=film,
        work_dir=tmp_path,
        progress=lambda _: None,
    )
    assert result.plan.strategy == strategy
    lost = 0.5 if wishes.get("transition") == "crossfade" else 0.0
    begins = [number * (8 - lost) for number in range(3)]
    half = 1 / 48  # the middle of a frame
    # Copied in the first clip, inside the window after the join, copied behind it, the white frame, and backwards.
    wanted = {
        2 + half: COLOURS[0],
        begins[1] + 1 + half: COLOURS[1],
        begins[1] + 3 + half: COLOURS[1],
        begins[2] + 4 + half: (255, 255, 255),
        begins[2] + 6 + half: COLOURS[2],
        begins[1] + 6 + half: COLOURS[1],
        0.5 + half: COLOURS[0],
    }
    answer = played(chromium, film, list(wanted))
    assert near(answer["first"], COLOURS[0])
    for (moment, colour), (shown, *seen) in zip(wanted.items(), answer["seen"], strict=True):
        assert shown == pytest.approx(moment - half, abs=0.001)
        assert near(seen, colour), f"at {moment:.2f} s {seen} is shown instead of {colour}"
    assert answer["duration"] == pytest.approx(result.duration, abs=0.03)
    assert answer["clicks"] == [pytest.approx(begin + 4, abs=0.002) for begin in begins]
    assert answer["quality"] == 0
