"""Any moving picture: a clip, a lip-synced clip, a finished film, an upload."""

from django.db import models
from django.db.models import Q

from assets.models.stored_file import StoredFile, StoredFileQuerySet, one_of, positive


class VideoKind(models.TextChoices):
    """What a video is; the first, second and last can be takes of a scene."""

    CLIP = "clip"
    LIPSYNC = "lipsync"
    STITCHED = "stitched"
    UPLOAD = "upload"


class Rating(models.IntegerChoices):
    """How good people find a video."""

    NONE = 0, "not rated"
    ONE = 1, "★"
    TWO = 2, "★★"
    THREE = 3, "★★★"
    FOUR = 4, "★★★★"
    FIVE = 5, "★★★★★"


class Video(StoredFile):
    """A moving picture. It never knows its scene: `Take` in generation links them.

    `frames` is 0 when the container does not say; `poster_key` is the still shown before it plays; `rating` is 1 to 5,
    or 0 while nobody has rated it.
    """

    kind = models.CharField(max_length=8, choices=VideoKind.choices)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    duration_ms = models.PositiveIntegerField()
    fps = models.FloatField()
    frames = models.PositiveIntegerField(default=0)
    codec = models.CharField(max_length=32)
    has_audio = models.BooleanField()
    poster_key = models.CharField(max_length=200, blank=True, default="")
    is_mock = models.BooleanField(default=False)
    rating = models.PositiveSmallIntegerField(choices=Rating.choices, default=Rating.NONE, db_default=Rating.NONE)

    objects = StoredFileQuerySet["Video"].as_manager()

    class Meta(StoredFile.Meta):
        constraints = [
            *StoredFile.Meta.constraints,
            models.CheckConstraint(condition=positive("width", "height", "duration_ms", "fps"), name="video_moves"),
            models.CheckConstraint(condition=one_of("kind", VideoKind), name="video_kind_known"),
            models.CheckConstraint(condition=Q(rating__in=Rating.values), name="video_rating_known"),
        ]
        indexes = [
            *StoredFile.Meta.indexes,
            models.Index(
                fields=["owner", "kind", "-created_at", "id"], name="video_kind", condition=Q(trashed_at=None)
            ),
            models.Index(fields=["owner", "-duration_ms", "id"], name="video_duration", condition=Q(trashed_at=None)),
            models.Index(fields=["owner", "-rating", "id"], name="video_rating", condition=Q(trashed_at=None)),
            models.Index(fields=["-rating", "-created_at", "id"], name="video_best"),  # everybody's, in the admin
            models.Index(fields=["rating", "-created_at", "id"], name="video_worst"),
        ]
