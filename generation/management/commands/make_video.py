"""Makes one music video from beginning to end, without a browser: portraits, scenes, clips, the finished film."""

import os
import shlex
import signal
import sys
import threading
import uuid
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assets import storage
from assets.media.song import demo_song
from assets.models import Audio, AudioSource, Video
from assets.services.audio import audio_create_from_file, audio_upload
from generation.choices import JobState
from generation.management.agreeing import agree, bought_with, first_portrait, needs_portrait, portraits_job
from generation.management.bars import Bars
from generation.management.following import failures, follow, portraits_state, run_state
from generation.management.owners import owner_named
from generation.models import Job, Project
from generation.selectors import project_cost
from generation.services.portraits import portraits_request
from generation.services.projects import project_create, project_update
from generation.services.runs import run_request
from mvsite import env
from mvsite.accounts.models import User
from mvsite.common.errors import StudioError, UserError
from mvsite.supervisor import Supervisor, SupervisorError
from mvsite.supervisor.lock import AlreadyRunningError, take_lock
from mvsite.supervisor.services import workers
from mvsite.supervisor.tended import Place

DONE, FAILED, PARTLY = 0, 1, 2
DEMO_IDEA = "A lighthouse keeper plays the cello for the storm until the sea answers"
DEMO_CHARACTER = "an old lighthouse keeper with a white beard, a yellow raincoat and a blue knitted cap"
DEMO_SCENES = 5
SECONDS_A_SCENE = 8


