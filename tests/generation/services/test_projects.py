"""A project that is changed from two places at once: nothing is lost, and the feed tells the whole of it."""

import pytest

from generation.models import Event, Project
from generation.services.projects import project_update
from mvsite.accounts.models import User
from tests.support.rows import a_project


@pytest.mark.django_db
def test_what_is_told_after_a_change_holds_what_others_changed_meanwhile(owner: User) -> None:
    ours = a_project(owner)
    theirs = Project.objects.get(pk=ours.pk)
    project_update(project=theirs, number_of_scenes=7)
    told = project_update(project=ours, idea="The harbour at dawn")
    assert (told.idea, told.number_of_scenes) == ("The harbour at dawn", 7)
    last = Event.objects.filter(stream=ours.pk, kind="project.changed").latest("number")
    assert (last.data["idea"], last.data["number_of_scenes"]) == ("The harbour at dawn", 7)
