"""What the two roles may do in the admin, and that no page of it ever shows a secret."""

import uuid

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from flavors.services import flavors_sync
from generation import jobs, money
from generation.choices import JobKind
from generation.models import Job
from mvsite.accounts.audit import audit
from mvsite.accounts.models import User
from mvsite.accounts.tokens import token_create
from tests.support.rows import a_project, a_song, a_video

pytestmark = pytest.mark.django_db
PAGES = (
    "/admin/",
    "/admin/generation/job/stuck/",
    "/admin/generation/providercall/costs/",
    "/admin/generation/project/sent/",
)
SECRETS = (
    *("REPLICATE_API_TOKEN", "GEMINI_API_KEY", "SECRET_KEY", "MV_METRICS_TOKEN", "EMAIL_HOST_PASSWORD"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)


def member(role: str) -> Client:
    call_command("make_roles")
    user = User.objects.create(username=f"of {role}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    return client


def thrown_away(client: Client, owner: User) -> bool:
    video = a_video(owner)
    words = {"action": "trash", "_selected_action": [str(video.pk)]}
    client.post("/admin/assets/video/", words)
    video.refresh_from_db()
    return video.trashed_at is not None


def canceled(client: Client, owner: User) -> bool:
    job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={})
    client.post("/admin/generation/job/", {"action": "cancel", "_selected_action": [str(job.pk)]})
    return Job.objects.get(pk=job.pk).is_final


@pytest.mark.parametrize("role", ["Looks on", "Curators"])
def test_who_looks_on_changes_nothing_and_who_curates_trashes_and_stops(owner: User, role: str) -> None:
    client, may = member(role), role == "Curators"
    for page in (*PAGES, "/admin/assets/video/", "/admin/generation/job/", "/admin/flavors/configflavor/"):
        assert client.get(page).status_code == 200
    assert (thrown_away(client, owner), canceled(client, owner)) == (may, may)
    for page in ("accounts/user/", "accounts/apitoken/", "accounts/auditentry/", "generation/budget/add/"):
        assert client.get(f"/admin/{page}").status_code == 403
    assert client.post("/admin/flavors/configflavor/add/", {"name": "mine"}).status_code == 403


def test_made_again_the_roles_are_what_they_should_be(owner: User) -> None:
    call_command("make_roles")
    group = Group.objects.get(name="Looks on")
    usual = set(group.permissions.values_list("codename", flat=True))
    assert {name.partition("_")[0] for name in usual} == {"view"}
    group.permissions.set([*Group.objects.get(name="Curators").permissions.all()])
    call_command("make_roles")
    assert set(group.permissions.values_list("codename", flat=True)) == usual


def test_no_page_of_the_admin_shows_a_secret(owner: User, settings: Settings) -> None:
    canaries = {name: f"canary-{uuid.uuid4().hex}-{name.lower()}" for name in SECRETS}
    for name, secret in canaries.items():
        setattr(settings, name, secret)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(owner)
    _, key = token_create(owner=owner, name="canary", scopes=["read"])
    project = a_project(owner, scenes=1, takes=1)
    a_song(owner)
    job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={"prompt": "x"}, project=project, model="google/veo-3.1")
    money.intent(job, provider="replicate", model="google/veo-3.1", request_hash="h")
    audit("thing.done", by=owner)
    flavors_sync()
    call_command("make_roles")
    seen = 0
    for page in every_page():
        answer = client.get(page)
        assert answer.status_code in {200, 403}, page
        content = answer.content.decode()
        assert [name for name, secret in {**canaries, "token": key}.items() if secret in content] == [], page
        seen += answer.status_code == 200
    assert seen > 40


def every_page() -> list[str]:
    """Name every list, form and history of the admin, with one row of each kind, and the pages of our own."""
    found = [*PAGES, "/admin/password_change/"]
    for model in admin.site._registry:
        door = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse(f"{door}_changelist"), reverse(f"{door}_add")]
        row = model._base_manager.first()
        if row is not None:
            found += [reverse(f"{door}_{kind}", args=[row.pk]) for kind in ("change", "history", "delete")]
    return found
