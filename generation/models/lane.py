"""How much one account of a provider may do at once, shared by all workers."""

from django.db import models


class Lane(models.Model):
    """One provider and one account there (`account` is a short hash of its key or project).

    Its row is the lock under which places are given. `tokens` is what was left of the rate at `tokens_at`; it grows
    since then. Until `paused_until` nothing is sent, because the provider said so; until `slow_until` it allows only
    `slow_per_minute` creates a minute.
    """

    provider = models.CharField(max_length=20)
    account = models.CharField(max_length=16)
    tokens = models.FloatField()
    tokens_at = models.DateTimeField()
    paused_until = models.DateTimeField(null=True, blank=True)
    slow_per_minute = models.PositiveIntegerField(default=0)
    slow_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "account"], name="lane_once_per_account")]

    def __str__(self) -> str:
        return f"{self.provider} {self.account}"
