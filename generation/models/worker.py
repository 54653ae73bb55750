"""A process that takes jobs, as it was last heard of."""

from django.db import models


class Worker(models.Model):
    """One worker process: `id` is how it signs leases, `name` its name in logs, `queues` what it takes (a list)."""

    id = models.CharField(primary_key=True, max_length=100)
    name = models.CharField(max_length=200)
    queues = models.JSONField(default=list)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
