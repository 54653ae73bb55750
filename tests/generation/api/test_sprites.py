"""The strip of a video through the API."""

import time
import uuid
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from rest_framework.test import APIClient

from assets.services.videos import video_upload
from mvsite.accounts.models import User
from tests.support.assets import make_video
from tests.support.clips import marker_clip


def test_strip_is_told_drawn_and_kept(api: APIClient, owner: User, tmp_path: Path) -> None:
    video = video_upload(owner=owner, path=marker_clip(tmp_path / "clip.mp4", seconds=5))
    told = api.get(f"/api/mv/videos/{video.pk}/sprite")
    assert (told.status_code, told.data["count"], told.data["step"]) == (200, 5, 1.0)
    assert api.get(f"/api/mv/videos/{video.pk}/sprite", HTTP_IF_NONE_MATCH=told["ETag"]).status_code == 304
    until = time.monotonic() + 30
    while (picture := api.get(told.data["image_url"])).status_code == 409 and time.monotonic() < until:
        time.sleep(0.2)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    with Image.open(BytesIO(picture.getvalue())) as sheet:
        assert sheet.size == (5 * told.data["tile_width"], told.data["tile_height"])
        assert sheet.getpixel((4 * 160 + 80, 45)) == pytest.approx((255, 255, 255), abs=8)  # the flash at 4 s
    text = api.get(told.data["vtt_url"])
    assert text["Content-Type"].startswith("text/vtt")
    assert text.content.decode().count("sprite.jpg#xywh=") == 5


def test_strip_of_what_is_not_there(api: APIClient, owner: User) -> None:
    foreign = make_video(User.objects.create(username="bob"))
    for ending in ("sprite", "sprite.jpg", "sprite.vtt"):
        assert api.get(f"/api/mv/videos/{uuid.uuid4()}/{ending}").status_code == 404
        assert api.get(f"/api/mv/videos/{foreign.pk}/{ending}").status_code == 404
        assert api.get(f"/api/mv/videos/nonsense/{ending}").status_code == 400
