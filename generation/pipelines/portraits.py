"""Portraits: a parent that gathers, and children that make one picture each."""

import uuid
from pathlib import Path
from typing import Any

from django.utils import timezone

from assets.models import CharacterReference
from assets.services.characters import character_create_from_file
from assets.shapes import character_result
from generation.choices import JobState
from generation.jobs import Claim
from generation.models import Job
from generation.pipelines.hashing import request_hash
from generation.pipelines.outcomes import Done, Outcome, Park
from generation.pipelines.purchase import Purchase
from generation.pipelines.waiting_for import stop_children
from generation.ports import ImageRequest
from generation.providers.registry import image_maker
from mvsite.common.errors import ProviderError, restore
from mvsite.logs import debug_event

_LOOK_AGAIN = 30.0


class Portraits:
    """The parent: it waits for its children and tells what became of each."""

    def step(self, claim: Claim) -> Outcome:
        """Gather when all children are final; some are enough, none is a failure with the first one's reason."""
        children = sorted(claim.job.children.all(), key=lambda child: int(child.params["index"]))
        ready = sum(1 for child in children if child.is_final)
        if ready < len(children):
            return Park(_LOOK_AGAIN, "drawing", progress=ready / len(children))
        made = [child for child in children if child.state == JobState.SUCCEEDED]
        if not made:
            failed = next((child for child in children if child.error), None)
            raise restore(failed.error) if failed and failed.error else ProviderError("provider:call:failed")
        return Done(lambda: _gathered(claim.job, children))

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Stop its children with it; it ends after them."""
        return stop_children(claim.job)


class OnePortrait:
    """A child: one picture bought, stored, kept."""

    def step(self, claim: Claim) -> Outcome:
        """Do the next step of the purchase."""
        return self._purchase(claim).step()

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Stop it at the provider."""
        return self._purchase(claim).wind_up()

    @staticmethod
    def _purchase(claim: Claim) -> Purchase[ImageRequest]:
        params = claim.job.params
        request = ImageRequest(
            prompt=params["prompt"],
            description=params["character_description"],
            aspect_ratio=params["aspect_ratio"],
            seed=params["seed"],
            output_format=params["output_format"],
            negative_prompt=params["negative_prompt"] or "",
            safety_filter_level=params["safety_filter_level"] or "",
            person_generation=params["person_generation"] or "",
            model=params["model"],
        )
        maker = image_maker(claim.job.provider)

        def ingest(path: Path) -> Done:
            sent = maker.describe(request)
            kept = character_create_from_file(
                id=uuid.UUID(params["image_id"]),
                owner=claim.job.owner,
                path=path,
                description=params["character_description"],
                seed=params["seed"],
                metadata={
                    "backend_used": claim.job.provider,
                    "model_used": sent.model,
                    "parameters_used": dict(sent.parameters_used),
                    "parameters_not_sent": list(sent.parameters_not_sent),
                    "warnings": list(dict.fromkeys([*params["warnings"], *sent.warnings])),
                    "prompt": params["prompt"],
                    "job_id": str(claim.job.pk),
                },
            )
            return Done(lambda: character_result(kept))

        return Purchase(claim, maker, request, request_hash(params), f".{params['output_format']}", ingest)


def _gathered(job: Job, children: list[Job]) -> dict[str, Any]:
    params = job.params
    images = [child.result for child in children if child.state == JobState.SUCCEEDED]
    failures = [
        {
            "index": child.params["index"],
            "code": child.error["code"] if child.error else "user:job:canceled",
            "detail": child.error["detail"] if child.error else "Canceled",
        }
        for child in children
        if child.state != JobState.SUCCEEDED
    ]
    first = CharacterReference.objects.get(pk=uuid.UUID(str(images[0]["id"]))) if images and images[0] else None
    described: dict[str, Any] = first.metadata if first else {}
    debug_event(
        "batch_image_result",
        flavor=params["config_flavor"],
        num_images_requested=len(children),
        num_images_generated=len(images),
        image_ids=[image["id"] for image in images if image],
        failures=[failure["code"] for failure in failures],
    )
    metadata = {
        "character_description": params["character_description"],
        "model_used": described.get("model_used", job.model),
        "num_images_requested": params["num_images"],
        "num_images_generated": len(images),
        "parameters_used": {**described.get("parameters_used", {}), "seed": params["seed"]},
        "parameters_not_sent": described.get("parameters_not_sent", []),
        "generation_timestamp": timezone.now().isoformat(),
        "failures": failures,
        "alike_in_library": params["alike"],
        "warnings": list(dict.fromkeys(say for child in [job, *children] for say in child.params["warnings"])),
    }
    return {"images": images, "metadata": metadata}
