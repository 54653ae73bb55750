"""A program that lays out a library for `cleanup`: songs, films with their stills and portraits; each kind kept, thrown
away long ago, thrown away but used in one of the ways there are, and without a row; a trash folder; and projects and
scenes in the trash, of each age and held by what holds them.

Run as `python -m tests.support.plant_library COUNT TARGET`; TARGET gets a JSON object: `files` that must stay, by
their names below the media folder, with their checksums; `gone`, the ids of projects and scenes that must go (32 hex
digits); `thrown`, the films of those that must be in the trash then.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import django

LONG_AGO = datetime.now(UTC) - timedelta(days=400)
NOT_YET = datetime.now(UTC) - timedelta(days=29)  # the trash is kept for 30
USED_EVERY = 17  # of what was thrown away
THROWN_EVERY = 20  # files for one project or scene in the trash
THROWN = ("project", "scene", "both")
HOLDS = ("nothing", "age", "work", "link", "upload", "last use")  # what holds a project or scene, or a film of it
KINDS = ("audio", "audio", "audio", "video", "video", "character")


def main() -> None:
    """Lay them out."""
    django.setup()
    from mvsite.accounts.services import local_owner

    library = Library(local_owner())
    for number in range(int(sys.argv[1])):
        library.add(number)
        if number % THROWN_EVERY == 0:
            library.throw_away(number // THROWN_EVERY)
    library.fill_trash()
    library.save()
    told = {"files": library.stays, "gone": [row.pk.hex for row in library.gone], "thrown": library.thrown}
    Path(sys.argv[2]).write_text(json.dumps(told), encoding="ascii")


class Library:
    """What was laid out so far: what no run may touch (`stays`), what must be `gone` or `thrown` away at the end."""

    def __init__(self, owner: Any) -> None:
        from assets.models import Audio, CharacterReference, Video
        from generation.models import Project, Scene, Share, Take

        self.owner = owner
        self.stays: dict[str, str] = {}
        self.gone: list[Any] = []
        self.thrown: list[str] = []
        self.chosen: list[Any] = []
        self.worked_on: list[Any] = []
        self.rows: dict[Any, list[Any]] = {
            model: [] for model in (Audio, Video, CharacterReference, Project, Scene, Take, Share)
        }
        self.makers = {"audio": self._song, "video": self._film, "character": self._portrait}
        self.uses: dict[str, list[Callable[[Any], None]]] = {
            "audio": [lambda row: self._project(audio=row)],
            "video": [
                lambda row: self._project(final_video=row),
                self._selected,
                self._under_a_lip_sync,
                lambda row: self._shared(row, days=30),
            ],
            "character": [
                lambda row: self._project(character_reference=row),
                lambda row: self._project(product_image=row),
            ],
        }
        self._thrown_away = dict.fromkeys(self.uses, 0)

    def add(self, number: int) -> None:
        """Lay out one file: a third each is kept, thrown away, or has no row."""
        kind, state = KINDS[number % len(KINDS)], number // len(KINDS) % 3
        row = self.makers[kind](UUID(int=number + 1, version=4))
        if state == 2:
            return
        self.rows[type(row)].append(row)
        if state == 1:
            row.trashed_at = LONG_AGO
            self._thrown_away[kind] += 1
            turn, rest = divmod(self._thrown_away[kind], USED_EVERY)
            if rest == 0:
                self.uses[kind][turn % len(self.uses[kind])](row)
                self._keep(row)
            elif kind == "video" and rest == 1:
                self._shared(row, days=-1)  # the link has expired: nobody needs it
        else:
            self._keep(row)

    def throw_away(self, number: int) -> None:
        """Lay out a project in the trash, or a scene of one that stays, or both of them, with a clip and a film."""
        turn, what = divmod(number, 3)
        held = HOLDS[turn % len(HOLDS)]
        clip, final = (self._film(UUID(int=1 << 90 | 2 * number + one, version=4)) for one in (0, 1))
        self.rows[type(clip)] += [clip, final]
        (take,) = self._takes(clip)
        scene, project = take.scene, take.scene.project
        project.final_video = final
        rows = {"project": [project], "scene": [scene], "both": [project, scene]}[THROWN[what]]
        for row in rows:
            row.trashed_at = NOT_YET if held == "age" else LONG_AGO
        alone = rows == [scene]
        self._hold(held, alone=alone, scene=scene, clip=clip)
        if held not in {"age", "work", "link"} or (held == "link" and alone):
            self.gone += [scene] if alone else [project, scene]
            if held == "last use" and not alone:
                final.trashed_at = LONG_AGO  # it goes in the run after that of its project
            self.thrown += [clip.key] if held not in {"link", "upload"} else []
            self.thrown += [final.key] if not alone and held != "last use" else []
        for film in (clip, final):
            if film.trashed_at is None:
                self._keep(film)

    def _hold(self, held: str, *, alone: bool, scene: Any, clip: Any) -> None:
        """Let a scene that goes `alone`, or its project, be held: a link to a clip leaves its scene free to go."""
        if held == "work":
            self.worked_on.append(scene)
        elif held == "link" and alone:
            self._shared(clip, days=30)
        elif held == "link":
            from generation.models import Share

            until = datetime.now(UTC) + timedelta(days=30)
            self.rows[Share].append(Share(owner=self.owner, project=scene.project, expires_at=until))
        elif held == "upload":
            clip.kind = "upload"

    def fill_trash(self) -> None:
        """Lay out what was set aside long ago, and a folder of somebody else."""
        for number in range(100):
            _file(f".trash/2020-01-01/audio/{number}.mp3")
        self.stays[".trash/notes/mine.mp3"] = _file(".trash/notes/mine.mp3")[1]

    def save(self) -> None:
        """Write the rows, those that others name first."""
        from tests.support.rows import a_job

        for model, rows in self.rows.items():
            model._base_manager.bulk_create(rows, batch_size=500)
        for take in self.chosen:
            type(take.scene).objects.filter(pk=take.scene.pk).update(selected=take)
        for scene in self.worked_on:
            a_job(self.owner, project=scene.project, scene=scene)

    def _keep(self, row: Any) -> None:
        for key in filter(None, (row.key, getattr(row, "poster_key", ""))):
            self.stays[key] = _file(key)[1]

    def _facts(self, row_id: UUID, key: str, mime: str) -> dict[str, Any]:
        size, digest = _file(key)
        facts = {"id": row_id, "owner": self.owner, "key": key, "mime": mime, "created_at": LONG_AGO}
        return {**facts, "size_bytes": size, "sha256": digest}

    def _song(self, row_id: UUID) -> Any:
        from assets.keys import audio_key
        from assets.models import Audio

        facts = {"duration_ms": 1000, "sample_rate": 48_000, "channels": 2, "codec": "mp3", "source": "upload"}
        return Audio(**self._facts(row_id, audio_key(row_id, "mp3"), "audio/mpeg"), **facts)

    def _film(self, row_id: UUID) -> Any:
        from assets.keys import clip_key, poster_key
        from assets.models import Video

        still = poster_key(clip_key(row_id))
        _file(still)
        facts = {"kind": "clip", "width": 1280, "height": 720, "duration_ms": 8000, "fps": 24.0, "codec": "h264"}
        return Video(**self._facts(row_id, clip_key(row_id), "video/mp4"), **facts, has_audio=True, poster_key=still)

    def _portrait(self, row_id: UUID) -> Any:
        from assets.keys import character_key
        from assets.models import CharacterReference

        facts = {"width": 512, "height": 512, "source": "generated"}
        return CharacterReference(**self._facts(row_id, character_key(row_id, "png"), "image/png"), **facts)

    def _project(self, **words: Any) -> Any:
        from generation.models import Project

        self.rows[Project].append(Project(owner=self.owner, **words))
        return self.rows[Project][-1]

    def _takes(self, *videos: Any) -> list[Any]:
        from generation.models import Scene, Take

        scene = Scene(owner=self.owner, project=self._project(), index=0)
        self.rows[Scene].append(scene)
        takes = [Take(scene=scene, number=number, video=video) for number, video in enumerate(videos, start=1)]
        self.rows[Take] += takes
        return takes

    def _selected(self, row: Any) -> None:
        (take,) = self._takes(row)
        self.chosen.append(take)

    def _under_a_lip_sync(self, row: Any) -> None:
        synced = self._film(UUID(int=row.pk.int ^ 1 << 100, version=4))
        synced.kind = "lipsync"
        self.rows[type(row)].append(synced)
        self._keep(synced)
        first, second = self._takes(row, synced)
        second.source = first

    def _shared(self, row: Any, *, days: int) -> None:
        from generation.models import Share

        until = datetime.now(UTC) + timedelta(days=days)
        self.rows[Share].append(Share(owner=self.owner, video=row, expires_at=until))


def _file(name: str) -> tuple[int, str]:
    """Write a file of two days ago, unless it is there; give its size and checksum."""
    from django.conf import settings

    content = hashlib.sha256(name.encode()).digest() * 8
    path = settings.MEDIA_ROOT / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (time.time() - 172_800,) * 2)
    return len(content), hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
