"""Clips with a Google Cloud project: Veo on the Enterprise platform, a long-running operation asked after by name."""

from datetime import datetime
from pathlib import Path
from typing import Any

from google.genai import types

from generation.choices import Queue
from generation.ports import CannotSay, ClipRequest, OutcomeUnknown, Pending, Ready, Sent, Tick
from generation.providers.fitting import REFERENCE, bent, losses, not_sent
from generation.providers.gemini import client
from generation.providers.gemini.errors import Call, refused, short, translated
from generation.providers.gemini.files import FilmWriter, reference
from generation.providers.registry import model_facts
from mvsite.common.errors import ProviderError

_SECONDS = {4, 6, 8}
_SHAPES = {"16:9", "9:16"}
_SIZES = {"720p", "1080p"}
_PIECE = 1 << 20
# Google's RPC codes in a finished operation's error.
_ENDINGS = {8: "provider:call:busy", 7: "provider:call:auth", 16: "provider:call:auth"}


class VeoClips:
    """`Maker[ClipRequest]` with Veo. It cannot be stopped at Google, nor looked up without its name."""

    provider = "gemini"
    ingest_queue: str = Queue.PROVIDER.value

    def describe(self, request: ClipRequest) -> Sent:
        """Say what would be sent; a portrait is a reference (then the clip lasts 8 s) or the first frame."""
        made, warnings = _made(request)
        used = {
            "prompt": request.prompt,
            "duration": made["duration"],
            "aspect_ratio": request.aspect_ratio,
            "resolution": made["resolution"],
            **_taken(request),
            "seed": request.seed % 2**32,
            "person_generation": "allow_adult",
            "reference_image": _use_of_portrait(request),
        }
        return Sent(request.model, used, not_sent(request.model, _words(request)), warnings)

    def submit(self, request: ClipRequest, tag: str) -> str:
        """Order the clip; one request, never repeated. Raises ProviderError and OutcomeUnknown."""
        if request.seconds not in _SECONDS or request.aspect_ratio not in _SHAPES or request.resolution not in _SIZES:
            detail = "Veo's clips last 4, 6 or 8 seconds, are 16:9 or 9:16, and 720p or 1080p."
            raise ProviderError("provider:call:invalid", detail)
        use, picture = _use_of_portrait(request), None
        made, _ = _made(request)
        taken = _taken(request)
        if request.reference is not None:
            data, kind = reference(request.reference)
            picture = types.Image(image_bytes=data, mime_type=kind)
        asset = types.VideoGenerationReferenceType.ASSET
        config = types.GenerateVideosConfig(
            number_of_videos=1,
            duration_seconds=made["duration"],
            aspect_ratio=request.aspect_ratio,
            resolution=made["resolution"],
            generate_audio=taken.get("generate_audio"),
            seed=request.seed % 2**32,
            person_generation="allow_adult",
            negative_prompt=taken.get("negative_prompt") or None,
            reference_images=[types.VideoGenerationReferenceImage(image=picture, reference_type=asset)]
            if use == "reference"
            else None,
        )
        source = types.GenerateVideosSource(prompt=request.prompt, image=picture if use == "first_frame" else None)
        with translated(Call.SUBMIT):
            order = client.by_project().models.generate_videos(model=request.model, source=source, config=config)
        if not order.name:
            raise OutcomeUnknown("Google took the order but named no operation.")
        return order.name

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


def _words(request: ClipRequest) -> dict[str, Any]:
    return {
        "duration": request.seconds,
        "aspect_ratio": request.aspect_ratio,
        "resolution": request.resolution,
        "generate_audio": request.generate_audio,
        "negative_prompt": request.negative_prompt,
        "seed": request.seed,
        REFERENCE: request.reference is not None,
    }


def _made(request: ClipRequest) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give the shape as this model makes it, with a sentence for what had to be changed or is lost."""
    made, said = bent(request.model, _words(request))
    return made, (*said, *losses(request.model, _words(request), frozenset())[1])


def _taken(request: ClipRequest) -> dict[str, Any]:
    """Give what the smaller models do not take, where this one does."""
    left_out = not_sent(request.model, _words(request))
    words = {"negative_prompt": request.negative_prompt, "generate_audio": request.generate_audio}
    return {name: value for name, value in words.items() if name not in left_out}


def _use_of_portrait(request: ClipRequest) -> str:
    """Say how a portrait is sent: as `reference` where the model takes one, else as `first_frame`."""
    if request.reference is None:
        return ""
    return "reference" if "reference_image" in model_facts(request.model)["features"] else "first_frame"


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
