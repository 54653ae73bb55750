"""Clips with a Google Cloud project: Veo on the Enterprise platform, a long-running operation asked after by name."""

from datetime import datetime
from pathlib import Path
from typing import Any

from google.genai import types

from generation.choices import Queue
from generation.ports import CannotSay, ClipRequest, OutcomeUnknown, Pending, Ready, Sent, Tick
from generation.providers.gemini import client
from generation.providers.gemini.errors import Call, refused, short, translated
from generation.providers.gemini.files import FilmWriter, reference
from mvsite.common.errors import ProviderError

_SECONDS = {4, 6, 8}
_SHAPES = {"16:9", "9:16"}
_SIZES = {"720p", "1080p"}
_TAKES_REFERENCES = {"veo-3.1-generate-001"}
_PIECE = 1 << 20
# Google's RPC codes in a finished operation's error.
_ENDINGS = {8: "provider:call:busy", 7: "provider:call:auth", 16: "provider:call:auth"}


class VeoClips:
    """`Maker[ClipRequest]` with Veo. It cannot be stopped at Google, nor looked up without its name."""

    provider = "gemini"
    ingest_queue: str = Queue.PROVIDER.value

    def describe(self, request: ClipRequest) -> Sent:
        """Say what would be sent; a portrait is a reference at 16:9 and 8 s, else the first frame."""
        used = {
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt,
            "duration": request.seconds,
            "aspect_ratio": request.aspect_ratio,
            "resolution": request.resolution,
            "generate_audio": request.generate_audio,
            "seed": request.seed % 2**32,
            "person_generation": "allow_adult",
            "reference_image": _use_of_portrait(request),
        }
        return Sent(request.model, used)

    def submit(self, request: ClipRequest, tag: str) -> str:
        """Order the clip; one request, never repeated. Raises ProviderError and OutcomeUnknown."""
        if request.seconds not in _SECONDS or request.aspect_ratio not in _SHAPES or request.resolution not in _SIZES:
            detail = "Veo's clips last 4, 6 or 8 seconds, are 16:9 or 9:16, and 720p or 1080p."
            raise ProviderError("provider:call:invalid", detail)
        use, picture = _use_of_portrait(request), None
        if request.reference is not None:
            data, kind = reference(request.reference)
            picture = types.Image(image_bytes=data, mime_type=kind)
        asset = types.VideoGenerationReferenceType.ASSET
        config = types.GenerateVideosConfig(
            number_of_videos=1,
            duration_seconds=request.seconds,
            aspect_ratio=request.aspect_ratio,
            resolution=request.resolution,
            generate_audio=request.generate_audio,
            seed=request.seed % 2**32,
            person_generation="allow_adult",
            negative_prompt=request.negative_prompt or None,
            reference_images=[types.VideoGenerationReferenceImage(image=picture, reference_type=asset)]
            if use == "reference"
            else None,
        )
        source = types.GenerateVideosSource(prompt=request.prompt, image=picture if use == "first_frame" else None)
        with translated(Call.SUBMIT):
            made = client.by_project().models.generate_videos(model=request.model, source=source, config=config)
        if not made.name:
            raise OutcomeUnknown("Google took the order but named no operation.")
        return made.name

    def look_up(self, request: ClipRequest, tag: str, sent_after: datetime) -> CannotSay:
        """The SDK lists no operations: nobody can tell, now or later."""
        return CannotSay(permanent=True)

    def poll(self, provider_id: str, request: ClipRequest) -> Pending | Ready:
        """Ask how far it is. Raises ProviderError: refused, failed, or finished without a film."""
        made = _get(provider_id)
        if not made.done:
            return Pending()
        _film_of(made)
        return Ready()

    def fetch(self, provider_id: str, request: ClipRequest, target: Path, tick: Tick) -> None:
        """Write the film, which comes inside the answer, to `target`."""
        film = _film_of(_get(provider_id))
        with FilmWriter(target, lambda _: tick(0.5)) as out:
            for at in range(0, len(film), _PIECE):
                out.write(film[at : at + _PIECE])

    def cancel(self, provider_id: str) -> bool:
        """Veo cannot be stopped: what was ordered comes, and is paid."""
        return False


def _use_of_portrait(request: ClipRequest) -> str:
    """Say how a portrait is sent: as `reference` where Veo takes one, else as `first_frame`."""
    if request.reference is None:
        return ""
    fits = request.model in _TAKES_REFERENCES and request.aspect_ratio == "16:9" and request.seconds == 8
    return "reference" if fits else "first_frame"


def _get(provider_id: str) -> types.GenerateVideosOperation:
    with translated(Call.FOLLOW):
        return client.by_project().operations.get(types.GenerateVideosOperation.model_validate({"name": provider_id}))


def _film_of(made: types.GenerateVideosOperation) -> bytes:
    if made.error:
        failed: dict[str, Any] = made.error
        said = short(str(failed.get("message") or "no reason given"))
        if failed.get("code") == 3:
            raise refused(said)
        raise ProviderError(_ENDINGS.get(int(failed.get("code") or 0), "provider:call:failed"), f"Veo: {said}")
    answer = made.response
    if answer is not None and answer.rai_media_filtered_count:
        raise refused("; ".join(answer.rai_media_filtered_reasons or ["the film was filtered"]))
    films = (answer.generated_videos if answer else None) or []
    film = films[0].video.video_bytes if films and films[0].video else None
    if not film:
        raise ProviderError("provider:answer:bad", "Veo finished without a film.")
    return film
