"""The admin for people who curate: contact sheet, a job's story, starting again, what is stuck, what it cost."""

import csv
import io
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from assets.models import Video
from generation import jobs, money
from generation.choices import JobKind, JobState
from generation.models import Job, Project, ProviderCall
from generation.money.holds import today
from mvsite.accounts.models import User
from tests.support.admin import COSTS, JOBS, PROJECTS, STUCK, VIDEOS, act, failed, sheet, signed_in
from tests.support.clock import noon
from tests.support.rows import a_job, a_project, a_song, a_video, stranger

__all__ = ["noon"]
pytestmark = pytest.mark.django_db


def test_contact_sheet_shows_stills_that_play_and_loads_no_film(staff: Client) -> None:
    other = stranger()
    video = a_video(other, title="Storm", poster_key="mv/jobs/x/poster.jpg", metadata={"prompt": "a lighthouse"})
    page = staff.get(VIDEOS).content.decode()
    assert f"/media/video/{video.pk}?" in page
    assert f"/media/poster/{video.pk}?" in page
    assert page.count('preload="none"') == 1
    assert "lighthouse" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=lightho", True),
        ("q=LIGHTHOUSE+night", True),
        ("q=lighthouse+desert", False),
        ("q=ghost_veo", True),
        ("q=%22%27%29%3B--", True),
        ("q=%00", True),
        ("q=%25", True),
        ("kind__exact=clip&favourite__exact=0", True),
        ("kind__exact=stitched", False),
        ("owner_name=local", True),
        ("owner_name=nobody", False),
        ("cost=5", True),
        ("cost=more", False),
        ("trashed_at__isempty=0", False),
    ],
)
def test_videos_are_found(staff: Client, owner: User, query: str, *, found: bool) -> None:
    job = a_job(owner)
    Job.objects.update(cost_usd=Decimal("3.20"))
    told = {"prompt": "A lighthouse at night", "model_used": "ghost/veo", "parameters_used": {"mood": "ghost_veo"}}
    a_video(owner, id=uuid.UUID(job.reserved["video_id"]), title="First light", metadata=told)
    page = staff.get(f"{VIDEOS}?{query}")
    assert page.status_code == 200
    assert ("First light" in page.content.decode()) is found


def test_what_is_older_than_a_page_is_found_by_its_words(staff: Client, owner: User) -> None:
    a_project(owner, title="First light", idea="A lighthouse at night")
    for number in range(60):
        a_project(owner, title=f"Another {number}", idea="A desert")
    page = staff.get(f"{PROJECTS}?q=lighthouse").content.decode()
    assert "First light" in page
    assert "Another" not in page
    assert "First light" not in staff.get(f"{PROJECTS}?q=desert&p=2").content.decode()


def test_video_is_found_by_its_id_and_leads_to_its_job(staff: Client, owner: User) -> None:
    job = a_job(owner)
    video = a_video(owner, id=uuid.UUID(job.reserved["video_id"]), title="First light")
    a_video(owner, title="Another")
    page = staff.get(f"{VIDEOS}?q={video.pk}").content.decode()
    assert "First light" in page
    assert "Another" not in page
    detail = staff.get(f"{VIDEOS}{video.pk}/change/").content.decode()
    assert f"{JOBS}{job.pk}/change/" in detail


def test_videos_are_marked_trashed_and_taken_back_and_the_log_tells(staff: Client, owner: User) -> None:
    video = a_video(owner)
    for action, holds in (
        ("favour", {"favourite": True}),
        ("unfavour", {"favourite": False}),
        ("trash", {"trashed_at__isnull": False}),
        ("restore", {"trashed_at__isnull": True}),
    ):
        act(staff, VIDEOS, action, video)
        assert Video.objects.filter(pk=video.pk, **holds).exists(), action
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
        "favourite",
        "unfavourite",
        "trash",
        "restore",
    ]


def test_table_of_videos_holds_no_formula(staff: Client, owner: User) -> None:
    video = a_video(owner, title="=1+1", metadata={"prompt": "@cmd", "cost_usd": "1.20"})
    answer = act(staff, VIDEOS, "as_table", video)
    header, row = list(csv.reader(io.StringIO(answer.getvalue().decode())))
    told = dict(zip(header, row, strict=True))
    assert (told["title"], told["prompt"], told["cost_usd"]) == ("'=1+1", "'@cmd", "1.20")


