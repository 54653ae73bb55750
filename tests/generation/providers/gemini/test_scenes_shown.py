"""Scenes appear while Gemini still writes: in the feed when they are whole, replaced when they are asked for again."""

import random
import threading
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from generation.choices import JobKind, JobState
from generation.models import Event, Job, Project, Scene
from generation.ports import SceneDraft, SceneRequest
from generation.providers.gemini.answers import Arriving, scenes_in
from generation.providers.gemini.scenes import GeminiScenes
from generation.selectors import scenes_of
from generation.services.projects import project_create
from generation.services.runs import run_request
from generation.services.writing import scene_regenerate, scenes_request
from mvsite.accounts.models import User
from tests.providers_server.answers import Answer
from tests.providers_server.google import Google
from tests.providers_server.google_answers import scenes_json, written
from tests.support.engine import drive, work_off
from tests.support.quick_clips import QuickClips

REQUEST = SceneRequest("You direct.", "A lake", "a woman", count=3, seconds_each=8.0, seed=5)
PATIENCE = 10.0


def a_scene_a_piece(count: int) -> Answer:
    """Stream an answer in which each piece but the last ends with a scene."""
    *most, last = scenes_json(count).split("}, ")
    pieces = [*(part + "}, " for part in most), last]
    answer = written("x" * len(pieces), parts=len(pieces))
    for chunk, piece in zip(answer.body, pieces, strict=True):
        chunk["candidates"][0]["content"]["parts"][0]["text"] = piece
    return answer


@dataclass
class Gate:
    """Holds back each next piece until the scenes of those before were seen."""

    shown: list[SceneDraft] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    opened: threading.Condition = field(default_factory=threading.Condition)

    def show(self, new: Any) -> None:
        with self.opened:
            self.shown += new
            self.opened.notify_all()

    def before(self, number: int) -> None:
        with self.opened:
            if not self.opened.wait_for(lambda: len(self.shown) >= number, PATIENCE):
                self.late.append(number)


def test_each_scene_is_shown_before_the_next_piece_is_even_sent(google: Google) -> None:
    gate, answer = Gate(), a_scene_a_piece(3)
    answer.before = gate.before
    google.faults["generate"].append(answer)
    whole = GeminiScenes().write(REQUEST, lambda _: None, gate.show)
    assert gate.late == []
    assert tuple(gate.shown) == whole.scenes


def test_whole_scenes_are_found_however_the_text_is_cut() -> None:
    text = scenes_json(60).replace("A woman", r"A \"woman\" with {a [brace} and a \\\\")
    wanted = scenes_in(text, 60)
    dice = random.Random(7)
    for most in (1, 2, 7, 5000):
        arriving, found, at = Arriving(60), [], 0
        while at < len(text):
            step = dice.randint(1, most)
            found += arriving.take_in(text[at : at + step])
            at += step
        assert tuple(found) == wanted


def test_nothing_is_guessed_behind_a_scene_that_cannot_be_read() -> None:
    broken = scenes_json(5).replace('"medium"', '"drone"', 1)
    assert len(Arriving(5).take_in(broken)) == 1
    assert len(Arriving(3).take_in(scenes_json(5))) == 3
    assert Arriving(5).take_in(scenes_json(5)[:-40].split("}")[0]) == []
    assert Arriving(3).take_in("]]}} I cannot do that [[[") == []


def a_project(owner: User) -> Project:
    return project_create(
        owner=owner, idea="A boat crosses a lake", character_description="a woman in red", number_of_scenes=3
    )


def start(project: Project) -> Job:
    return scenes_request(
        owner=project.owner,
        idea=project.idea,
        character_description=project.character_description,
        project=project,
        number_of_scenes=3,
    )


def drafted(project: Project) -> list[dict[str, Any]]:
    return [event.data for event in Event.objects.filter(stream=project.pk, kind="scenes.drafted").order_by("number")]


def told(data: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(each["attempt"], scene["index"]) for each in data for scene in each["scenes"]]


