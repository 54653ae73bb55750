"""A client of MV Studio's REST API in one file: standard library only, so copy it to where you need it.

    from mv_client import Studio

    studio = Studio("http://127.0.0.1:8000")                      # with MV_AUTH=required: Studio(url, token="…")
    clip = studio.generate_video(prompt="A ferry at dusk", duration=4)
    studio.download(clip["video_url"], "ferry.mp4")

Every call takes the members of its body as keywords (docs/api.md) and returns the result. It asks the studio to wait
for the work, follows the job when that takes longer, and sends each POST with a key of its own, so that repeating it
after a lost answer does not make or pay for anything twice. Every refusal is a `StudioError`. When the last try brings
no answer either it is a `LostAnswerError`; the same call with its key still happens once:

    clip = studio.generate_video(prompt="A ferry at dusk", duration=4, idempotency_key=error.idempotency_key)
"""

import http.client
import json
import string
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import quote, urljoin, urlsplit

T = TypeVar("T")
FINAL = ("succeeded", "failed", "canceled", "needs_review")
WAIT_SECONDS, LOOK_AGAIN_SECONDS, LONGEST_PAUSE_SECONDS, TRIES = 50, 2.0, 60, 5  # many proxies give up after 60 s
CALLS = {
    "create_scenes": "/api/mv/create_scenes",
    "generate_character_reference": "/api/mv/generate_character_reference",
    "generate_video": "/api/mv/generate_video",
    "lipsync": "/api/mv/lipsync",
    "stitch_videos": "/api/mv/stitch-videos",
    "trim_audio": "/api/audio/trim",
    "download_audio": "/api/audio/download",
}
UPLOADS = {"audio": "/api/audio/upload", "character": "/api/mv/characters/upload", "video": "/api/mv/videos/upload"}


class StudioError(Exception):
    """What the studio answered instead of a result; `problem` is its RFC 9457 problem.

    `retry_after` is the wait in seconds that it asked for, `idempotency_key` the key of the POST ("" for a GET).
    """

    def __init__(self, status: int, problem: dict[str, Any], *, retry_after: int = 0) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail') or problem.get('title', '')}")
        self.status = status
        self.problem = problem
        self.retry_after = retry_after
        self.idempotency_key = ""

    @property
    def code(self) -> str:
        """The studio's code, as in `user:cost:confirm`."""
        return str(self.problem.get("code", ""))

    @property
    def may_pass(self) -> bool:
        """Whether the same request may be answered a little later; how a job ended stays as it is."""
        return self.status in {429, 503} and "job" not in self.problem


class LostAnswerError(StudioError):
    """No whole answer of the studio came, so nobody here knows what it did.

    `status` is that of the proxy that answered in its place, or of the answer that was cut; 0 when there was none.
    """

    may_pass = True

    def __str__(self) -> str:
        """Tell the key too, for whoever finds this in a log."""
        key = f"; send it again with idempotency_key={self.idempotency_key!r}" if self.idempotency_key else ""
        return f"no whole answer came: {self.problem.get('title') or self.status}{key}"


