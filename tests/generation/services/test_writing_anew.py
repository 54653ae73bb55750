"""A writing whose rows could not be kept is written anew, by an answer in other words."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError

from generation import jobs
from generation.choices import JobState
from generation.models import SceneGeneration
from generation.pipelines import scenes
from generation.providers.sample.scenes import SampleScenes
from generation.services.writing import scenes_request
from mvsite.accounts.models import User
from tests.support.engine import drive

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_writing_whose_rows_could_not_be_kept_is_done_again_in_other_words(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = scenes_request(owner=owner, idea="A boat at dusk", character_description="a woman", number_of_scenes=2)

    def full(*_: Any) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(scenes, "_keep", full)
        assert drive(job).state == JobState.FAILED
    write = SampleScenes.write

    def other(self: SampleScenes, request: Any, *rest: Any) -> Any:
        return write(self, replace(request, idea="A storm at night"), *rest)

    monkeypatch.setattr(SampleScenes, "write", other)
    job = drive(jobs.retry(job))
    assert job.state == JobState.SUCCEEDED, job.error
    generation = SceneGeneration.objects.get(pk=job.params["generation_id"])
    assert str(generation.pk) in generation.json_key
