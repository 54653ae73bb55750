"""Finished films in a real browser: first frame, seeks into copied and re-encoded parts, sound in step at the end."""

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from assets.media.ffmpeg import run_ffmpeg
from assets.media.stitch import StitchResult, StitchWishes, stitch
from tests.support.clips import MARK, click_wav, marker_clip

COLOURS = ((194, 63, 5), (90, 60, 180), (20, 160, 90))
CLOSE = 6  # levels of 255
OTHER, RESIZED, WEBM = 3, 4, 5  # the second clip once more: other parameter sets; another size and rate; VP9
SONG_START = 1.5  # seconds of the song that the film leaves out
UNDER_A_SONG = {"overlay_start_ms": round(SONG_START * 1000), "suppress_video_audio": True}

PLAY = """
async ([film, moments, lastJoin]) => {
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
  video.currentTime = lastJoin - 1;
  await event("seeked");
  video.muted = false;
  const ears = new AudioContext({ sampleRate: 48000 });
  const ear = ears.createScriptProcessor(256, 2, 2);
  let heard = null;
  ear.onaudioprocess = ({ inputBuffer, playbackTime }) => {
    const at = inputBuffer.getChannelData(0).findIndex((sample) => Math.abs(sample) > 0.25);
    if (at < 0 || heard !== null) return;
    const { contextTime, performanceTime } = ears.getOutputTimestamp();
    heard = performanceTime / 1000 + playbackTime + at / 48000 - contextTime;
  };
  ears.createMediaElementSource(video).connect(ear).connect(ears.destination);
  await ears.resume();
  let flashed = null;
  const watch = (_, { mediaTime, expectedDisplayTime }) => {
    if (flashed === null && mediaTime > lastJoin && Math.min(...middle()) > 240) flashed = expectedDisplayTime / 1000;
    video.requestVideoFrameCallback(watch);
  };
  video.requestVideoFrameCallback(watch);
  const ended = event("ended");
  await video.play();
  await ended;
  const apart = heard - flashed;
  const duration = video.duration;
  const sound = await new OfflineAudioContext(2, 48000, 48000).decodeAudioData(bytes.buffer);
  const samples = sound.getChannelData(0);
  const clicks = [];
  for (let at = 0; at < samples.length; at++) {
    if (Math.abs(samples[at]) > 0.25 && (!clicks.length || at / 48000 - clicks.at(-1) > 0.5)) clicks.push(at / 48000);
  }
  return { first, seen, duration, clicks, apart, quality: video.getVideoPlaybackQuality().corruptedVideoFrames };
}
"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three clips of eight seconds, and the second once more in three forms."""
    folder = tmp_path_factory.mktemp("playback")
    click = click_wav(folder / "click.wav")
    made = [marker_clip(folder / f"{number}.mp4", colour=colour, audio=click) for number, colour in enumerate(COLOURS)]
    tags = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    other = folder / "other.mp4"
    run_ffmpeg(
        ["-i", str(made[1]), "-c:a", "copy", "-bf", "0", "-crf", "10", "-g", "48", *tags, str(other)], timeout=60
    )
    resized = marker_clip(folder / "resized.mp4", colour=COLOURS[1], audio=click, size=(480, 270), fps=30)
    webm = folder / "webm.webm"
    quick = ["-c:v", "libvpx-vp9", "-b:v", "2M", "-deadline", "realtime", "-cpu-used", "8"]
    run_ffmpeg(["-i", str(made[1]), "-an", *quick, str(webm)], timeout=60)
    return [*made, other, resized, webm]


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty seconds of AAC that click where the clips of a film flash, when it begins at `SONG_START`."""
    path = tmp_path_factory.mktemp("song") / "song.m4a"
    at = f"(mod(t,8)-{MARK + SONG_START})"
    click = f"aevalsrc='0.9*between({at},0,0.002)*sin(2*PI*3000*{at})':s=48000:d=30"
    run_ffmpeg(["-f", "lavfi", "-i", click, "-ac", "2", "-c:a", "aac", "-b:a", "192k", str(path)], timeout=30)
    return path


def played(chromium: Browser, film: Path, moments: list[float], last_join: float) -> dict[str, Any]:
    page = chromium.new_page()
    try:
        page.set_default_timeout(60_000)
        words = [base64.b64encode(film.read_bytes()).decode(), moments, last_join]
        answer: dict[str, Any] = page.evaluate(PLAY, words)
    finally:
        page.close()
    return answer


def near(seen: list[int], colour: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(seen, colour, strict=True)) <= CLOSE


@pytest.mark.long
@pytest.mark.alone
@pytest.mark.network_loopback
@pytest.mark.parametrize(
    ("order", "wishes", "strategy"),
    [
        ((0, OTHER, 2), {}, "P1"),
        ((0, 1, 2), {"transition": "crossfade"}, "P3"),  # all parameter sets in one entry
        ((0, OTHER, 2), {"transition": "fade_black", "video_audio_volume": 0.9}, "P3"),  # each before its key frames
        ((0, OTHER, 2), UNDER_A_SONG, "P0"),
        ((0, RESIZED, 2), {}, "P4"),
        ((0, WEBM, 2), UNDER_A_SONG, "P6"),
    ],
)
def test_film_plays_seeks_and_sounds_in_step(
    chromium: Browser,
    clips: list[Path],
    song: Path,
    tmp_path: Path,
    *,
    order: tuple[int, ...],
    wishes: dict[str, Any],
    strategy: str,
) -> None:
    film = tmp_path / "film.mp4"
    under_a_song = wishes is UNDER_A_SONG
    result: StitchResult = stitch(
        clips=[clips[number] for number in order],
        wishes=StitchWishes(**wishes, audio_overlay=song if under_a_song else None),
        target=film,
        work_dir=tmp_path,
        progress=lambda _: None,
    )
    assert result.plan.strategy == strategy
    assert [bool(step.reasons) for step in result.plan.steps] == [number in {RESIZED, WEBM} for number in order]
    assert result.plan.copy_sound == (strategy == "P1" or under_a_song)
    lost = 0.5 if wishes.get("transition") == "crossfade" else 0.0
    begins = [number * (8 - lost) for number in range(3)]
    half = 1 / 48  # the middle of a frame
    # Copied in the first clip; inside the window after the join, behind it and a white frame (all encoded anew in a
    # clip that was made to fit); in the last clip, and backwards.
    wanted = {
        2 + half: COLOURS[0],
        begins[1] + 1 + half: COLOURS[1],
        begins[1] + 3 + half: COLOURS[1],
        begins[1] + 4 + half: (255, 255, 255),
        begins[2] + 4 + half: (255, 255, 255),
        begins[2] + 6 + half: COLOURS[2],
        begins[1] + 6 + half: COLOURS[1],
        0.5 + half: COLOURS[0],
    }
    answer = played(chromium, film, list(wanted), begins[2])
    assert near(answer["first"], COLOURS[0])
    for (moment, colour), (shown, *seen) in zip(wanted.items(), answer["seen"], strict=True):
        assert shown == pytest.approx(moment - half, abs=0.001)
        assert near(seen, colour), f"at {moment:.2f} s {seen} is shown instead of {colour}"
    assert answer["duration"] == pytest.approx(result.duration, abs=0.03)
    assert answer["clicks"] == [pytest.approx(begin + 4, abs=0.002) for begin in begins]
    early, late = -0.045, 0.125  # what people notice of sound beside its picture: ITU-R BT.1359
    assert early < answer["apart"] < late, "played over the last join, the click is heard when its frame is shown"
    assert answer["quality"] == 0