def test_job_tells_its_story(staff: Client, owner: User) -> None:
    job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={"prompt": "a storm"}, estimated_cost_usd=Decimal(2))
    call = money.intent(job, provider="replicate", model="google/veo-3.1", request_hash="h")
    ProviderCall.objects.filter(pk=call.pk).update(provider_id="pred-1")
    money.settle(job, call, cost=Decimal("1.5"))
    page = staff.get(f"{JOBS}{job.pk}/change/").content.decode()
    for words in ("job.queued", "pred-1", "google/veo-3.1", "$1.50", "a storm"):
        assert words in page, words


def test_starting_again_asks_first_and_tells_the_price(staff: Client, owner: User) -> None:
    job, running = failed(owner, estimated_cost_usd=Decimal("1.6")), a_job(owner)
    page = act(staff, JOBS, "retry", job, running)
    told = page.content.decode()
    assert "up to <strong>$1.60</strong>" in told
    assert "1 of the chosen cannot be started again" in told
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    act(staff, JOBS, "retry", job, confirmed="yes", reason="provider was down")
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert LogEntry.objects.get().change_message == "started again: provider was down"


def test_stopping_says_which_could_not_be_stopped(staff: Client, owner: User) -> None:
    job, ended = a_job(owner), failed(owner)
    answer = staff.post(JOBS, {"action": "cancel", "_selected_action": [str(job.pk), str(ended.pk)]}, follow=True)
    job.refresh_from_db()
    assert job.state == JobState.CANCELED
    assert "has ended already" in answer.content.decode()


def test_stuck_work_is_named_and_rung_again(staff: Client, owner: User) -> None:
    late = a_job(owner)
    fresh = a_job(owner)
    Job.objects.filter(pk=late.pk).update(next_at=timezone.now() - timedelta(minutes=5), sent_at=None)
    page = staff.get(STUCK).content.decode()
    assert str(late.pk) in page
    assert str(fresh.pk) not in page
    assert staff.post(STUCK, {"job": [str(late.pk)]}).status_code == 302
    late.refresh_from_db()
    assert late.sent_at is not None
    assert str(late.pk) not in staff.get(STUCK).content.decode()


def test_job_that_waits_for_a_person_is_named(staff: Client, owner: User) -> None:
    job = a_job(owner)
    Job.objects.filter(pk=job.pk).update(state=JobState.NEEDS_REVIEW)
    assert f"{JOBS}{job.pk}/change/" in staff.get(STUCK).content.decode()


@pytest.mark.usefixtures("noon")
def test_costs_add_up_by_day_provider_person_and_project(staff: Client, owner: User) -> None:
    project = a_project(owner, title="Harbour")
    for cost in ("1.5", "0.25"):
        job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={}, project=project, estimated_cost_usd=Decimal(2))
        call = money.intent(job, provider="replicate", model="google/veo-3.1", request_hash="h")
        money.settle(job, call, cost=Decimal(cost))
    page = staff.get(COSTS).content.decode()
    assert "<strong>$1.75</strong> in 2 orders" in page
    for words in ("Harbour", "local", "replicate google/veo-3.1"):
        assert words in page
    bar = f'<rect x="696.00" y="0.00" width="19.20" height="120.00"><title>{today().isoformat()}: $1.75</title>'
    assert page.count("<title>") == 2  # the page's own, and that of the one day that cost something
    assert bar in page
    assert staff.get(f"{COSTS}?days=365").status_code == 200
    assert staff.get(f"{COSTS}?days=-1").status_code == 200


@pytest.mark.parametrize("place", [JOBS, VIDEOS, PROJECTS, STUCK, COSTS, "/admin/generation/providercall/"])
def test_staff_without_rights_sees_nothing_and_a_looker_only_looks(place: str, looker: Client, owner: User) -> None:
    nobody = signed_in(User.objects.create(username="nobody", is_staff=True))
    assert nobody.get(place).status_code == 403
    assert looker.get(place).status_code == 200
    assert signed_in(stranger()).get(place).status_code == 302


