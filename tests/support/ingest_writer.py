"""A program that keeps songs until it is done or killed, and names each in a file once it is surely kept.

Run as `python -m tests.support.ingest_writer COUNT PROMISES`.
"""

import hashlib
import os
import sys
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import django

SIZE = 3_000_000


def song_id(number: int) -> UUID:
    """Give the id of the n-th song, the same in every life."""
    return uuid5(NAMESPACE_URL, f"song-{number}")


def content(number: int) -> bytes:
    """Give the bytes of the n-th song."""
    return hashlib.sha256(str(number).encode()).digest() * (SIZE // 32)


def main() -> None:
    """Keep what is not kept yet."""
    django.setup()
    from django.conf import settings

    from assets import storage
    from assets.keys import audio_key
    from assets.models import Audio
    from assets.services.keeping import first_copy
    from mvsite.accounts.services import local_owner
    from tests.support.assets import make_audio

    count, promises = int(sys.argv[1]), Path(sys.argv[2])
    settings.MV_TEMP_DIR.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        row_id, source = song_id(number), settings.MV_TEMP_DIR / f"song-{number}"
        if Audio.objects.filter(pk=row_id).exists():
            continue
        source.write_bytes(content(number))
        key = audio_key(row_id, "mp3")
        with first_copy(key, source) as whole:
            stored = storage.store(key=key, source=whole)
        make_audio(local_owner(), id=row_id, size_bytes=stored.size, sha256=stored.sha256)
        with promises.open("a") as file:
            file.write(f"{row_id}\n")
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    main()
