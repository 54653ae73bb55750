"""The pages. Each draws a shell with what the server knows; the browser's modules follow the event feed from there."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from assets.addresses import freshened
from generation import events
from generation.jobs import job_data
from generation.models import Job, Project
from generation.providers.registry import configured
from generation.selectors import project_snapshot
from generation.web.shelf import beginning, project_list
from generation.web.visitor import for_owner
from mvsite.accounts.models import User

PROJECTS_A_PAGE = 24
JOBS_AT_HAND = 300  # more than a page can show: the newest of each scene decide what its card says
_INPUTS = (
    *("idea", "character_description", "prompt", "negative_prompt", "number_of_scenes", "config_flavor", "model"),
    *("aspect_ratio", "resolution", "duration", "generate_audio", "seed"),
)


@require_safe
@for_owner
def projects(request: HttpRequest, owner: User) -> HttpResponse:
    """List the projects, or lead to the first one."""
    page = Paginator(project_list(owner=owner), PROJECTS_A_PAGE).get_page(request.GET.get("page"))
    shown = [(project, beginning(project.title or project.idea)) for project in page]
    return _page(request, "projects.html", here="projects", page=page, projects=shown)


@require_safe
@for_owner
def create(request: HttpRequest, owner: User) -> HttpResponse:
    """Show the form that a video starts from."""
    return _page(request, "create.html", here="create")


@require_safe
@for_owner
def studio(request: HttpRequest, owner: User, project_id: str) -> HttpResponse:
    """Show one project with its scenes, jobs and cursor."""
    return _studio(request, _project(owner, project_id))


@require_safe
@for_owner
def quick_gen_page(request: HttpRequest, owner: User) -> HttpResponse:
    """Go to the project that `?project=` names, else the newest one, else lead to Create."""
    wanted = request.GET.get("project")
    found = (
        _project(owner, wanted) if wanted else Project.objects.for_user(owner).kept().order_by("-created_at").first()
    )
    if found is None:
        return _page(request, "quick_empty.html", here="create")
    return redirect(f"/studio/{found.pk}/")


@require_safe
@for_owner
def job_result(request: HttpRequest, owner: User, job_id: str) -> HttpResponse:
    """Show one job: how far it is, what it cost, what came out."""
    job = Job.objects.for_user(owner).filter(pk=job_id).first()
    if job is None:
        raise Http404
    cursor = events.cursor(job.stream_id)
    job.refresh_from_db()  # after the cursor: an event in between is told twice, never lost
    inputs = [(name.replace("_", " "), job.params[name]) for name in _INPUTS if job.params.get(name) not in (None, "")]
    data = freshened(job_data(job))
    return _page(request, "job.html", job=data, inputs=inputs, snapshot={"job": data, "cursor": cursor})


def _studio(request: HttpRequest, project: Project) -> HttpResponse:
    snapshot = project_snapshot(project)
    jobs = Job.objects.filter(project=project).order_by("-created_at")[:JOBS_AT_HAND]
    heading = beginning(project.title or project.idea) or gettext("Untitled video")
    return _page(
        request, "studio.html", heading=heading, snapshot={"project": snapshot, "jobs": [job_data(job) for job in jobs]}
    )


def _project(owner: User, project_id: str) -> Project:
    try:
        return Project.objects.for_user(owner).kept().get(pk=UUID(project_id))
    except (Project.DoesNotExist, ValueError, ValidationError) as error:
        raise Http404 from error


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    theme = request.COOKIES.get("mv_theme")
    context["theme"] = theme if theme in ("light", "dark") else ""
    context["sample_only"] = configured() == ("sample",)
    response = render(request, template, context)
    response["Cache-Control"] = "private, no-cache"
    return response