def test_looker_can_neither_stop_start_trash_nor_ring(looker: Client, owner: User) -> None:
    job, ended, video, project = a_job(owner), failed(owner), a_video(owner), a_project(owner)
    act(looker, JOBS, "cancel", job)
    act(looker, JOBS, "retry", ended, confirmed="yes")
    act(looker, VIDEOS, "trash", video)
    sheet(5, video, client=looker)
    act(looker, PROJECTS, "trash", project)
    assert looker.post(STUCK, {"job": [str(job.pk)]}).status_code == 403
    assert looker.post(f"{VIDEOS}{video.pk}/change/", {"title": "x"}).status_code == 403
    job.refresh_from_db()
    ended.refresh_from_db()
    assert (job.state, ended.state) == (JobState.QUEUED, JobState.FAILED)
    assert not Video.objects.trashed().exists()
    assert not Video.objects.filter(rating__gt=0).exists()
    assert not Project.objects.trashed().exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("name", ["generation/job", "assets/video", "generation/project"])
def test_rows_are_neither_added_nor_deleted(staff: Client, owner: User, name: str) -> None:
    row = {"generation/job": a_job, "assets/video": a_video, "generation/project": a_project}[name](owner)
    assert staff.get(f"/admin/{name}/add/").status_code == 403
    assert staff.post(f"/admin/{name}/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_job_row_cannot_be_changed_by_anybody(staff: Client, owner: User) -> None:
    job = a_job(owner)
    assert staff.post(f"{JOBS}{job.pk}/change/", {"state": "succeeded"}).status_code == 403


def test_project_is_named_and_thrown_away(staff: Client, owner: User) -> None:
    project = a_project(owner, title="Harbour")
    form = {"title": "Docks", "tags": "[]", "idea": "changed"}
    assert staff.post(f"{PROJECTS}{project.pk}/change/", form).status_code == 302
    act(staff, PROJECTS, "trash", project)
    project.refresh_from_db()
    assert (project.title, project.idea, project.trashed_at is not None) == ("Docks", "A storm", True)
    act(staff, PROJECTS, "restore", project)
    assert Project.objects.kept().exists()


@pytest.mark.parametrize("place", [JOBS, VIDEOS, PROJECTS, STUCK, COSTS, "/admin/assets/audio/"])
def test_number_of_queries_does_not_grow(
    staff: Client, owner: User, place: str, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(2):
        for _ in range(6):
            project = a_project(owner, scenes=1, takes=1)
            a_job(owner, project=project)
            a_song(owner)
        with CaptureQueriesContext(connection) as asked:
            assert staff.get(place).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1], counts


def test_what_would_be_sent_for_a_project_is_shown_with_its_words(staff: Client) -> None:
    project = a_project(stranger(), scenes=2)
    Project.objects.update(idea="A raft of <books>", character_description="A man with a lantern")

    page = staff.get(f"{PROJECTS}sent/?project={project.pk}").content.decode()

    assert "A raft of &lt;books&gt;" in page
    assert "A man with a lantern" in page
    assert "The clip of scene 2" in page
    assert f"{PROJECTS}sent/?project={project.pk}" in staff.get(f"{PROJECTS}{project.pk}/change/").content.decode()


@pytest.mark.parametrize("query", ["project=nonsense", f"project={uuid.UUID(int=7)}"])
def test_what_would_be_sent_says_when_there_is_no_such_project(staff: Client, query: str) -> None:
    assert "There is no such project" in staff.get(f"{PROJECTS}sent/?{query}").content.decode()


def test_the_id_of_a_request_finds_all_that_was_done_for_it(staff: Client, owner: User) -> None:
    with bound_contextvars(request_id="the-request-of-a-person"):
        job = a_job(owner)
    other = a_job(owner)
    page = staff.get(f"{JOBS}?q=the-request-of-a-person").content.decode()
    assert f"{JOBS}{job.pk}/change/" in page
    assert f"{JOBS}{other.pk}/change/" not in page
    assert "the-request-of-a-person" in staff.get(f"{JOBS}{job.pk}/change/").content.decode()
    assert staff.get(f"{JOBS}?q=the-request%00-of").status_code == 200
