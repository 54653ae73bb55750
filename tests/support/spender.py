"""A process that spends money beside others: `python -m tests.support.spender ask 5`, `live 8 SEED`, `check`.

It works on the database of its settings, with prices but without a provider: nothing is sent anywhere.
"""

import json
import random
import sys
import time
from contextlib import suppress
from decimal import Decimal

import django

django.setup()

from django.db.models import Sum  # noqa: E402  the settings come first
from rest_framework.test import APIClient  # noqa: E402

from generation import jobs, money  # noqa: E402
from generation.choices import JobState  # noqa: E402
from generation.models import Budget, Job, ProviderCall  # noqa: E402
from generation.services.clips import clip_request  # noqa: E402
from generation.services.portraits import portraits_request  # noqa: E402
from mvsite.accounts.services import local_owner  # noqa: E402
from mvsite.common.errors import ProviderError, UserError  # noqa: E402
from tests.support.engine import lose_lease, make_due  # noqa: E402
from tests.support.money import books_agree  # noqa: E402


def ask(times: int) -> list[int]:
    """Ask for clips through the API; returns how each was answered."""
    api = APIClient(HTTP_HOST="127.0.0.1")
    words = {"prompt": "a boat", "duration": 8, "generate_audio": True, "backend": "replicate"}
    return [api.post("/api/mv/generate_video", words, format="json").status_code for _ in range(times)]


def live(seconds: float, seed: int) -> int:
    """Do this and that with everybody's jobs for so long; returns how much was done."""
    dice = random.Random(seed)
    end = time.monotonic() + seconds
    done = 0
    while time.monotonic() < end:
        with suppress(UserError, jobs.LeaseLost):
            _something(dice)
            done += 1
    return done


def _something(dice: random.Random) -> None:
    owner = local_owner()
    known = list(Job.objects.order_by("-updated_at").values_list("pk", flat=True)[:30])
    job = Job.objects.get(pk=dice.choice(known)) if known else None
    match dice.choice(["clip", "portraits", "work", "work", "work", "cancel", "retry"]):
        case "clip":
            clip_request(owner=owner, parameters={"prompt": "a boat", "duration": 8, "backend": "replicate"})
        case "portraits":
            portraits_request(owner=owner, character_description="a singer", num_images=4)
        case "work" if job is not None and not job.is_final:
            _work(job, dice)
        case "cancel" if job is not None:
            jobs.request_cancel(job)
        case "retry" if job is not None:
            jobs.retry(job)


def _work(job: Job, dice: random.Random) -> None:
    make_due(job)
    claim = jobs.claim(job.pk)
    if claim is None:
        return
    if job.children.exists():
        claim.park(3600, stage="waiting")
        return
    call = money.intent(job, provider="replicate", model=job.model, request_hash="h")
    if dice.random() < 0.7:
        money.settle(job, call, cost=None if dice.random() < 0.5 else job.estimated_cost_usd / 2)
    if dice.random() < 0.5:
        claim.succeed(dict)
    else:
        claim.fail(ProviderError("provider:call:failed"))


def check() -> dict[str, str]:
    """Look whether the books agree; then end every job that was left, and look again. Returns what was spent."""
    books_agree()
    for job in Job.objects.exclude(state__in=(JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED)):
        lose_lease(job)
        make_due(job)
        claim = jobs.claim(job.pk)
        if claim is not None:
            claim.cancel()
    books_agree()
    budgets = Budget.objects.aggregate(held=Sum("reserved_usd"))
    user = Budget.objects.get(scope="user")
    ledger = sum(ProviderCall.objects.values_list("cost_usd", flat=True), Decimal(0))  # SQLite itself adds in binary
    return {"held": str(budgets["held"]), "spent": str(user.spent_usd), "ledger": str(ledger)}


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ask", times]:
            told: object = ask(int(times))
        case ["live", seconds, seed]:
            told = live(float(seconds), int(seed))
        case _:
            told = check()
    sys.stdout.write(f"{json.dumps(told)}\n")
