"""The question before an action on jobs: what it may cost, and whether that was agreed to."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest

from generation.models import Job
from mvsite.common.dollars import dollars_at_most

Costs = Callable[[Sequence[Job]], dict[uuid.UUID, Decimal]]
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What an action is about: the jobs it is for, how many of the chosen it is not for, and what it costs.

    `is_whole` is an action on the whole list as it is narrowed, not on what is ticked.
    """

    jobs: list[Job]
    left_out: int
    costs: Costs
    is_whole: bool

    def is_agreed(self, request: HttpRequest) -> bool:
        """Say whether a person has said yes to this many and this price; for what is ticked both may be left out."""
        if not request.POST.get("confirmed"):
            return False
        if not self.is_whole and "told_usd" not in request.POST:
            return True
        told_jobs, told_usd = _number(request, "told_jobs"), _number(request, "told_usd")
        return len(self.jobs) <= told_jobs and self._total(self.costs(self.jobs)) <= told_usd

    def words(self, request: HttpRequest) -> dict[str, Any]:
        """Give the question's page its words; who had said yes to less is told that it has become more."""
        if request.POST.get("confirmed"):
            messages.warning(request, "Nothing is done yet: they are more, or cost more, than was told. Look again.")
        costs = self.costs(self.jobs)
        total = self._total(costs)
        ids = [str(job.pk) for job in self.jobs]
        return {
            "jobs": [(job, dollars_at_most(costs[job.pk])) for job in self.jobs[:_MOST_SHOWN]],
            "count": len(ids),
            "more": len(ids[_MOST_SHOWN:]),
            "left_out": self.left_out,
            "is_whole": self.is_whole,
            "ticked": ids[:1] if self.is_whole else ids,  # Django does no action for which none is ticked
            "ticked_name": ACTION_CHECKBOX_NAME,
            "total": dollars_at_most(total),
            "told_usd": f"{total:f}",
            "place": request.get_full_path(),
        }

    def _total(self, costs: dict[uuid.UUID, Decimal]) -> Decimal:
        return sum((costs[job.pk] for job in self.jobs), Decimal(0))


def _number(request: HttpRequest, name: str) -> Decimal:
    """Read a number that the page was sent with; what is none is less than anything."""
    try:
        number = Decimal(request.POST.get(name, ""))
    except InvalidOperation:
        return Decimal(-1)
    return number if number.is_finite() else Decimal(-1)