@pytest.mark.django_db(transaction=True)
def test_the_feed_has_each_scene_while_the_rest_is_being_written(owner: User, google: Google, api: APIClient) -> None:
    project = a_project(owner)
    job = start(project)
    heard: list[tuple[list[int], int]] = []

    def look(number: int) -> None:
        until = monotonic() + PATIENCE
        seen: list[int] = []
        while len(seen) < number and monotonic() < until:
            feed = api.get(f"/api/mv/projects/{project.pk}/events?after=0").json()["events"]
            new = [each["data"]["scenes"] for each in feed if each["kind"] == "scenes.drafted"]
            seen = [scene["index"] for scenes in new for scene in scenes]
            sleep(0.02)
        heard.append((seen, Scene.objects.count()))
        connection.close()

    answer = a_scene_a_piece(3)
    answer.before = look
    google.faults["generate"].append(answer)
    assert drive(job).state == JobState.SUCCEEDED
    assert heard == [([], 0), ([0], 0), ([0, 1], 0)]
    own = api.get(f"/api/mv/jobs/{job.pk}/events?after=0").json()["events"]
    assert [each["data"] for each in own if each["kind"] == "scenes.drafted"] == drafted(project)
    kept = [(scene.index, scene.current.description) for scene in scenes_of(project) if scene.current]
    assert kept == [(scene["index"], scene["description"]) for each in drafted(project) for scene in each["scenes"]]


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["line", "tokens", "rules"])
def test_a_second_asking_replaces_the_drafts_and_doubles_nothing(owner: User, google: Google, how: str) -> None:
    project = a_project(owner)
    job = start(project)
    text = scenes_json(3).replace("lake", "FIRST")
    first = {
        "line": Answer(body=written(text, parts=8).body, cut=True),
        "tokens": written(text[: len(text) // 2], finish="MAX_TOKENS"),
        "rules": written(text.replace("close-up", "wide")),
    }[how]
    google.faults["generate"].append(first)
    assert drive(job).state == JobState.SUCCEEDED
    found = drafted(project)
    before, after = ([each for each in found if each["attempt"] == attempt] for attempt in (1, 2))
    assert before + after == found
    assert before[0]["scenes"][0]["index"] == 0
    assert "FIRST" in before[0]["scenes"][0]["description"]
    assert told(after) == [(2, 0), (2, 1), (2, 2)]
    assert {(each["job_id"], each["generation_id"], each["scene_id"]) for each in found} == {
        (str(job.pk), job.params["generation_id"], None)
    }
    kept = [scene.current.description for scene in scenes_of(project) if scene.current]
    assert kept == [scene["description"] for each in after for scene in each["scenes"]]
    assert not any("FIRST" in text for text in kept)
    assert all(scene.versions.count() == 1 for scene in scenes_of(project))


@pytest.mark.django_db
def test_one_scene_written_anew_is_told_at_its_place(owner: User, google: Google) -> None:
    project = a_project(owner)
    drive(start(project))
    second = scenes_of(project)[1]
    job = scene_regenerate(scene=second)
    assert drive(job).state == JobState.SUCCEEDED
    new = [each for each in drafted(project) if each["job_id"] == str(job.pk)]
    assert (told(new), new[0]["scene_id"]) == ([(1, 1)], str(second.pk))


@pytest.mark.django_db(transaction=True)
def test_the_sample_writer_shows_its_scenes_one_by_one_and_a_run_tells_its_project(
    owner: User, quick_clips: QuickClips
) -> None:
    project = a_project(owner)
    run_request(project=project)
    work_off(until=project.scenes.exists)
    child = Job.objects.get(project=project, kind=JobKind.SCENES)
    assert [each["scenes"][0]["index"] for each in drafted(project)] == [0, 1, 2]
    assert {(each["job_id"], len(each["scenes"])) for each in drafted(project)} == {(str(child.pk), 1)}
    numbers = {event.kind: event.number for event in Event.objects.filter(stream=project.pk).order_by("-number")}
    assert numbers["scenes.drafted"] < numbers["scene.changed"]
