"""Runs one step of one job: claim, the pipeline's step, its outcome. Everything that goes wrong ends here."""

import logging
import uuid

import structlog
from django.utils import timezone

from assets import storage
from generation import jobs, money
from generation.choices import JobState
from generation.pipelines.first_cut import first_cut
from generation.pipelines.outcomes import Done, Outcome, Park, Review
from generation.pipelines.pauses import backed_off
from generation.pipelines.registry import pipeline_for
from mvsite.common.errors import AppError, ProviderError, StudioError, UserError

log = logging.getLogger(__name__)
_MAX_FAILURES = 5
_ROOM_PAUSE = 20.0  # seconds between two looks whether a full disk has room again, or the bucket answers
_STAGES = {
    "app:storage:full": "the disk is full, waiting for room",
    "app:storage:away": "the cloud storage does not answer",
}


def advance(job_id: uuid.UUID) -> bool:
    """Do the next step of a job if it is due and nobody else has it; says whether a step was done.

    A process that is about to end takes nothing, and gives back at once what would take long.
    """
    if jobs.is_ending():
        jobs.leave_to_others(job_id)
        return False
    claim = jobs.claim(job_id)
    if claim is None:
        return False
    with structlog.contextvars.bound_contextvars(
        job_id=str(job_id),
        kind=claim.job.kind,
        project_id=str(claim.job.project_id or ""),
        owner_id=str(claim.job.owner_id),
        request_id=claim.job.request_id,
    ):
        try:
            with claim.heartbeat():
                _step(claim)
        except jobs.LeaseLost:
            log.info("lease_lost")
        except jobs.HandBack:
            claim.park(0, state=JobState(claim.job.state))
    return True


def _step(claim: jobs.Claim) -> None:
    if claim.job.failures >= _MAX_FAILURES:  # it kills its workers
        _end_badly(claim, AppError("app:job:poison"))
        return
    try:
        with storage.full_disk_errors():
            _apply(claim, _outcome(claim))
    except ProviderError as error:
        _provider_failed(claim, error)
    except StudioError as error:
        _failed(claim, error)
    except (jobs.LeaseLost, jobs.HandBack):
        raise
    except Exception as bug:  # noqa: BLE001  the last line: whatever broke must end on the row, not in a lost worker
        _broke(claim, bug)


def _outcome(claim: jobs.Claim) -> Outcome | None:
    pipeline = pipeline_for(claim.job)
    if claim.job.cancel_requested_at is None and timezone.now() <= claim.job.deadline_at:
        try:
            return pipeline.step(claim)
        except jobs.Stopped:
            claim.check()  # reads when the wish came
    return pipeline.wind_up(claim)


def _apply(claim: jobs.Claim, outcome: Outcome | None) -> None:
    match outcome:
        case Park():
            claim.park(
                outcome.after,
                state=outcome.state,
                stage=outcome.stage,
                progress=outcome.progress,
                queue=outcome.queue,
            )
        case Done():
            claim.succeed(outcome.finish)
        case Review():
            claim.hand_to_person(outcome.error)
        case None:
            if claim.job.cancel_requested_at is not None:
                claim.cancel()
                first_cut(claim.job)
            else:
                _give_up(claim, AppError("app:job:deadline"))


def _failed(claim: jobs.Claim, error: StudioError) -> None:
    """End with the error; a full disk and a silent bucket are waited for: what was bought must find its place."""
    if error.code in _STAGES:
        log.warning("storage_waited_for", extra={"code": error.code})
        claim.hold(_ROOM_PAUSE, stage=_STAGES[error.code])
        return
    _end_badly(claim, error)


def _provider_failed(claim: jobs.Claim, error: ProviderError) -> None:
    """Try transient failures again, backed off with jitter; the rest is final."""
    if not error.transient or claim.job.failures + 1 >= _MAX_FAILURES:
        _end_badly(claim, error)
        return
    claim.back_off(backed_off(claim.job.failures, error.retry_after))


def _broke(claim: jobs.Claim, bug: Exception) -> None:
    """Our own bug or a broken machine: a few tries, then an honest end."""
    log.error("step_broke", exc_info=bug, extra={"failures": claim.job.failures})
    if claim.job.failures + 1 >= _MAX_FAILURES:
        _end_badly(claim, AppError("app:server:error"))
        return
    claim.back_off(backed_off(claim.job.failures))


def _end_badly(claim: jobs.Claim, error: StudioError) -> None:
    """Fail; but while nobody knows whether something was bought, a person decides."""
    if money.is_undecided(claim.job):
        claim.hand_to_person(UserError("user:job:needs_review"))
    else:
        _give_up(claim, error)


def _give_up(claim: jobs.Claim, error: StudioError) -> None:
    claim.fail(error)
    first_cut(claim.job)  # what failed is left out, the others wait for nobody
