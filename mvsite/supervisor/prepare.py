"""What has to be true before the first process starts: tables as the code expects them, static files in place."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections


def migrate() -> None:
    """Bring the tables up to date and let go of the database: the supervisor itself does not need it."""
    call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()


def collect_static_when_changed() -> bool:
    """Collect static files unless none has changed since the last time; say whether it was done."""
    stamp = settings.MV_DATA_DIR / "static.stamp"
    seen = _fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == seen and settings.STATIC_ROOT.is_dir():
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(seen, encoding="ascii")
    return True


def _fingerprint() -> str:
    """Sum up every static file's place, size and time, and how they are stored."""
    found = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            changed = storage.get_modified_time(name).timestamp()
            found.update(f"{storage.path(name)} {storage.size(name)} {changed}\n".encode())
    return found.hexdigest()
