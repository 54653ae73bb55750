"""What may be spent: one row for a user, a project, or a user's day."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from generation.choices import BudgetMode, BudgetScope
from mvsite.common.models import TimestampedModel, UUIDModel


class Budget(UUIDModel, TimestampedModel):
    """A limit in USD, what unfinished jobs hold of it, and what the ledger has billed.

    It is a sum of the ledger that can be asked and raised in one UPDATE; rows appear when money is first held or
    billed. `limit_usd` and `mode` go before the settings when they are given. `spent_usd` may pass the limit by what
    a provider bills above its estimate. `key` names what the row stands for in one word.
    """

    scope = models.CharField(max_length=7, choices=BudgetScope.choices)
    key = models.CharField(max_length=100, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="budgets")
    project = models.ForeignKey("generation.Project", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(null=True, blank=True)
    limit_usd = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, help_text="Empty: the setting counts."
    )
    mode = models.CharField(
        max_length=7, choices=BudgetMode.choices, blank=True, help_text="Empty: the setting counts."
    )
    reserved_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    spent_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=BudgetScope.values), name="budget_scope_known"),
            models.CheckConstraint(condition=Q(mode__in=["", *BudgetMode.values]), name="budget_mode_known"),
            models.CheckConstraint(condition=Q(limit_usd=None) | Q(limit_usd__gte=0), name="budget_limit_not_negative"),
            models.CheckConstraint(condition=Q(reserved_usd__gte=0), name="budget_reserved_not_negative"),
            models.CheckConstraint(condition=Q(spent_usd__gte=0), name="budget_spent_not_negative"),
        ]

    def __str__(self) -> str:
        return self.key
