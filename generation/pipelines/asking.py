"""One call of a scene writer in the ledger: intent, answer, bill by its tokens; and what a crash leaves behind.

What was answered is kept on its call, and a step that begins again is given the same answers again. A writer has no
list to look in and no id to ask by: what was sent and never heard of is sent again at most once, and only when it
costs little; else a person decides (RELIABILITY 1.3).
"""

from dataclasses import asdict
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from generation import money
from generation.choices import CallOutcome
from generation.jobs import Claim, lanes
from generation.models import ProviderCall
from generation.pipelines.call_log import log_call
from generation.pipelines.drafts import told_by
from generation.pipelines.hashing import request_hash
from generation.pipelines.outcomes import Park, Review
from generation.pipelines.pauses import backed_off
from generation.pipelines.places import REFUSED_BUT_MAY_TRY, NoPlace, intent_or_wait, refused_by
from generation.ports import BadAnswer, OutcomeUnknown, SceneAnswer, SceneDraft, SceneRequest, SceneWriter, Tokens
from mvsite.common.crash_points import crash_point
from mvsite.common.errors import ProviderError, UserError, restore

_UNHEARD = (CallOutcome.PREPARED, CallOutcome.UNKNOWN)


class Asking:
    """The calls of one writing: `times` it was asked, and the `tokens` of all its answers."""

    def __init__(self, claim: Claim, writer: SceneWriter) -> None:
        self.claim = claim
        self.writer = writer
        self.times = 0
        self.tokens = Tokens()
        self._kept = list(self._calls().filter(outcome=CallOutcome.ACCEPTED).order_by("number"))

    def left_over(self) -> Review | None:
        """Look at what an earlier step never heard of; a person decides when it must not simply be sent again."""
        call = self._unheard()
        if call is None:
            return None
        price = call.estimated_cost_usd
        again = self._calls().filter(outcome=CallOutcome.ABANDONED).exists()
        if price > 0 and (again or price > settings.MV_RESEND_BELOW_USD):
            return Review(UserError("user:job:needs_review"))
        log_call("provider_call_abandoned", call)
        with transaction.atomic():
            money.settle(self.claim.job, call, cost=None)  # it may well have been written, and then it is paid
            money.answer(call, CallOutcome.ABANDONED)
        return None

    def ask(self, request: SceneRequest) -> SceneAnswer:
        """Ask once. Raises ProviderError (nothing was written), BadAnswer (paid), OutcomeUnknown (nobody can say),
        NoPlace when it is not our turn, and user:cost:over_budget.
        """
        call = None if self._kept else self._intent()
        self.times += 1
        if call is None:
            return self._said_before(self._kept.pop(0))
        try:
            answer = self.writer.write(
                request, partial(self.claim.tick, to_the_end=True), told_by(self.claim, call, request)
            )
        except BadAnswer as bad:
            kept = {"complaint": bad.complaint, "error": bad.error.as_dict()}
            self._heard(call, kept, bad.tokens, error_code=bad.error.code)
            raise
        except OutcomeUnknown as lost:
            money.answer(call, CallOutcome.UNKNOWN)
            log_call("provider_call_unknown", call, reason=str(lost))
            raise
        except ProviderError as error:
            money.answer(call, CallOutcome.REFUSED, error_code=error.code)
            log_call("provider_call_refused", call, reason=error.code)
            refused_by(self.claim, call, error, pause=backed_off(self.claim.job.failures, error.retry_after))
            raise
        crash_point("after_submit")
        self._heard(call, {"scenes": [asdict(scene) for scene in answer.scenes], "model": answer.model}, answer.tokens)
        crash_point("after_answer")
        return answer

    def give_up(self, error_code: str) -> None:
        """Count what was sent and is not waited for any more, and say why."""
        call = self._unheard()
        if call is not None:
            with transaction.atomic():
                money.settle(self.claim.job, call, cost=None)
                money.answer(call, CallOutcome.UNKNOWN, error_code=error_code)

    def _intent(self) -> ProviderCall:
        job = self.claim.job
        refused = self._calls().filter(outcome=CallOutcome.REFUSED).order_by("number")
        if refused.count() >= REFUSED_BUT_MAY_TRY:
            raise ProviderError(refused[REFUSED_BUT_MAY_TRY - 1].error_code)
        # The last look at the lease before money is spent; what was held may have gone to an asking before this one.
        self.claim.afford(job.estimated_cost_usd)
        call = intent_or_wait(
            self.claim, provider=self.writer.provider, model=job.model, request_hash=request_hash(job.params)
        )
        if isinstance(call, Park):
            raise NoPlace(call)
        crash_point("after_intent")
        log_call("provider_call_sent", call)
        return call

    def _heard(self, call: ProviderCall, kept: dict[str, Any], tokens: Tokens | None, *, error_code: str = "") -> None:
        cost = None if tokens is None else money.price_of_tokens(call.model, tokens, call.sent_at)
        counted = tokens or Tokens()
        call.answer = {**kept, "tokens": asdict(counted)}
        with transaction.atomic():
            call.save(update_fields=["answer"])
            money.settle(self.claim.job, call, cost=cost)
            money.answer(call, CallOutcome.ACCEPTED, error_code=error_code)
        log_call("provider_call_answered", call, reason=error_code)
        lanes.place_freed(call)
        self.tokens += counted

    def _said_before(self, call: ProviderCall) -> SceneAnswer:
        kept = call.answer or {}
        self.tokens += Tokens(**kept["tokens"])
        if "error" in kept:
            raise BadAnswer(restore(kept["error"]), complaint=kept["complaint"])
        return SceneAnswer(tuple(SceneDraft(**scene) for scene in kept["scenes"]), kept["model"])

    def _unheard(self) -> ProviderCall | None:
        call = self._calls().order_by("-number").first()
        return call if call is not None and call.outcome in _UNHEARD and not call.error_code else None

    def _calls(self) -> QuerySet[ProviderCall]:
        """Give the calls of this attempt: a retry of the job begins anew."""
        return self.claim.job.calls.filter(sent_at__gte=self.claim.job.queued_at)
