"""One clip: bought, fetched, checked, kept, and added to its scene as the newest take."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils import timezone

from assets import storage
from assets.keys import clip_key
from assets.models import CharacterReference, Video, VideoKind
from assets.services.videos import video_create_from_file
from assets.shapes import video_result
from generation import money
from generation.jobs import Claim
from generation.models import Job
from generation.pipelines.clocks import seconds_so_far
from generation.pipelines.first_cut import first_cut
from generation.pipelines.hashing import request_hash
from generation.pipelines.outcomes import Done, Outcome
from generation.pipelines.purchase import Purchase
from generation.ports import ClipRequest, Sent
from generation.providers.registry import clip_maker
from generation.services.takes import take_add
from mvsite.logs import debug_event


class Clip:
    """The steps of a clip."""

    def step(self, claim: Claim) -> Outcome:
        """Do the next step of the purchase."""
        with _purchase(claim) as purchase:
            return purchase.step()

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Stop it at the provider."""
        with _purchase(claim) as purchase:
            return purchase.wind_up()


@contextmanager
def _purchase(claim: Claim) -> Iterator[Purchase[ClipRequest]]:
    job = claim.job
    params = job.params
    maker = clip_maker(job.provider)
    with _reference(params["character_reference_id"]) as reference:
        request = ClipRequest(
            prompt=params["prompt"],
            seconds=params["duration"],
            aspect_ratio=params["aspect_ratio"],
            resolution=params["resolution"],
            generate_audio=params["generate_audio"],
            seed=params["seed"],
            negative_prompt=params["negative_prompt"] or "",
            reference=reference,
            model=params["model"],
            label=params["label"],
        )

        def ingest(path: Path) -> Done:
            video = _keep(job, path, maker.describe(request))
            return Done(lambda: _finish(job, video))

        yield Purchase(claim, maker, request, request_hash(params), ".mp4", ingest)


@contextmanager
def _reference(reference_id: str | None) -> Iterator[Path | None]:
    found = CharacterReference.objects.filter(pk=reference_id).first() if reference_id else None
    if found is None:
        yield None
        return
    with storage.local_path(found.key) as path:
        debug_event("character_reference_fetched", character_reference_id=str(found.pk), storage=found.key)
        yield path


def _keep(job: Job, path: Path, sent: Sent) -> Video:
    params = job.params
    reference = CharacterReference.objects.filter(pk=params["character_reference_id"]).first()
    seconds = seconds_so_far(job)
    metadata: dict[str, Any] = {
        "prompt": params["prompt"],
        "negative_prompt": params["negative_prompt"],
        "backend_used": job.provider,
        "model_used": sent.model,
        "parameters_used": dict(sent.parameters_used),
        "parameters_not_sent": list(sent.parameters_not_sent),
        "character_reference_id": params["character_reference_id"],
        "character_reference_path": reference.key if reference else None,
        "character_reference_warning": params["character_reference_warning"],
        "is_mock": sent.mock_source is not None,
        "mock_video_source": sent.mock_source,
        "generation_timestamp": timezone.now().isoformat(),
        "processing_time_seconds": seconds,
        "cost_usd": float(money.billed(job)),
        "config_flavor": params["config_flavor"],
        "job_id": str(job.pk),
        "warnings": list(dict.fromkeys([*params["warnings"], *sent.warnings])),
    }
    debug_event(
        "video_generated",
        flavor=params["config_flavor"],
        backend=job.provider,
        model=sent.model,
        character_reference_id=params["character_reference_id"],
        seconds=seconds,
        cost_usd=metadata["cost_usd"],
    )
    return video_create_from_file(
        id=uuid.UUID(params["video_id"]),
        owner=job.owner,
        kind=VideoKind.CLIP,
        path=path,
        key=clip_key(job.pk),
        title=f"Scene {job.scene.index + 1}" if job.scene else params["prompt"][:80],
        metadata=metadata,
        is_mock=sent.mock_source is not None,
    )


def _finish(job: Job, video: Video) -> dict[str, Any]:
    if job.scene_id is not None:
        take_add(scene_id=job.scene_id, video=video, version_id=job.params["version_id"])
        first_cut(job)
    return clip_result(video)


def clip_result(video: Video) -> dict[str, Any]:
    """Give the public result of a clip or a lip-sync."""
    warning = video.metadata.get("character_reference_warning")
    return {**video_result(video), "character_reference_warning": warning}
