"""The pages. Each draws a shell with what the server knows; the browser's modules follow the event feed from there."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from assets.addresses import freshened
from generation import events
from generation.choices import JobKind
from generation.jobs import job_data, jobs_data
from generation.models import Job, MemberRole, Project
from generation.selectors import project_snapshot
from generation.services.looking import looked_at, page_looked_at
from generation.services.members import role_of
from generation.services.removed import Veil
from generation.web.names import ACCEPT, INPUTS, KINDS, SHELVES, told
from generation.web.shelf import beginning, project_list
from generation.web.visitor import for_owner
from mvsite.accounts.models import User

PROJECTS_A_PAGE = 24
JOBS_AT_HAND = 300  # more than a page can show: the newest of each scene decide what its card says


@require_safe
@for_owner
def projects(request: HttpRequest, owner: User) -> HttpResponse:
    """List the projects, or lead to the first one."""
    search, trashed = request.GET.get("search", "").strip()[:200], request.GET.get("trashed") == "true"
    found = project_list(owner=owner, search=search, trashed=trashed)
    page = Paginator(found, PROJECTS_A_PAGE).get_page(request.GET.get("page"))
    page_looked_at(page, by=owner, request=request)
    shown = [(project, beginning(project.title or project.idea)) for project in page]
    kept = "".join(
        f"&{urlencode(each)}" for each in ({"search": search}, {"trashed": "true"} if trashed else {}) if each
    )
    asked = bool(search or trashed)
    return _page(
        request, "projects.html", here="projects", page=page, projects=shown,
        search=search, trashed=trashed, asked=asked, kept=kept, person=owner,
    )  # fmt: skip


@require_safe
@for_owner
def create(request: HttpRequest, owner: User) -> HttpResponse:
    """Show the form that a video starts from."""
    return _page(request, "create.html", here="create")


@require_safe
@for_owner
def library(request: HttpRequest, owner: User) -> HttpResponse:
    """Show one shelf of what is kept; its module asks the API for what is on it."""
    asked = request.GET.get("shelf", "")
    shelf = asked if asked in SHELVES else next(iter(SHELVES))
    return _page(request, "library.html", here="library", shelf=shelf, shelves=SHELVES.items(), accept=ACCEPT[shelf])


@require_safe
@for_owner
def studio(request: HttpRequest, owner: User, project_id: str) -> HttpResponse:
    """Show one project with its scenes, jobs and cursor."""
    return _studio(request, owner, _project(owner, project_id))


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
    looked_at(job, by=owner, request=request)
    cursor = events.cursor(job.stream_id)
    job.refresh_from_db()  # after the cursor: an event in between is told twice, never lost
    inputs = [
        (words, told(job.params[name])) for name, words in INPUTS.items() if job.params.get(name) not in (None, "")
    ]
    data = freshened(job_data(job))
    kind = KINDS[JobKind(job.kind)]
    return _page(
        request, "job.html", job=data, kind=kind, inputs=inputs,
        snapshot={"job": data, "cursor": cursor}, role=role_of(owner, job),
    )  # fmt: skip


def _studio(request: HttpRequest, person: User, project: Project) -> HttpResponse:
    looked_at(project, by=person, request=request)
    snapshot = project_snapshot(project)
    newest = list(Job.objects.filter(project=project).order_by("-created_at")[:JOBS_AT_HAND])
    told, role = jobs_data(newest), role_of(person, project)
    if role == MemberRole.VIEW:
        told = [*map(Veil(project.pk).job, told)]
    return _page(
        request,
        "studio.html",
        heading=beginning(project.title or project.idea) or gettext("Untitled video"),
        snapshot={"project": snapshot, "jobs": told},
        role=role,
        owner=project.owner,
        folded=bool(snapshot["scenes"]) or any(not job.is_final for job in newest),
    )


def _project(owner: User, project_id: str) -> Project:
    try:
        return Project.objects.for_user(owner).kept().get(pk=UUID(project_id))
    except (Project.DoesNotExist, ValueError, ValidationError) as error:
        raise Http404 from error


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    response = render(request, template, context)
    response["Cache-Control"] = "private, no-cache"
    return response