class Studio:
    """One studio at one address, for one person."""

    def __init__(self, url: str, *, token: str = "", timeout: float = WAIT_SECONDS + 30) -> None:
        self._url = url.rstrip("/") + "/"
        self._token = token
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_Ways)

    def create_scenes(self, **body: Any) -> dict[str, Any]:
        """Write the scenes of a music video: `idea`, `character_description`, `number_of_scenes`, …"""
        return dict(self.post(CALLS["create_scenes"], **body))

    def generate_character_reference(self, **body: Any) -> dict[str, Any]:
        """Make portraits: `character_description`, `num_images`, …"""
        return dict(self.post(CALLS["generate_character_reference"], **body))

    def generate_video(self, **body: Any) -> dict[str, Any]:
        """Make one clip: `prompt`, `duration`, `character_reference_id`, …"""
        return dict(self.post(CALLS["generate_video"], **body))

    def lipsync(self, **body: Any) -> dict[str, Any]:
        """Make a mouth follow a song: `video_id`, `audio_id`, `start_time`, …"""
        return dict(self.post(CALLS["lipsync"], **body))

    def stitch_videos(self, **body: Any) -> dict[str, Any]:
        """Put clips together: `video_ids`, `audio_overlay_id`, …"""
        return dict(self.post(CALLS["stitch_videos"], **body))

    def trim_audio(self, **body: Any) -> dict[str, Any]:
        """Cut a song: `audio_id`, `start_at`, `end_at`, …"""
        return dict(self.post(CALLS["trim_audio"], **body))

    def download_audio(self, **body: Any) -> dict[str, Any]:
        """Fetch a song from YouTube: `url`."""
        return dict(self.post(CALLS["download_audio"], **body))

    def upload(self, kind: str, path: str | Path, *, idempotency_key: str = "") -> dict[str, Any]:
        """Upload a file as `audio`, `character` or `video`; gives its ids."""
        return dict(self._post(UPLOADS[kind], *_multipart(Path(path)), idempotency_key))

    def get(self, path: str) -> Any:
        """Read any address of the API that answers JSON."""
        return self._repeated(lambda: self._ask("GET", path))[1]

    def post(self, path: str, /, *, idempotency_key: str = "", **body: Any) -> Any:
        """Post to any address of the API; long work is waited for. None where the answer is empty."""
        return self._post(path, "application/json", json.dumps(body).encode(), idempotency_key)

    def job(self, job_id: str) -> dict[str, Any]:
        """Look at a job."""
        return dict(self.get(f"/api/mv/jobs/{job_id}"))

    def download(self, address: str, path: str | Path) -> Path:
        """Save what is at an address of a result (`video_url`, `audio_url`, …); gives the path.

        The file is there when it is whole: until then it grows beside it, and when it is cut it goes on from there.
        """
        part = Path(path).with_name(f"{uuid.uuid4().hex}.part")
        try:
            with part.open("wb") as file:
                etags: list[str] = []
                self._repeated(lambda: self._fetch(address, file, etags))
            return part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _post(self, path: str, kind: str, data: bytes, key: str) -> Any:
        """Post and follow the work to its end, with one key for every try. An error knows the key."""
        key = key or uuid.uuid4().hex
        headers = {"Content-Type": kind, "Idempotency-Key": key, "Prefer": f"wait={WAIT_SECONDS}"}

        def ask() -> tuple[int, Any]:
            try:
                return self._ask("POST", path, headers, data)
            finally:
                headers["Prefer"] = "respond-async"  # the answer may have been lost because of the wait

        try:
            status, answer = self._repeated(ask)
            return self._result(answer) if status == 202 else answer
        except StudioError as error:
            error.idempotency_key = key
            raise

    def _result(self, job: dict[str, Any]) -> dict[str, Any]:
        """Follow a job to its end."""
        while job["state"] not in FINAL:
            time.sleep(LOOK_AGAIN_SECONDS)
            job = self.job(job["id"])
        if job["state"] != "succeeded":
            problem = job["error"] or {"code": f"user:job:{job['state']}", "job": job["urls"]["self"]}
            raise StudioError(int(problem.get("status", 409)), problem)
        return dict(job["result"])

    def _repeated(self, ask: Callable[[], T]) -> T:
        """Ask until an answer comes: each pause is twice as long as the last, or as long as the studio says."""
        for number in range(TRIES):
            try:
                return ask()
            except StudioError as error:
                pause = max(LOOK_AGAIN_SECONDS * 2**number, error.retry_after)
                if number == TRIES - 1 or pause > LONGEST_PAUSE_SECONDS or not error.may_pass:
                    raise
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _ask(self, method: str, path: str, headers: Any = None, data: bytes | None = None) -> tuple[int, Any]:
        """Ask once; gives the status and what the JSON says."""
        with self._open(method, path, {"Accept": "application/json", **(headers or {})}, data) as answer:
            with _heard():
                text = answer.read()
            if answer.status == 204:
                return 204, None
            try:
                return answer.status, json.loads(text)
            except ValueError:
                raise LostAnswerError(answer.status, {"title": f"not JSON: {text[:200]!r}"}) from None

    def _open(self, method: str, path: str, headers: dict[str, str], data: bytes | None = None) -> Any:
        address = urljoin(self._url, path)
        request = urllib.request.Request(quote(address, safe=string.punctuation), data, headers, method=method)
        if self._token and urlsplit(address)[:2] == urlsplit(self._url)[:2]:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")  # a bucket must not see it
        with _heard():
            try:
                return self._opener.open(request, timeout=self._timeout)
            except urllib.error.HTTPError as error:
                with error:
                    raise _refusal(error.code, error.headers, error.read()) from None

    def _fetch(self, address: str, file: IO[bytes], etags: list[str]) -> None:
        """Fetch a file to its end, from where the last try broke off when that is known to be of the same bytes."""
        begun = file.tell() if etags else 0
        with self._open("GET", address, {"Range": f"bytes={begun}-"} if begun else {}) as answer:
            told = answer.headers
            if answer.status != 206:
                begun, etags[:] = 0, [told["ETag"]] if told["ETag"] and told["Content-Length"] else []
            elif [told["ETag"]] != etags or not told.get("Content-Range", "").startswith(f"bytes {begun}-"):
                etags.clear()
                raise LostAnswerError(206, {"title": "not the part that was asked for"})
            file.seek(begun)
            file.truncate()
            end = begun + int(told.get("Content-Length", 0))  # without one, the last chunk says that it is whole
            while chunk := _piece(answer):
                file.write(chunk)
            if file.tell() < end:
                raise LostAnswerError(answer.status, {"title": f"{file.tell()} bytes of {end}"})


