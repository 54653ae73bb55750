"""A client of MV Studio's REST API in one file: standard library only, so copy it to where you need it.

    from mv_client import Studio

    studio = Studio("http://127.0.0.1:8000")                      # with MV_AUTH=required: Studio(url, token="…")
    clip = studio.generate_video(prompt="A ferry at dusk", duration=4)
    studio.download(clip["video_url"], "ferry.mp4")

Every call takes the members of its body as keywords (docs/api.md) and returns the result. It asks the studio to wait
for the work, follows the job when that takes longer, and sends each POST with a key of its own, so that repeating it
after a lost answer does not make or pay for anything twice. Every refusal is a `StudioError`.
"""

import json
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

FINAL = ("succeeded", "failed", "canceled", "needs_review")
WAIT_SECONDS, LOOK_AGAIN_SECONDS, TRIES = 60, 2.0, 5
CALLS = {
    "create_scenes": "/api/mv/create_scenes",
    "generate_character_reference": "/api/mv/generate_character_reference",
    "generate_video": "/api/mv/generate_video",
    "lipsync": "/api/mv/lipsync",
    "stitch_videos": "/api/mv/stitch-videos",
    "trim_audio": "/api/audio/trim",
    "download_audio": "/api/audio/download",
}
UPLOADS = {
    "audio": "/api/audio/upload",
    "character": "/api/mv/characters/upload",
    "video": "/api/mv/videos/upload",
}


class StudioError(Exception):
    """What the studio answered instead of a result; `problem` is its RFC 9457 problem."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail') or problem.get('title', '')}")
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        """The studio's code, as in `user:cost:confirm`."""
        return str(self.problem.get("code", ""))


class Studio:
    """One studio at one address, for one person."""

    def __init__(self, url: str, *, token: str = "", timeout: float = WAIT_SECONDS + 30) -> None:
        self._url = url.rstrip("/") + "/"
        self._token = token
        self._timeout = timeout

    def create_scenes(self, **body: Any) -> dict[str, Any]:
        """Write the scenes of a music video: `idea`, `character_description`, `number_of_scenes`, …"""
        return self._work("create_scenes", body)

    def generate_character_reference(self, **body: Any) -> dict[str, Any]:
        """Make portraits: `character_description`, `num_images`, …"""
        return self._work("generate_character_reference", body)

    def generate_video(self, **body: Any) -> dict[str, Any]:
        """Make one clip: `prompt`, `duration`, `character_reference_id`, …"""
        return self._work("generate_video", body)

    def lipsync(self, **body: Any) -> dict[str, Any]:
        """Make a mouth follow a song: `video_id`, `audio_id`, `start_time`, …"""
        return self._work("lipsync", body)

    def stitch_videos(self, **body: Any) -> dict[str, Any]:
        """Put clips together: `video_ids`, `audio_overlay_id`, …"""
        return self._work("stitch_videos", body)

    def trim_audio(self, **body: Any) -> dict[str, Any]:
        """Cut a song: `audio_id`, `start_at`, `end_at`, …"""
        return self._work("trim_audio", body)

    def download_audio(self, **body: Any) -> dict[str, Any]:
        """Fetch a song from YouTube: `url`."""
        return self._work("download_audio", body)

    def upload(self, kind: str, path: str | Path) -> dict[str, Any]:
        """Upload a file as `audio`, `character` or `video`; gives its ids."""
        return self._send("POST", UPLOADS[kind], upload=Path(path))

    def get(self, path: str) -> dict[str, Any]:
        """Read any address of the API."""
        return self._send("GET", path)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Post to any address of the API; long work is waited for."""
        return self._result(self._send("POST", path, body=body))

    def job(self, job_id: str) -> dict[str, Any]:
        """Look at a job."""
        return self._send("GET", f"/api/mv/jobs/{job_id}")

    def download(self, address: str, path: str | Path) -> Path:
        """Save what is at an address of a result (`video_url`, `audio_url`, …); gives the path."""
        target = Path(path)
        with self._open(self._request("GET", address)) as answer, target.open("wb") as file:
            while chunk := answer.read(1 << 20):
                file.write(chunk)
        return target

    def _work(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._result(self._send("POST", CALLS[name], body=body))

    def _result(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Follow a job to its end when the answer is one."""
        if "urls" not in answer or "state" not in answer:
            return answer
        while answer["state"] not in FINAL:
            time.sleep(LOOK_AGAIN_SECONDS)
            answer = self.job(answer["id"])
        if answer["state"] != "succeeded":
            problem = answer["error"] or {"code": f"user:job:{answer['state']}", "job": answer["urls"]["self"]}
            raise StudioError(int(problem.get("status", 409)), problem)
        return dict(answer["result"])

    def _send(
        self, method: str, path: str, *, body: dict[str, Any] | None = None, upload: Path | None = None
    ) -> dict[str, Any]:
        """Ask until an answer comes: with its key a POST may be repeated."""
        key = uuid.uuid4().hex
        for tries_left in reversed(range(TRIES)):
            request = self._request(method, path, body=body, upload=upload, key=key)
            try:
                with self._open(request) as answer:
                    return dict(json.load(answer))
            except StudioError as problem:
                if problem.status != 503 or not tries_left:
                    raise
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                if not tries_left:
                    raise
            time.sleep(LOOK_AGAIN_SECONDS)
        raise AssertionError("the last try returns or raises")

    def _request(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
        upload: Path | None = None,
        key: str = "",
    ) -> urllib.request.Request:
        address = urljoin(self._url, path)
        headers = {"Accept": "application/json" if key else "*/*"}
        if self._token and urlsplit(address).netloc == urlsplit(self._url).netloc:  # a bucket must not see it
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if method == "POST":
            headers |= {"Idempotency-Key": key, "Prefer": f"wait={WAIT_SECONDS}", "Content-Type": "application/json"}
            data = json.dumps(body or {}).encode()
        if upload is not None:
            headers["Content-Type"], data = _multipart(upload)
        return urllib.request.Request(address, data=data, headers=headers, method=method)

    def _open(self, request: urllib.request.Request) -> Any:
        try:
            return urllib.request.urlopen(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            text = error.read()
            try:
                problem = json.loads(text)
            except ValueError:
                problem = {"title": text[:200].decode("utf-8", "replace")}
            raise StudioError(error.code, problem) from None


def _multipart(path: Path) -> tuple[str, bytes]:
    line = uuid.uuid4().hex
    name = path.name.replace('"', "").replace("\r", "").replace("\n", "")
    head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    return f"multipart/form-data; boundary={line}", head.encode() + path.read_bytes() + f"\r\n--{line}--\r\n".encode()
