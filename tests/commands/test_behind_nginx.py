"""A real nginx in front sends the files: with the lines of `docs/operations.md`, ranges, and our headers."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.utils.http import http_date

from tests.support import needs
from tests.support.clips import tone
from tests.support.nginx import running_nginx
from tests.support.ports import held_port
from tests.support.processes import Studio, running_studio
from tests.support.tree import ROOT

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]


def documented(media: Path) -> str:
    """Give what the page of operation tells people to write, for the folder of this test."""
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    found = re.search(r"```\n(location /protected/ \{.*?)```", page, re.DOTALL)
    assert found is not None
    assert "alias /srv/studio/media/;" in found[1]
    return found[1].replace("/srv/studio/media/", f"{media}/")


@contextmanager
def in_front(folder: Path, studio: Studio) -> Iterator[str]:
    """Put nginx in front of the studio; give where it is reached."""
    passed = f"location / {{ proxy_pass {studio.url}; proxy_set_header Host $http_host; }}"
    with held_port() as port:
        lines = f"server {{ listen 127.0.0.1:{port}; {passed}\n{documented(studio.data_dir / 'media')} }}"
        with running_nginx(folder, port, lines):
            yield f"http://127.0.0.1:{port}"


def test_nginx_sends_what_the_studio_lets_people_have(tmp_path: Path) -> None:
    needs.nginx()
    settings = {"MV_X_ACCEL_PREFIX": "/protected/", "MV_CORS_ALLOW_ORIGINS": "https://front.example"}
    with running_studio(tmp_path / "data", "--only", "web", **settings) as studio, in_front(tmp_path, studio) as url:
        client = httpx.Client(base_url=url, trust_env=False, headers={"Origin": "https://front.example"})
        song = tone(tmp_path / "song.wav", seconds=2)
        sent = client.post("/api/audio/upload", files={"file": ("Song.wav", song.read_bytes())})
        assert sent.status_code == 201, sent.text
        path, content = f"/api/audio/get/{sent.json()['audio_id']}", song.read_bytes()
        (file,) = (studio.data_dir / "media" / "audio").glob("*.wav")
        os.utime(file, (1_700_000_000, 1_700_000_000))

        whole = client.get(path)
        assert (whole.status_code, whole.content == content) == (200, True)
        assert whole.headers["Last-Modified"] == http_date(1_700_000_000)  # its ETag is made of this and the size
        direct = httpx.get(studio.url + path, trust_env=False, headers={"Origin": "https://front.example"})
        assert "X-Accel-Redirect" in direct.headers  # the bytes above were nginx's
        for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Content-Disposition"):
            assert whole.headers[name] == direct.headers[name], name
        for name in (
            "Cross-Origin-Resource-Policy",
            "Permissions-Policy",
            "Access-Control-Allow-Origin",
            "Cache-Control",
        ):
            assert whole.headers[name] == direct.headers[name], name

        part = client.get(path, headers={"Range": "bytes=100-199", "If-Range": whole.headers["ETag"]})
        assert (part.status_code, part.content) == (206, content[100:200])
        assert client.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
        assert client.get("/protected/anything").status_code == 404
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
