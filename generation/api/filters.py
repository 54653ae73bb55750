"""What lists can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from generation.choices import JobKind, JobState, ProjectMode
from generation.models import Job, Project, Scene, SceneGeneration
from mvsite.accounts.reach import reached


class TrashFilter(django_filters.FilterSet):
    """Shows what is kept, or with `?trashed=true` the trash instead."""

    trashed = django_filters.BooleanFilter(method="show_trash", label="true: the trash instead of what is kept")

    def show_trash(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001  django-filter calls it so
        """Leave the choice to `filter_queryset`, which also sees when nothing is said."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        """Apply the other filters to the kept rows or to the trash."""
        found = super().filter_queryset(queryset)
        return self.trash(found) if self.form.cleaned_data.get("trashed") else found.kept()

    def trash(self, rows: Any) -> Any:
        """Return what lies in the trash."""
        return rows.filter(trashed_at__isnull=False)


class ProjectFilter(TrashFilter):
    """Filters of `/api/mv/projects/`."""

    mode = django_filters.ChoiceFilter(choices=ProjectMode.choices)

    class Meta:
        model = Project
        fields = ["mode", "favourite", "config_flavor"]


class SceneFilter(TrashFilter):
    """Filters of `/api/mv/scenes/`."""

    project = django_filters.UUIDFilter(field_name="project_id")
    project_id = django_filters.UUIDFilter(field_name="project_id")

    def trash(self, rows: Any) -> Any:
        """Return what lies in the trash, of projects that the one who asks may change: who only looks sees no more."""
        return super().trash(rows).filter(reached(Scene, self.request.user, edit=True))

    class Meta:
        model = Scene
        fields = ["project", "project_id", "index"]


class JobFilter(django_filters.FilterSet):
    """Filters of `/api/mv/jobs/`."""

    kind = django_filters.MultipleChoiceFilter(choices=JobKind.choices)
    state = django_filters.MultipleChoiceFilter(choices=JobState.choices)
    project = django_filters.UUIDFilter(field_name="project_id")
    project_id = django_filters.UUIDFilter(field_name="project_id")
    scene = django_filters.UUIDFilter(field_name="scene_id")
    scene_id = django_filters.UUIDFilter(field_name="scene_id")
    parent_id = django_filters.UUIDFilter(field_name="parent_id")

    class Meta:
        model = Job
        fields = ["kind", "state", "project", "project_id", "scene", "scene_id", "parent_id", "provider"]


class SceneGenerationFilter(django_filters.FilterSet):
    """Filters of `/api/mv/scene_generations/`."""

    project = django_filters.UUIDFilter(field_name="project_id")
    project_id = django_filters.UUIDFilter(field_name="project_id")

    class Meta:
        model = SceneGeneration
        fields = ["project", "project_id", "config_flavor"]
