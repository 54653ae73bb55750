"""A site that stands for YouTube on this machine: pages, the player's answers, and the sound itself, faults included.

Paths are `/{host}/{path}`, as the studio asks when `MV_YOUTUBE_BASE_URL` names it. The shapes of the answers are those
that yt-dlp's own YouTube extractor reads.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PLAYS = {"status": "OK"}
PIECE = 16_384


@dataclass
class Video:
    """One video: what the player says of it, its sound, and who sends its page and sound instead (`watch`, `media`)."""

    sound: bytes = b""
    mime: str = 'audio/mp4; codecs="mp4a.40.2"'
    title: str = "A song of the site"
    seconds: int = 4
    playable: dict[str, Any] = field(default_factory=lambda: dict(PLAYS))
    details: dict[str, Any] = field(default_factory=dict)
    watch: Callable[["Request"], None] | None = None
    media: Callable[["Request"], None] | None = None
    needs_cookie: str = ""
    only_pictures: bool = False


@dataclass
class Site:
    """What is there and what was asked for; `url` is the base URL to name."""

    url: str = ""
    videos: dict[str, Video] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def media_asked(self) -> int:
        """Count how often sound was asked for."""
        return sum("/videoplayback" in path for path in self.asked)

    def player(self, video_id: str, cookie: str) -> dict[str, Any]:
        """Give the player's answer."""
        video = self.videos.get(video_id)
        if video is None:
            return {"playabilityStatus": {"status": "ERROR", "reason": "Video unavailable"}}
        playable = PLAYS if video.needs_cookie and video.needs_cookie in cookie else video.playable
        details = {"videoId": video_id, "title": video.title, "lengthSeconds": str(video.seconds), "author": "Somebody"}
        answer: dict[str, Any] = {"playabilityStatus": playable, "videoDetails": {**details, **video.details}}
        if video.only_pictures:
            spec = "https://i.ytimg.com/sb/x/storyboard3_L$L/$N.jpg|48#27#100#10#10#0#default#sigh"
            answer["storyboards"] = {"playerStoryboardSpecRenderer": {"spec": spec}}
        elif playable["status"] == "OK":
            answer["streamingData"] = {"adaptiveFormats": [self._stream(video_id, video)]}
        return answer

    def _stream(self, video_id: str, video: Video) -> dict[str, Any]:
        return {
            "itag": 140,
            "url": f"https://rr1.googlevideo.com/videoplayback?id={video_id}",
            "mimeType": video.mime,
            "bitrate": 130_000,
            "contentLength": str(len(video.sound)) if video.media is None else "500000",
            "approxDurationMs": str(video.seconds * 1000),
            "audioSampleRate": "44100",
            "audioChannels": 2,
            "quality": "tiny",
        }


class Request(BaseHTTPRequestHandler):
    """One request to the site."""

    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Stay quiet."""

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.site.asked.append(self.path)
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        cookie = self.headers.get("Cookie", "")
        if parts.path.endswith("/watch"):
            self.page(query["v"], cookie)
        elif parts.path.endswith("/youtubei/v1/player"):
            found = json.loads(body)["videoId"]
            self.send(json.dumps(self.site.player(found, cookie)).encode(), "application/json")
        elif "/embed/" in parts.path:
            context = json.dumps({"INNERTUBE_CONTEXT": {"client": {"clientName": "WEB_EMBEDDED_PLAYER"}}})
            self.send(f"<script>ytcfg.set({context});</script>".encode(), "text/html")
        elif parts.path.endswith("/videoplayback"):
            self.sound(self.site.videos[query["id"]])
        else:
            self.send(b"", "text/plain", status=404)

    def page(self, video_id: str, cookie: str) -> None:
        video = self.site.videos.get(video_id)
        if video is not None and video.watch is not None:
            video.watch(self)
            return
        player = json.dumps(self.site.player(video_id, cookie))
        data = json.dumps({"contents": {"twoColumnWatchNextResults": {}}})
        scripts = f"var ytInitialPlayerResponse = {player};</script><script>var ytInitialData = {data};"
        self.send(f"<html><script>{scripts}</script></html>".encode(), "text/html")

    def sound(self, video: Video) -> None:
        if video.media is not None:
            video.media(self)
            return
        first, last = (
            int(part or len(video.sound) - 1) for part in self.headers.get("Range", "bytes=0-")[6:].split("-")
        )
        piece = video.sound[first : last + 1]
        span = f"bytes {first}-{first + len(piece) - 1}/{len(video.sound)}"
        self.send(piece, "audio/mp4", status=206, **{"Content-Range": span})

    def send(self, content: bytes, kind: str, *, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(content)


@contextmanager
def youtube_site() -> Iterator[Site]:
    """Serve until the block ends."""
    site = Site()
    handler = type("Handler", (Request,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
