"""One music video in the making, and each time its scenes were written."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from generation.choices import CutBy, ProjectMode
from mvsite.accounts.models import User
from mvsite.accounts.reach import reached
from mvsite.common.models import TimestampedModel, UUIDModel


class ProjectQuerySet(models.QuerySet["Project"]):
    """Conditions a project can meet."""

    def for_user(self, user: User, *, edit: bool = False) -> Self:
        """Within this person's reach: to see, or with `edit` to change."""
        return self.filter(reached(Project, user, edit=edit))

    def kept(self) -> Self:
        """Not in the trash."""
        return self.filter(trashed_at=None)

    def trashed(self) -> Self:
        """In the trash."""
        return self.exclude(trashed_at=None)


class Project(UUIDModel, TimestampedModel):
    """One music video: its inputs, and the finished video when there is one.

    `final_inputs` names what the finished video was made of (selected takes in order, song and cut); the video
    is stale when today's inputs differ. `seed` makes every scene, portrait and clip repeatable.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="projects")
    title = models.CharField(max_length=200, blank=True)
    mode = models.CharField(max_length=16, choices=ProjectMode.choices, default=ProjectMode.MUSIC_VIDEO)
    idea = models.TextField(blank=True)
    character_description = models.TextField(blank=True)
    character_reference = models.ForeignKey(
        "assets.CharacterReference", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    product_image = models.ForeignKey(
        "assets.CharacterReference", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    audio = models.ForeignKey("assets.Audio", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    config_flavor = models.CharField(max_length=64, blank=True)
    number_of_scenes = models.PositiveSmallIntegerField(null=True, blank=True)
    cut_by = models.CharField(max_length=8, choices=CutBy.choices, default=CutBy.CLIPS)
    target_duration = models.CharField(max_length=16, default="clips")
    seed = models.PositiveBigIntegerField(null=True, blank=True)
    final_video = models.ForeignKey("assets.Video", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    final_inputs = models.JSONField(default=dict, blank=True)
    favourite = models.BooleanField(default=False)
    tags = models.JSONField(default=list, blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="project_by_owner"),
            models.Index(fields=["owner", "trashed_at", "-created_at"], name="project_by_owner_kept"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=ProjectMode.values), name="project_mode_known"),
            models.CheckConstraint(condition=Q(cut_by__in=CutBy.values), name="project_cut_by_known"),
            models.CheckConstraint(
                condition=Q(number_of_scenes=None) | Q(number_of_scenes__range=(1, 60)),
                name="project_scene_count_1_to_60",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.idea[:60] or str(self.pk)


class SceneGeneration(UUIDModel, TimestampedModel):
    """One writing of scenes: what was asked, who wrote it, what came out, and the two files that hold it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="scene_generations")
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.SET_NULL, related_name="scene_generations"
    )
    idea = models.TextField()
    character_description = models.TextField()
    config_flavor = models.CharField(max_length=64)
    flavor_revision = models.ForeignKey(
        "flavors.FlavorRevision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    scenes = models.JSONField(default=list)
    json_key = models.CharField(max_length=300, blank=True)
    markdown_key = models.CharField(max_length=300, blank=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="scene_generation_by_owner")]

    def __str__(self) -> str:
        return f"{len(self.scenes)} scenes for {self.idea[:40]}"
