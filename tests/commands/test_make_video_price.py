"""`make_video` with keys set: it asks for the whole price before anything is bought, and goes on when it is agreed."""

import re
import shlex
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from assets.models import CharacterReference
from generation.choices import JobKind, JobState
from generation.management.agreeing import agree, first_portrait, portraits_job
from generation.management.commands import make_video
from generation.models import Job, Project
from generation.providers.prices import price_of
from generation.services.portraits import portraits_request
from generation.services.projects import project_update
from generation.services.storyboard import scene_add
from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from mvsite.common.usd import usd_at_most
from tests.providers_server.google_answers import KEY
from tests.providers_server.process import StandinProcess, standin_process
from tests.providers_server.replicate import TOKEN
from tests.support.processes import prepare, ran
from tests.support.rows import a_portrait, a_project

FILM = ("--idea", "A boat crosses a lake", "--character", "a woman in a red coat", "--scenes", "2")
KEYS = {"REPLICATE_API_TOKEN": TOKEN, "GEMINI_API_KEY": KEY}
PRICE = usd_at_most(Decimal("6.56") + price_of("gemini-3.8-flash", {}))
"""Four portraits at $0.04, two clips of 8 s at $0.40 a second, and a writing."""
TOLD = f"This costs about ${Decimal(PRICE):.2f}"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Give a data folder with tables."""
    folder = tmp_path / "data"
    folder.mkdir()
    prepare(folder)
    return folder


@pytest.fixture
def providers(tmp_path: Path) -> Iterator[StandinProcess]:
    with standin_process(tmp_path / "providers", "--seconds", "0.3", "1.0") as process:
        yield process


def count(data_dir: Path, rows: str) -> int:
    """Count rows; `rows` is a query for all of them."""
    with sqlite3.connect(data_dir / "studio.sqlite3") as database:
        return len(database.execute(rows).fetchall())


def bought(data_dir: Path) -> tuple[int, int]:
    """Count the calls to providers and the jobs."""
    return count(data_dir, "select 1 from generation_providercall"), count(data_dir, "select 1 from generation_job")


def told(said: str) -> list[str]:
    """Return the words for `make_video` that it said to go on with."""
    found = re.search(r"go on with: \./studio video (.*)", said)
    assert found is not None, said
    return shlex.split(found[1])


def test_the_price_is_asked_for_before_anything_is_bought(data_dir: Path, tmp_path: Path) -> None:
    film = tmp_path / "a film.mp4"
    words: list[str] = [*FILM, "--out", str(film)]
    for _ in range(2):  # the second time goes on with what was saved
        ended = ran(data_dir, "manage.py", "make_video", *words, **KEYS)
        assert (ended.returncode, bought(data_dir)) == (1, (0, 0)), ended.stdout
        assert f"{TOLD}. Nothing of it was bought." in ended.stderr
        again = told(ended.stderr)
        (project,) = again[1:2]
        assert again == ["--resume", project, "--out", str(film), "--confirm-usd", PRICE]
        words = [*again[:-1], "6.56"]
    assert count(data_dir, "select 1 from generation_project") == 1


def test_what_a_budget_has_no_room_for_is_not_begun(data_dir: Path) -> None:
    limits = {"MV_BUDGET_USER_USD": "6", "MV_BUDGET_MODE": "stop"}
    ended = ran(data_dir, "manage.py", "make_video", *FILM, "--confirm-usd", "10", **KEYS, **limits)
    assert (ended.returncode, bought(data_dir)) == (1, (0, 0))
    assert f"{TOLD}; a budget has less than that left." in ended.stderr


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.network_loopback
def test_the_command_that_was_told_makes_the_film(data_dir: Path, tmp_path: Path, providers: StandinProcess) -> None:
    film = tmp_path / "film.mp4"
    studio = {"MV_POLL_SECONDS": "0.4", "MV_SWEEP_SECONDS": "0.2", **providers.environment()}
    asked = ran(data_dir, "manage.py", "make_video", *FILM, "--out", str(film), **studio)
    assert (asked.returncode, providers.witness.creates()) == (1, [])
    words = told(asked.stderr)
    assert words[-1] == PRICE
    ended = ran(data_dir, "manage.py", "make_video", *words, **studio)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert film.stat().st_size > 0
    orders = {makes: len(providers.witness.creates(makes=makes)) for makes in ("image", "scenes", "clip")}
    assert orders == {"image": 4, "scenes": 1, "clip": 2}


@pytest.mark.long
@pytest.mark.timeout(300)
def test_portraits_that_were_drawn_are_not_bought_again(data_dir: Path, tmp_path: Path) -> None:
    """They came while nobody waited for them any more."""
    film = str(tmp_path / "film.mp4")
    words = ("manage.py", "make_video", *FILM[:-1], "1", "--out", film)
    assert ran(data_dir, *words).returncode == 0
    with sqlite3.connect(data_dir / "studio.sqlite3") as database:
        database.execute("update generation_project set character_reference_id = null")
        (project,) = database.execute("select id from generation_project").fetchone()
    ended = ran(data_dir, "manage.py", "make_video", "--resume", project, "--out", film)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert count(data_dir, "select 1 from generation_job where kind = 'portraits' and parent_id is null") == 1
    assert count(data_dir, "select 1 from generation_project where character_reference_id is null") == 0


@pytest.fixture
def project(owner: User, settings: Settings) -> Project:
    """Give a project of one scene: its clip of 8 s costs $3.20, its portraits $0.16."""
    settings.REPLICATE_API_TOKEN = TOKEN
    settings.MV_CONFIRM_ABOVE_USD = 1
    return a_project(owner, scenes=1, character_description="a girl")


def portraits(project: Project, whom: str) -> Job:
    """Have somebody drawn for a project."""
    return portraits_request(owner=project.owner, project=project, character_description=whom)


def drawn(job: Job) -> CharacterReference:
    """End a job of portraits with one picture."""
    picture = a_portrait(job.owner, description=job.params["character_description"])
    made = {"result": {"images": [{"id": str(picture.pk)}]}, "finished_at": timezone.now()}
    Job.objects.filter(pk=job.pk).update(state=JobState.SUCCEEDED, **made)
    return picture


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"character_description": "an old sailor"}, {"config_flavor": "mv1"}], ids=str)
def test_portraits_of_somebody_else_are_not_chosen_and_new_ones_are_in_the_price(
    project: Project, other: dict[str, str]
) -> None:
    girl = drawn(portraits(project, "a girl"))
    found = portraits_job(project)
    assert found is not None
    assert first_portrait(found) == girl
    agree(project, Decimal("3.20"))
    project_update(project=project, **other)
    assert portraits_job(project) is None
    with pytest.raises(UserError) as caught:
        agree(project, Decimal("3.20"))
    assert caught.value.extra == {"estimated_cost_usd": "3.3600"}
    mine = portraits(project, project.character_description)
    drawn(portraits(project, "somebody else"))
    assert portraits_job(project) == mine
    agree(project, Decimal("3.20"))


@pytest.fixture
def grows(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command order without workers; while its portraits are drawn the film gets a second scene."""

    def follow(job: Job, *, stopped: threading.Event, **_: Any) -> Job:
        if job.kind == JobKind.RUN:
            stopped.set()
        else:
            drawn(job)
            scene_add(project=project, description="One more")
        job.refresh_from_db()
        return job

    monkeypatch.setattr(make_video, "follow", follow)
    monkeypatch.setattr(make_video.Command, "_workers", lambda _: nullcontext())
    monkeypatch.setattr(signal, "signal", lambda *_: None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("above", "confirmed"), [("1", ["--confirm-usd", "6.50"]), ("6.50", [])], ids=["told", "cheap"]
)
def test_a_film_that_grows_is_asked_back_when_it_passes_what_was_agreed_with_its_portraits(
    project: Project, grows: None, settings: Settings, above: str, confirmed: list[str]
) -> None:
    settings.MV_CONFIRM_ABOVE_USD = Decimal(above)
    with pytest.raises(CommandError, match=r"about \$6.40\. Nothing of it was bought.* --confirm-usd 6.4000$"):
        call_command("make_video", "--resume", str(project.pk), *confirmed)
    assert [job.kind for job in Job.objects.filter(parent=None)] == [JobKind.PORTRAITS]


@pytest.mark.django_db
def test_what_is_left_of_what_was_confirmed_goes_to_the_run(
    project: Project, grows: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call_command("make_video", "--resume", str(project.pk), "--confirm-usd", "6.60")
    run = Job.objects.get(kind=JobKind.RUN)
    assert [Decimal(run.params[name]) for name in ("most_usd", "confirm_cost_usd")] == [
        Decimal("6.40"),
        Decimal("6.44"),
    ]
    assert told(capsys.readouterr().out)[-2:] == ["--confirm-usd", "6.44"]
