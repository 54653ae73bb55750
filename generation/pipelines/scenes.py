"""Writing scenes: one call, checked against the flavor's rules, made once more when the answer is no good."""

import uuid
from dataclasses import replace
from typing import Any

from flavors.rules import check
from flavors.selectors import flavor_at
from generation.jobs import Claim
from generation.models import Job, SceneGeneration
from generation.pipelines import scene_files
from generation.pipelines.asking import Asking
from generation.pipelines.clocks import seconds_so_far
from generation.pipelines.failing_over import step_in
from generation.pipelines.outcomes import Done, Outcome, Park
from generation.pipelines.places import NoPlace
from generation.ports import BadAnswer, OutcomeUnknown, SceneAnswer, SceneRequest
from generation.providers.registry import scene_writer
from generation.services.scene_requests import scene_request
from generation.services.written import scenes_keep
from mvsite.common.errors import ProviderError, UserError
from mvsite.logs import debug_event


class Scenes:
    """The steps of a writing."""

    def step(self, claim: Claim) -> Outcome:
        """Ask, check, ask again once, keep."""
        job = claim.job
        if job.params.get("only_index") is not None and job.scene is None:
            raise UserError("user:media:missing", "The scene is gone.")  # never write over the others instead
        asking = Asking(claim, scene_writer(job.provider))
        undecided = asking.left_over()
        if undecided is not None:
            return undecided
        claim.report(0.05, stage="writing")
        flavor = flavor_at(revision_id=job.flavor_revision_id, name=job.params["config_flavor"])
        request, skipped = scene_request(flavor=flavor, params=job.params, project=job.project, patient=True)
        try:
            answer, broken = _written(asking, request)
        except OutcomeUnknown:
            return Park(0, "writing")  # the next step decides whether it is sent again
        except NoPlace as wait:
            return wait.park  # what was answered so far is kept
        except ProviderError as error:
            handed_over = step_in(claim, error)
            if handed_over is None:
                raise
            return handed_over
        metadata = {
            "backend_used": job.provider,
            "model_used": answer.model,
            "parameters_not_sent": job.params.get("parameters_not_sent", []),
            "config_flavor": flavor.name,
            "attempts": asking.times,
            "seed": request.seed,
            "tokens_in": asking.tokens.sent,
            "tokens_out": asking.tokens.written,
            "cost_usd": float(job.cost_usd),
            "rules_skipped": skipped,
            "rules_broken": broken,
            "warnings": [*job.params["warnings"], *skipped, *broken],
        }
        debug_event(
            "scenes_generated",
            flavor=flavor.name,
            n=len(answer.scenes),
            model=answer.model,
            attempts=asking.times,
            tokens=asking.tokens.sent + asking.tokens.written,
            seconds=seconds_so_far(job),
        )
        files = scene_files.store(generation_id=job.params["generation_id"], answer=answer, request=request)
        return Done(lambda: _keep(job, answer, files, metadata))

    def wind_up(self, claim: Claim) -> Outcome | None:
        """Nothing runs elsewhere; what was being written is paid."""
        canceled = claim.job.cancel_requested_at is not None
        Asking(claim, scene_writer(claim.job.provider)).give_up("user:job:canceled" if canceled else "app:job:deadline")
        return None


def _written(asking: Asking, request: SceneRequest) -> tuple[SceneAnswer, list[str]]:
    """Have the scenes written; returns them with what is still wrong with them.

    An answer that cannot be used is asked for once more, and so is one that breaks the rules; should that second one
    not come, the first is kept.
    """
    try:
        answer = asking.ask(request)
    except BadAnswer as bad:
        if not bad.complaint:
            raise bad.error from None
        answer = _mended(asking, request, bad)
    broken = _violations(request, answer)
    if not broken:
        return answer, broken
    asking.claim.report(0.5, stage="asking again")
    try:
        better = asking.ask(replace(request, complaints=tuple(broken)))
    except (BadAnswer, ProviderError, OutcomeUnknown, UserError) as error:  # UserError: over budget
        asking.give_up("provider:call:failed")
        debug_event("scenes_kept_broken", reason=str(error))
        return answer, broken
    return better, _violations(request, better)


def _mended(asking: Asking, request: SceneRequest, bad: BadAnswer) -> SceneAnswer:
    asking.claim.report(0.5, stage="asking again")
    try:
        return asking.ask(replace(request, complaints=(*request.complaints, bad.complaint)))
    except BadAnswer as worse:
        raise worse.error from None


def _violations(request: SceneRequest, answer: SceneAnswer) -> list[str]:
    """Say what is wrong with an answer: too few scenes, empty ones, broken rules. One scene alone breaks no rule."""
    wanted = 1 if request.only_index is not None else request.count
    wrong = []
    if len(answer.scenes) != wanted:
        wrong.append(f"{wanted} scenes were asked for, {len(answer.scenes)} came.")
    wrong += [f"Scene {n + 1} is empty." for n, scene in enumerate(answer.scenes) if not scene.description.strip()]
    if request.only_index is None:
        wrong += [violation.say for violation in check(request.rules, answer.scenes)]
    return wrong


def _keep(job: Job, answer: SceneAnswer, files: dict[str, str], metadata: dict[str, Any]) -> dict[str, Any]:
    params = job.params
    generation = SceneGeneration.objects.create(
        pk=uuid.UUID(params["generation_id"]),
        owner=job.owner,
        project=job.project,
        idea=params["idea"],
        character_description=params["character_description"],
        config_flavor=params["config_flavor"],
        flavor_revision_id=job.flavor_revision_id,
        json_key=files["json"],
        markdown_key=files["markdown"],
        metadata=metadata,
    )
    kept = scenes_keep(generation=generation, drafts=answer.scenes, only_scene=job.scene)
    generation.scenes = kept
    generation.save(update_fields=["scenes"])
    base = f"/api/mv/scene_generations/{generation.pk}"
    return {
        "generation_id": str(generation.pk),
        "scenes": kept,
        "output_files": {"json": f"{base}/scenes.json", "markdown": f"{base}/scenes.md"},
        "metadata": metadata,
    }
