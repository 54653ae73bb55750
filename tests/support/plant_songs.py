"""A program that lays out songs for `cleanup`: kept, thrown away long ago, thrown away but used, and without a row.

Run as `python -m tests.support.plant_songs COUNT TARGET`; TARGET gets a JSON object of the keys that must stay, with
their checksums.
"""

import hashlib
import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import django

LONG_AGO_DAYS = 400


def main() -> None:
    """Lay them out."""
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from assets.keys import audio_key
    from assets.models import Audio
    from generation.models import Project
    from mvsite.accounts.services import local_owner

    owner, then = local_owner(), timezone.now() - timedelta(days=LONG_AGO_DAYS)
    songs: list[Audio] = []
    projects: list[Project] = []
    for number in range(int(sys.argv[1])):
        row_id = UUID(int=number + 1, version=4)
        key = audio_key(row_id, "mp3")
        content = hashlib.sha256(key.encode()).digest() * 8
        path = settings.MEDIA_ROOT / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (time.time() - 172_800,) * 2)
        if number % 3 == 2:
            continue
        song = Audio(id=row_id, owner=owner, key=key, mime="audio/mpeg", size_bytes=len(content))
        song.sha256, song.created_at, song.trashed_at = hashlib.sha256(content).hexdigest(), then, None
        song.duration_ms, song.sample_rate, song.channels, song.codec, song.source = 1000, 48_000, 2, "mp3", "upload"
        if number % 3 == 1:
            song.trashed_at = then
        if number % 51 == 1:
            projects.append(Project(owner=owner, audio=song))
        songs.append(song)
    Audio.objects.bulk_create(songs, batch_size=500)
    Project.objects.bulk_create(projects)
    used = {project.audio_id for project in projects}
    stays = {song.key: song.sha256 for song in songs if song.trashed_at is None or song.pk in used}
    Path(sys.argv[2]).write_text(json.dumps(stays), encoding="ascii")


if __name__ == "__main__":
    main()
