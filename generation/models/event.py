"""What happened, in order: the feed that pages follow."""

from django.db import models
from django.utils import timezone


class EventStream(models.Model):
    """One ordered feed: a project's, or a job's when it belongs to no project (`id` is that row's id).

    Taking the next number locks this row until the transaction ends, so numbers are committed in order and
    no reader can ever skip one. A sequence of the database would not promise that.
    """

    id = models.UUIDField(primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.id} at {self.last}"


class Event(models.Model):
    """One thing that happened: `kind` is `noun.past`, `data` the full new state of what changed."""

    stream = models.ForeignKey(EventStream, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveBigIntegerField()
    job = models.ForeignKey("generation.Job", null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["stream", "number"]
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="event_number_once_per_stream")]
        indexes = [models.Index(fields=["job", "number"], name="event_by_job")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