class _Ways(urllib.request.HTTPRedirectHandler, urllib.request.HTTPSHandler, urllib.request.HTTPHandler):
    """Follows a GET to where a file lies. A POST would arrive as a GET, and what that answers is no result."""

    def redirect_request(self, req: urllib.request.Request, *words: Any, **more: Any) -> urllib.request.Request | None:
        """Give the request that follows, none for a POST: then the redirect is an error."""
        return None if req.get_method() == "POST" else super().redirect_request(req, *words, **more)

    def do_open(self, http_class: Any, req: urllib.request.Request, **more: Any) -> Any:
        hearing: Any = type("_Hearing", (_Connection, http_class), {})
        return super().do_open(hearing, req, **more)


class _Connection(http.client.HTTPConnection):
    """Reads the answer also where sending broke off (413 comes early); without one, what is large is not repeated."""

    _broke = False

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        try:
            super().send(data)
        except (BrokenPipeError, ConnectionResetError):
            self._broke = len(data) > 1 << 16

    def getresponse(self) -> http.client.HTTPResponse:
        try:
            return super().getresponse()
        except (OSError, http.client.HTTPException) as lost:
            if not self._broke:
                raise
            error = LostAnswerError(0, {"title": f"sending broke off: {type(lost).__name__}"})
            error.may_pass = False
            raise error from lost


@contextmanager
def _heard() -> Iterator[None]:
    """Make a LostAnswerError of whatever breaks on the way."""
    try:
        yield
    except (OSError, http.client.HTTPException) as lost:
        raise LostAnswerError(0, {"title": f"{type(lost).__name__}: {lost}"}) from lost


def _piece(answer: Any) -> bytes:
    with _heard():
        return bytes(answer.read(1 << 16))


def _refusal(status: int, headers: Any, text: bytes) -> StudioError:
    """Read an error: one of a proxy has no code, and says nothing about what the studio did."""
    problem: Any = None
    with suppress(ValueError):
        problem = json.loads(text)
    if not isinstance(problem, dict):
        problem = {"title": f"{text[:200].decode('utf-8', 'replace')} {headers.get('Location', '')}".strip()}
    wait = headers.get("Retry-After", "")
    kind = LostAnswerError if status >= 500 and not problem.get("code") else StudioError
    return kind(status, problem, retry_after=int(wait) if wait.isdecimal() else 0)


def _multipart(path: Path) -> tuple[str, bytes]:
    line = uuid.uuid4().hex
    name = path.name.replace('"', "").replace("\r", "").replace("\n", "")
    head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    return f"multipart/form-data; boundary={line}", head.encode() + path.read_bytes() + f"\r\n--{line}--\r\n".encode()