class Command(BaseCommand):
    help = "Make a music video: idea, character and song in, finished video out. Exit code 0 done, 1 failed, 2 partly."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--idea", help="what the video is about")
        parser.add_argument("--character", help="who is in it: face, hair, clothes, one mark")
        parser.add_argument("--song", type=Path, help="the song, as a file")
        parser.add_argument("--scenes", type=int, help="number of scenes, 1 to 60 (default: the flavor's)")
        parser.add_argument("--flavor", default="", help="a flavor's name (default: default)")
        parser.add_argument("--seed", type=int, help="the same seed makes the same video")
        parser.add_argument("--out", type=Path, default=Path("video.mp4"), help="where the finished video goes")
        parser.add_argument("--owner", metavar="NAME", help="whose it is, by user name (needed with MV_AUTH=required)")
        parser.add_argument("--resume", metavar="PROJECT", help="go on with a project that was stopped")
        parser.add_argument(
            "--confirm-usd",
            metavar="USD",
            type=_amount,
            help="what it may cost with keys set; a dearer film is not begun and tells its price",
        )

    began = False
    whose: tuple[str, ...] = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """Run; words that make no sense end with 1, because argparse's own 2 means partly done here."""
        try:
            super().run_from_argv(argv)
        except SystemExit as end:
            if end.code == PARTLY and not self.began:
                sys.exit(FAILED)
            raise

    def handle(self, *_: Any, **options: Any) -> None:
        self.began = True
        self.stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop.set())
        out: Path = options["out"].expanduser().resolve()
        if not out.parent.is_dir():
            raise CommandError(f"There is no folder {out.parent}.")
        confirmed: Decimal | None = options["confirm_usd"]
        self.whose = ("--owner", options["owner"]) if options["owner"] else ()
        try:
            project = self._project(options)
            try:
                agree(project, confirmed)
                with self._workers():
                    code = self._make(project, out, confirmed)
            except UserError as error:
                if error.code != "user:cost:confirm":
                    raise
                again = self._again(project, out, "--confirm-usd", error.extra["estimated_cost_usd"])
                say = f"{error.detail} Nothing of it was bought. To pay up to that much, go on with: {again}"
                raise CommandError(say) from None
        except StudioError as error:
            raise CommandError(f"{error.detail} {error.text.next_step}") from None
        if code:
            sys.exit(code)

    def _project(self, options: dict[str, Any]) -> Project:
        owner = owner_named(options["owner"])
        if options["resume"]:
            found = Project.objects.for_user(owner, edit=True).kept().filter(pk=_uuid(options["resume"])).first()
            if found is None:
                raise CommandError(f"There is no project {options['resume']}.")
            return found
        demo = not (options["idea"] or options["character"] or options["song"])
        if not demo and not (options["idea"] and options["character"]):
            raise CommandError("Give --idea and --character (or nothing at all for the demonstration).")
        count = options["scenes"] or (DEMO_SCENES if demo else None)
        if count is not None and not 1 <= count <= 60:
            raise CommandError("--scenes takes 1 to 60.")
        song = self._demo_song(owner, count or DEMO_SCENES) if demo else self._song(owner, options["song"])
        return project_create(
            owner=owner,
            idea=options["idea"] or DEMO_IDEA,
            character_description=options["character"] or DEMO_CHARACTER,
            audio=song,
            config_flavor=options["flavor"],
            number_of_scenes=count,
            seed=options["seed"],
        )

    def _song(self, owner: User, path: Path | None) -> Audio | None:
        if path is None:
            return None
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        return audio_upload(owner=owner, path=path, name=path.name)

    def _demo_song(self, owner: User, scenes: int) -> Audio:
        with storage.temp_dir() as folder:
            path = folder / "demo-song.wav"
            demo_song(path, seconds=scenes * SECONDS_A_SCENE)
            return audio_create_from_file(
                id=uuid.uuid4(), owner=owner, path=path, source=AudioSource.SYNTH, title="Demo song"
            )

    @contextmanager
    def _workers(self) -> Iterator[None]:
        """Run workers of our own while the block runs; a studio that runs already has some."""
        place = Place(
            data_dir=settings.MV_DATA_DIR,
            cwd=env.BASE_DIR,
            env=env.for_child(MV_DATA_DIR=str(settings.MV_DATA_DIR), CELERY_SKIP_CHECKS="1"),
            host_name="127.0.0.1",
        )
        try:
            lock = take_lock(settings.MV_DATA_DIR, told="make_video")
        except AlreadyRunningError:
            self._say("A studio is running here; its workers do the work.")
            yield
            return
        crew = Supervisor(workers(settings.MV_RENDER_WORKERS), place, tell=self._say)
        over = threading.Event()
        tending = threading.Thread(target=self._tend, args=(crew, over), name="supervisor")
        crew.start()
        tending.start()
        try:
            yield
        finally:
            over.set()
            tending.join()
            crew.stop()
            os.close(lock)

    def _tend(self, crew: Supervisor, over: threading.Event) -> None:
        try:
            crew.run(until=over.is_set)
        except SupervisorError as error:
            self._say(str(error))
            self.stop.set()

    def _make(self, project: Project, out: Path, confirmed: Decimal | None) -> int:
        self._say(f"Project {project.pk}: {project.idea}")
        bars = Bars(sys.stdout)
        bought = self._choose_portrait(project, bars, confirmed) if needs_portrait(project) else Decimal(0)
        if confirmed is not None:
            confirmed = max(confirmed - bought, Decimal(0))
        job = None
        if not (self.stop.is_set() or needs_portrait(project)):
            if bought:
                agree(project, confirmed, bought=bought)  # the film may have grown meanwhile
            job = run_request(project=project, confirm_cost_usd=confirmed)
            job = follow(job, stopped=self.stop, look=run_state(project), bars=bars)
        if job is None or not job.is_final:
            agreed = () if confirmed is None else ("--confirm-usd", f"{confirmed.normalize():f}")
            self._say(f"Stopped. Nothing is lost; go on with: {self._again(project, out, *agreed)}")
            return FAILED
        return self._deliver(project, job, out)

    def _choose_portrait(self, project: Project, bars: Bars, confirmed: Decimal | None) -> Decimal:
        """Have four portraits drawn, unless they were already, and take the first that came out; gives their cost."""
        there = portraits_job(project)
        job = there or portraits_request(
            owner=project.owner,
            character_description=project.character_description,
            project=project,
            confirm_cost_usd=confirmed,
        )
        job = follow(job, stopped=self.stop, look=portraits_state, bars=bars)
        chosen = first_portrait(job)
        if chosen is not None:
            project_update(project=project, character_reference=chosen)
        elif job.is_final and job.error:
            raise CommandError(f"No portrait: {job.error['detail']} {job.error['next_step']}")
        return Decimal(0) if there else bought_with(job)

    def _deliver(self, project: Project, job: Job, out: Path) -> int:
        project.refresh_from_db()
        for line in failures(project):
            self._say(line)
        if job.state != JobState.SUCCEEDED or project.final_video is None:
            why = job.error["detail"] if job.error else "It was canceled."
            self._say(f"No video: {why} Try again with: {self._again(project, out)}")
            return FAILED
        _copy(project.final_video, out)
        seconds = project.final_video.duration_ms / 1000
        self._say(f"{out}  {seconds:.1f} s, cost ${project_cost(project):.2f}")
        return PARTLY if failures(project) else DONE

    def _again(self, project: Project, out: Path, *more: str) -> str:
        return shlex.join(["./studio", "video", "--resume", str(project.pk), "--out", str(out), *self.whose, *more])

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (amount.is_finite() and amount >= 0):
        raise ArgumentTypeError(f"{text} is no amount in USD, such as 19.50")
    return amount


def _copy(video: Video, out: Path) -> None:
    draft = out.with_name(f".{out.name}.part")
    with storage.open_file(video.key) as source, draft.open("wb") as target:
        while chunk := source.read(storage.CHUNK):
            target.write(chunk)
    draft.replace(out)


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise CommandError(f"{text} is not a project's id.") from None
