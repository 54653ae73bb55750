"""The fault matrix: one order with one fault each, done to its end, and what must be true of it afterwards.

A line of a table: who orders what, the fault (words of the stand-in, joined by +), how the job ends, its code, how
often the provider was asked, how many orders it took, and whether the studio pays.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assets.services.audio import audio_upload
from assets.services.characters import character_create_from_file
from assets.services.videos import video_upload
from generation import jobs
from generation.choices import JobKind
from generation.models import Job
from generation.services.clips import clip_request
from generation.services.lipsync import lipsync_request
from generation.services.portraits import portraits_request
from generation.services.writing import scenes_request
from mvsite.accounts.models import User
from tests.providers_server.serving import House
from tests.support.clips import tone
from tests.support.engine import drive

GROUPS = {
    "create": ("create", "predict"),
    "read": ("read", "get", "operation"),
    "file": ("file", "download"),
    "write": ("generate",),
}
QUICK = ("clip", "omni")
SLOW = "clip file-hang-once"  # a download waits 20 s for what does not come
EVERYBODY = {"each": "picture,clip,lipsync,omni,veo", "replicate": "picture,clip,lipsync", "google": "omni,veo"}
MODELS = {"clip": "google/veo-3.1", "omni": "gemini-omni-1.2-flash", "veo": "veo-3.1-generate-001"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; `paid` is True, False, or None when a person has to say."""

    order: str
    fault: str
    state: str
    code: str
    asked: int
    bought: int
    paid: bool | None


def lines(table: str) -> list[Any]:
    """Read a table: each line is one test for each who orders; `#` begins a remark."""
    found = []
    for text in table.strip().splitlines():
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        who, fault, state, code, asked, bought, bill = text.split()
        paid = {"paid": True, "free": False, "open": None}[bill]
        for order in ",".join(EVERYBODY.get(each, each) for each in who.split(",")).split(","):
            line = Line(order, fault, state, "" if code == "-" else code, int(asked), int(bought), paid)
            name = f"{order} {fault}"
            marks = () if order in QUICK and name != SLOW else (pytest.mark.long,)
            found.append(pytest.param(line, id=name, marks=marks))
    return found


@dataclass(slots=True)
class Bench:
    """Orders things from a stand-in that does one thing wrong."""

    house: House
    owner: User
    folder: Path

    def run(self, line: Line) -> Job:
        """Order and drive to the end; a fault of canceling is tried on an order under way."""
        makers: dict[str, Callable[[], Job]] = {
            "picture": self._picture, "lipsync": self._lipsync, "scenes": self._scenes, "portrayed": self._portrayed,
        }  # fmt: skip
        lipsync = self._lipsync() if line.order == "lipsync" else None  # its files must exist before faults do
        for word in line.fault.split("+"):
            self.house.standin.faults.add(word)
        if line.fault == "cancel-500":
            self.house.google.polls_until_done = 5  # it must be under way when it is told to stop
        job = lipsync or makers.get(line.order, lambda: self._clip(MODELS[line.order]))()
        if line.fault.startswith("cancel-"):
            drive(Job.objects.filter(parent=job).first() or job, steps=3)
            jobs.request_cancel(job)
        job = drive(job)
        child = Job.objects.filter(parent=job).first()
        return drive(child) if child else job

    def asked(self, fault: str) -> int:
        """Count the requests of the kind that the fault is about."""
        operation = fault.split("-", 1)[0]
        names = GROUPS.get(operation, (operation,))
        return sum(len(self.house.standin.witness.attempts(name)) for name in names)

    def _clip(self, model: str, **words: Any) -> Job:
        parameters = {"prompt": "A boat", "duration": 8, "model": model}
        return clip_request(owner=self.owner, parameters=parameters, confirm_cost_usd=Decimal(9), **words)

    def _portrayed(self) -> Job:
        path = self.folder / "big.png"
        Image.effect_noise((700, 700), 90).save(path)  # above 256 kB: uploaded
        singer = character_create_from_file(id=uuid.uuid4(), owner=self.owner, path=path, description="A singer")
        return self._clip(MODELS["clip"], character_reference_id=singer.pk)

    def _picture(self) -> Job:
        return portraits_request(owner=self.owner, character_description="A singer", num_images=1)

    def _scenes(self) -> Job:
        return scenes_request(owner=self.owner, idea="A lake", character_description="A singer", number_of_scenes=3)

    def _lipsync(self) -> Job:
        film = self.folder / "film.mp4"
        film.write_bytes(self.house.standin.media.film("source", seconds=2, aspect="16:9", sound=False).read_bytes())
        video = video_upload(owner=self.owner, path=film)
        audio = audio_upload(owner=self.owner, path=tone(self.folder / "song.wav", seconds=3))
        return lipsync_request(owner=self.owner, video_id=video.pk, audio_id=audio.pk)


def ledger() -> Decimal:
    """Sum the studio's own bills."""
    return sum((call.cost_usd for job in Job.objects.exclude(kind=JobKind.RUN) for call in job.calls.all()), Decimal(0))
