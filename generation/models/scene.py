"""A scene of a project, the versions of its text, and the takes shot for it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from generation.models.project import Project, SceneGeneration
from mvsite.accounts.models import User
from mvsite.accounts.reach import reached
from mvsite.common.models import TimestampedModel, UUIDModel


class SceneQuerySet(models.QuerySet["Scene"]):
    """Conditions a scene can meet."""

    def for_user(self, user: User, *, edit: bool = False) -> Self:
        """Within this person's reach: to see, or with `edit` to change."""
        return self.filter(reached(Scene, user, edit=edit))

    def kept(self) -> Self:
        """Not in the trash, and neither is its project (when it has one)."""
        return self.filter(Q(project=None) | Q(project__trashed_at=None), trashed_at=None)


class Scene(UUIDModel, TimestampedModel):
    """One part of a project, or of scenes that were written for no project; `index` counts from 0.

    `current` is the newest text. `selected` is the take the user picked; without a pick the newest take counts.
    `selected_at` is when: a failure before it no longer counts.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="scenes")
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.CASCADE, related_name="scenes")
    index = models.PositiveSmallIntegerField()
    current = models.ForeignKey(
        "generation.SceneVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    selected = models.ForeignKey("generation.Take", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    selected_at = models.DateTimeField(null=True, blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)

    objects = SceneQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="scene_by_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "index"], condition=Q(trashed_at=None), name="scene_index_once_per_project"
            )
        ]

    def __str__(self) -> str:
        return f"Scene {self.index + 1}"


class SceneVersion(UUIDModel, TimestampedModel):
    """One text of a scene; edits and rewrites add versions, nothing is overwritten."""

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    description = models.TextField()
    negative_description = models.TextField(blank=True)
    source = models.CharField(
        max_length=8, choices=[("written", "written"), ("edited", "edited"), ("split", "split")], default="written"
    )
    generation = models.ForeignKey(
        SceneGeneration, null=True, blank=True, on_delete=models.SET_NULL, related_name="versions"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scene", "number"], name="scene_version_number_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"version {self.number}"


class Take(UUIDModel, TimestampedModel):
    """One clip shot for a scene: which video, from which text, by which job.

    `source` is the take whose picture a lip-synced take uses.
    """

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="takes")
    number = models.PositiveIntegerField()
    video = models.OneToOneField("assets.Video", on_delete=models.CASCADE, related_name="take")
    version = models.ForeignKey(SceneVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="takes")
    source = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="derived")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scene", "number"], name="take_number_once_per_scene")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"take {self.number}"
