"""Clips with an API key: Gemini Omni through `interactions`, made in the background and asked after by id."""

import base64
from datetime import datetime
from pathlib import Path
from typing import Any

from google.genai import types

from assets.media.errors import FFmpegError
from assets.media.ffmpeg import Input, run_ffmpeg
from assets.media.sniff import DEMUXERS
from generation.choices import Queue
from generation.ports import CannotSay, ClipRequest, OutcomeUnknown, Pending, Ready, Sent, Tick
from generation.providers.gemini import client
from generation.providers.gemini.errors import Call, refused, short, translated
from generation.providers.gemini.files import FilmWriter, decode_into, reference
from mvsite.common.errors import ProviderError

DEFAULT_MODEL = "gemini-omni-1.2-flash"
_SECONDS = range(3, 16)
_SHAPES = {"16:9", "9:16"}
_SIZES = {"360p", "720p", "1080p", "4k"}
_AT_WORK = {"queued", "in_progress"}
_ENDINGS = {
    "cancelled": "provider:call:failed",
    "incomplete": "provider:answer:bad",
    "budget_exceeded": "provider:call:credit",
}
_FILTER_WORDS = ("filter", "safety", "policy", "prohibited", "blocked", "sensitive")


class OmniClips:
    """`Maker[ClipRequest]` with the Gemini API. It has no seed, no negative prompt and always sound."""

    provider = "gemini"
    ingest_queue: str = Queue.PROVIDER.value

    def describe(self, request: ClipRequest) -> Sent:
        """Say what would be sent: the negative prompt inside the prompt, no seed."""
        used = {
            "prompt": _prompt(request),
            "duration": request.seconds,
            "aspect_ratio": request.aspect_ratio,
            "resolution": request.resolution,
            "generate_audio": request.generate_audio,  # it is always made, and taken off when it is not wanted
            "reference_image": request.reference is not None,
        }
        return Sent(request.model or DEFAULT_MODEL, used, ("seed",))

    def submit(self, request: ClipRequest, tag: str) -> str:
        """Order the clip; one request, never repeated. Raises ProviderError and OutcomeUnknown."""
        if request.seconds not in _SECONDS or request.aspect_ratio not in _SHAPES or request.resolution not in _SIZES:
            detail = "Gemini's clips last 3 to 15 seconds, are 16:9 or 9:16, and 360p, 720p, 1080p or 4k."
            raise ProviderError("provider:call:invalid", detail)
        content: list[dict[str, Any]] = [{"type": "text", "text": _prompt(request)}]
        if request.reference is not None:
            picture, kind = reference(request.reference)
            content.append({"type": "image", "data": base64.b64encode(picture).decode(), "mime_type": kind})
        order: dict[str, Any] = {
            "model": request.model or DEFAULT_MODEL,
            "background": True,
            "store": True,  # it is asked after by id
            "input": content,
            "response_format": {
                "type": "video",
                "aspect_ratio": request.aspect_ratio,
                "duration": f"{request.seconds}s",
                "resolution": request.resolution,
                "delivery": "uri",
            },
            "generation_config": {
                "video_config": {"task": "reference_to_video" if request.reference else "text_to_video"}
            },
        }
        with translated(Call.SUBMIT):
            made = client.by_key().interactions.create(**order)
        name = getattr(made, "id", None)  # JSON of another shape comes through the SDK as it is
        if not name:
            raise OutcomeUnknown("Gemini took the order but named no id.")
        return str(name)

    def look_up(self, request: ClipRequest, tag: str, sent_after: datetime) -> CannotSay:
        """Gemini lists no interactions: nobody can tell, now or later."""
        return CannotSay(permanent=True)

    def poll(self, provider_id: str, request: ClipRequest) -> Pending | Ready:
        """Ask how far it is. Raises ProviderError: refused, failed, or finished without a film."""
        made = _get(provider_id)
        if made.status in _AT_WORK:
            return Pending()
        _must_hold_film(made)
        return Ready()

    def fetch(self, provider_id: str, request: ClipRequest, target: Path, tick: Tick) -> None:
        """Write the film to `target`, piece by piece; the key goes to Google's own address only."""
        made = _get(provider_id)
        film = _must_hold_film(made)
        with FilmWriter(target, lambda _: tick(0.5)) as out:
            if film.data:
                decode_into(out, str(film.data))
            else:
                _download(str(film.uri), out)
            if not out.size:
                raise ProviderError("provider:answer:bad", "Gemini's film is empty.", transient=True)
        if not request.generate_audio:
            _silence(target)

    def cancel(self, provider_id: str) -> bool:
        """Stop it at Google; False when it has ended already, or when the wish does not get through."""
        try:
            with translated(Call.FOLLOW):
                return bool(client.by_key().interactions.cancel(provider_id).status == "cancelled")
        except ProviderError:
            return False


def _prompt(request: ClipRequest) -> str:
    return f"{request.prompt}\nAvoid: {request.negative_prompt}" if request.negative_prompt else request.prompt


def _get(provider_id: str) -> Any:
    with translated(Call.FOLLOW):
        return client.by_key().interactions.get(provider_id)


def _must_hold_film(made: Any) -> Any:
    if made.status == "completed":
        film = made.output_video
        if film is None or not (film.data or film.uri):
            raise ProviderError("provider:answer:bad", "Gemini finished without a film.")
        return film
    said = "; ".join(str(each.message) for each in made.errors or [] if each.message)
    codes = {str(each.code) for each in made.errors or []}
    if "3" in codes or any(word in said.lower() for word in _FILTER_WORDS):
        raise refused(said or "the content was filtered")
    code = _ENDINGS.get(made.status, "provider:call:failed")
    # What was stopped may have used the machine already: it counts as paid until the bill says otherwise.
    raise ProviderError(code, f"Gemini: {short(said) or made.status}", billed=made.status == "cancelled")


def _silence(film: Path) -> None:
    """Take the sound off; the pictures stay bit for bit."""
    silent = film.with_name(f"silent-{film.name}")
    words = ["-map", "0:v:0", "-an", "-c", "copy", "-movflags", "+faststart", str(silent)]
    try:
        run_ffmpeg(words, inputs=[Input(film, DEMUXERS["mp4"])], timeout=60)
    except FFmpegError:
        raise ProviderError("provider:answer:bad", "Gemini's film cannot be read.") from None
    silent.replace(film)


def _download(uri: str, out: FilmWriter) -> None:
    """Stream a file of the Gemini API; the SDK takes the file's id from the address and asks its own base URL."""
    if "files/" not in uri:
        raise ProviderError("provider:answer:bad", "Gemini put the film where it cannot be fetched.")
    with translated(Call.FOLLOW):
        client.by_key().files.download(file=types.Video(uri=uri), destination=out)
