"""The same request and seed give the same bytes: in this process and in another one."""

import hashlib
import sys
from pathlib import Path

import pytest

from assets.media import song
from generation.ports import ClipRequest, ImageRequest, LipSyncRequest, SceneRequest
from generation.providers.sample.clips import SampleClips
from generation.providers.sample.lipsync import SampleLipSync
from generation.providers.sample.portraits import SamplePortraits
from generation.providers.sample.scenes import SampleScenes
from mvsite import env
from mvsite.common.process import run

HERE = Path(__file__)
DESCRIPTION = "an old sailor with a white beard, a navy sweater and a cap"


def make_all(folder: Path) -> dict[str, str]:
    """Make one of everything into `folder`; returns the hash of each."""
    portrait, clip, sound, synced = (folder / name for name in ("p.png", "c.mp4", "s.wav", "l.mp4"))
    SamplePortraits().fetch("x", ImageRequest("", DESCRIPTION, "1:1", 3, "png"), portrait, quiet)
    prompt = f"Close-up, push in. {DESCRIPTION} sings on a pier at dusk, rain"
    request = ClipRequest(prompt, 4, "16:9", "720p", generate_audio=True, seed=9, reference=portrait, label="a")
    SampleClips().fetch("x", request, clip, quiet)
    song.demo_song(sound, seconds=4)
    SampleLipSync().fetch("x", LipSyncRequest(clip, sound, 4), synced, quiet)
    scenes = SampleScenes().write(SceneRequest("", "rain", DESCRIPTION, 4, 8.0, 5), quiet, lambda _: None)
    made = {path.name: path.read_bytes() for path in (portrait, clip, sound, synced)}
    made["scenes"] = repr(scenes).encode()
    return {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}


def quiet(progress: float) -> None:
    assert 0.0 <= progress <= 1.0


@pytest.mark.long
def test_two_processes_make_the_same_bytes(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    told: list[str] = []
    code = (
        "import django; django.setup()\n"
        "import pathlib, sys, importlib.util as u\n"
        f"s = u.spec_from_file_location('m', {str(HERE)!r}); m = u.module_from_spec(s); s.loader.exec_module(m)\n"
        f"[print(k, v) for k, v in m.make_all(pathlib.Path({str(there)!r})).items()]\n"
    )
    # Another hash seed: whatever leaned on hash() or on the order of a set would show.
    child = env.for_child(PYTHONHASHSEED="12345", DJANGO_SETTINGS_MODULE="mvsite.settings")
    run([sys.executable, "-c", code], timeout=240, on_line=told.append, cwd=HERE.parents[4], env=child)
    assert dict(line.split() for line in told) == make_all(here)


def test_other_seed_is_another_picture_of_the_same_person(tmp_path: Path) -> None:
    files = []
    for seed in (0, 1, 2, 3):
        target = tmp_path / f"{seed}.png"
        SamplePortraits().fetch("x", ImageRequest("", DESCRIPTION, "1:1", seed, "png"), target, quiet)
        files.append(target.read_bytes())
    assert len(set(files)) == 4
