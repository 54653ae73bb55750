"""Ratings in the admin's contact sheet, and how long work takes on the page of costs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.forms import Select
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertHTMLEqual

from assets.models import Rating, Video
from generation.admin.videos import StarsSelect
from generation.choices import JobKind, JobState
from generation.models import Job
from mvsite.accounts.models import User
from tests.support.admin import COSTS, VIDEOS, failed, sheet
from tests.support.rows import a_job, a_video

pytestmark = pytest.mark.django_db


def test_videos_are_rated_in_the_sheet_filtered_and_ordered_and_the_log_tells(staff: Client, owner: User) -> None:
    storm, calm = a_video(owner, title="Storm"), a_video(owner, title="Calm")
    page = staff.get(VIDEOS).content.decode()
    assert sorted(re.findall(r'<select[^>]* aria-label="([^"]*)"', page)) == ["rating of Calm", "rating of Storm"]
    assert (
        'aria-label="rating' not in staff.get(f"{VIDEOS}{calm.pk}/change/").content.decode()
    )  # its label stands there
    sheet(4, storm, client=staff)
    storm.refresh_from_db()
    calm.refresh_from_db()
    assert (storm.rating, calm.rating) == (4, 0)
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.get_change_message()) == (str(storm.pk), "Changed Rating.")
    found = staff.get(f"{VIDEOS}?rating__exact=4").content.decode()
    assert ("Storm" in found, "Calm" in found) == (True, False)
    column = 1 + list(admin.site.get_model_admin(Video).get_list_display(None)).index("rating")  # type: ignore[arg-type]  # it looks at no request
    ordered = staff.get(f"{VIDEOS}?o=-{column}").content.decode()
    assert ordered.index("Storm") < ordered.index("Calm")
    assert staff.post(f"{VIDEOS}{calm.pk}/change/", {"title": "Calm", "tags": "[]", "rating": "2"}).status_code == 302
    calm.refresh_from_db()
    assert calm.rating == 2


@pytest.mark.parametrize("value", [0, 3, "3", None])
def test_the_stars_are_written_as_django_writes_a_choice(value: object) -> None:
    here, attrs = {"aria-label": 'a "rating" & more'}, {"id": "id_form-0-rating"}
    ours, django = (kind(attrs=here, choices=Rating.choices) for kind in (StarsSelect, Select))
    assertHTMLEqual(ours.render("form-0-rating", value, attrs), django.render("form-0-rating", value, attrs))


def test_the_sheet_writes_only_what_was_changed_since_it_was_opened(staff: Client, owner: User) -> None:
    storm = a_video(owner, title="Storm")
    assert 'name="initial-form-0-rating" value="0"' in staff.get(VIDEOS).content.decode()
    Video.objects.update(rating=5)  # by somebody else, while the sheet stands open
    sheet(0, storm, client=staff)
    storm.refresh_from_db()
    assert storm.rating == 5


def test_rating_in_the_sheet_writes_nothing_else(staff: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    video = a_video(owner)
    save = Video.save

    def saved(self: Video, **words: Any) -> None:
        Video.objects.filter(pk=self.pk).update(trashed_at=timezone.now())  # by somebody else, in between
        save(self, **words)

    monkeypatch.setattr(Video, "save", saved)
    sheet(3, video, client=staff)
    video.refresh_from_db()
    assert (video.rating, video.trashed_at is not None) == (3, True)


def test_costs_tell_how_long_each_kind_takes_at_each_provider(staff: Client, owner: User) -> None:
    now = timezone.now()
    for number in range(1, 102):
        job = a_job(owner, provider="replicate")
        words = {"started_at": now - timedelta(seconds=number), "finished_at": now, "state": JobState.SUCCEEDED}
        Job.objects.filter(pk=job.pk).update(queued_at=now - timedelta(hours=1), **words)
    old = a_job(owner, provider="gemini")
    Job.objects.filter(pk=old.pk).update(state=JobState.SUCCEEDED, finished_at=now - timedelta(days=40))
    failed(owner, provider="gemini")
    page = staff.get(COSTS).content.decode()
    assert f"<tr><td>{JobKind.CLIP.label}</td><td>replicate</td><td>51.0 s</td><td>96.0 s</td><td>101</td></tr>" in page
    assert "<td>gemini</td>" not in page
    assert "<td>gemini</td>" in staff.get(f"{COSTS}?days=90").content.decode()
