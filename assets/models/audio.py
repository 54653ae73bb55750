"""A song or a cut of one."""

from django.db import models
from django.db.models import F, Q

from assets.models.stored_file import StoredFile, StoredFileQuerySet, one_of, positive


class AudioSource(models.TextChoices):
    """Where a song came from."""

    UPLOAD = "upload"
    YOUTUBE = "youtube"
    TRIM = "trim"
    SYNTH = "synth"


class Audio(StoredFile):
    """A song. A cut names the whole song it comes from; `start_ms` and `end_ms` count from that song's start.

    A cut of a cut therefore names the first song, with the starts added up. `tempo` is a person's own, in place of
    the measured one: any of `bpm`, `offset` (seconds) and `beats_per_bar`.
    """

    duration_ms = models.PositiveIntegerField()
    sample_rate = models.PositiveIntegerField()
    channels = models.PositiveSmallIntegerField()
    codec = models.CharField(max_length=32)
    source = models.CharField(max_length=8, choices=AudioSource.choices)
    original = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="cuts")
    start_ms = models.PositiveIntegerField(null=True, blank=True)
    end_ms = models.PositiveIntegerField(null=True, blank=True)
    tempo = models.JSONField(default=dict, blank=True)

    objects = StoredFileQuerySet["Audio"].as_manager()

    class Meta(StoredFile.Meta):
        constraints = [
            *StoredFile.Meta.constraints,
            models.CheckConstraint(condition=positive("duration_ms", "sample_rate", "channels"), name="audio_sounds"),
            models.CheckConstraint(condition=one_of("source", AudioSource), name="audio_source_known"),
            # A comparison with NULL would pass, hence both are named.
            models.CheckConstraint(
                condition=Q(start_ms=None, end_ms=None)
                | Q(start_ms__isnull=False, end_ms__isnull=False, end_ms__gt=F("start_ms")),
                name="audio_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(start_ms__isnull=False) | ~Q(source=AudioSource.TRIM), name="audio_cut_has_window"
            ),
            models.CheckConstraint(condition=Q(original=None) | ~Q(original=F("id")), name="audio_not_own_original"),
        ]
        indexes = [
            *StoredFile.Meta.indexes,
            models.Index(fields=["owner", "-duration_ms", "id"], name="audio_duration", condition=Q(trashed_at=None)),
        ]
