"""What `doctor` looks at: each look gives findings, and never a secret's value."""

import os
import platform
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from kombu import Connection

from assets import storage as vault
from assets.media.errors import FFmpegError
from assets.media.ffmpeg import ffmpeg_path
from assets.sources import youtube
from assets.storage import inventory
from generation.jobs.workers import at_work, untaken
from generation.providers.mock import films
from generation.providers.registry import configured
from mvsite.broker import register
from mvsite.common.floors import version_of
from mvsite.common.process import ProcessError, run
from mvsite.common.redis_cache import cache_answers
from mvsite.supervisor.lock import holder

OK, WARN, BAD = "ok", "warning", "problem"
GIGABYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: `level` is ok, warning or problem."""

    level: str
    name: str
    text: str


def all_findings() -> Iterator[Finding]:
    """Look at everything, the most basic things first."""
    yield from versions()
    yield ffmpeg()
    yield data_folder()
    yield free_disk()
    yield from database()
    yield queue()
    yield cache()
    yield workers()
    yield from storage()
    yield from providers()
    yield from own_flavors()
    yield from settings_checks()
    yield running()


def versions() -> Iterator[Finding]:
    """Name the versions that matter when something is reported."""
    yield Finding(OK, "Python", platform.python_version())
    yield Finding(OK, "Django", version_of("django"))
    yield Finding(OK, "SQLite", sqlite3.sqlite_version)
    yield from songs_from_youtube()


def songs_from_youtube() -> Iterator[Finding]:
    """Say whether songs from YouTube can be had, and by which version: it ages faster than anything else here."""
    name = "YouTube import"
    found, why = version_of("yt-dlp"), youtube.problem()
    if why:
        yield Finding(WARN if found else OK, name, why)
    elif not youtube.js_runtime():
        yield Finding(WARN, name, f"yt-dlp {found} without deno, which most videos need; ./studio youtube installs it")
    else:
        yield Finding(OK, name, f"yt-dlp {found}, deno {version_of('deno')}")
    cookies = settings.MV_YOUTUBE_COOKIES
    if cookies and not os.access(cookies, os.R_OK):
        yield Finding(BAD, name, "the file MV_YOUTUBE_COOKIES cannot be read")


def ffmpeg() -> Finding:
    """Run the ffmpeg that came with the packages."""
    try:
        said = run([ffmpeg_path(), "-version"], timeout=20).stdout.decode("utf-8", "replace")
    except (FFmpegError, ProcessError) as error:
        return Finding(BAD, "ffmpeg", f"does not run: {error}")
    return Finding(OK, "ffmpeg", f"{said.split()[2]}, from the imageio-ffmpeg package")


def data_folder() -> Finding:
    """Write and remove a file in the data folder."""
    folder: Path = settings.MV_DATA_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Finding(BAD, "Data folder", f"{folder} cannot be written: {error.strerror}")
    return Finding(OK, "Data folder", f"{folder}, writable")


def free_disk() -> Finding:
    """Compare the free disk with what the studio wants left over."""
    folder = next(path for path in (settings.MV_DATA_DIR, *settings.MV_DATA_DIR.parents) if path.is_dir())
    free = shutil.disk_usage(folder).free
    text = f"{free / GIGABYTE:.1f} GB free"
    if free < settings.MV_MIN_FREE_MB * (1 << 20):
        return Finding(BAD, "Disk", f"{text}; nothing new is written below MV_MIN_FREE_MB={settings.MV_MIN_FREE_MB}")
    return Finding(OK, "Disk", text)


def database_answers() -> bool:
    """Say whether the database answers and has all the tables that this version needs."""
    return all(finding.level == OK for finding in database())


def database() -> Iterator[Finding]:
    """Reach the database and compare its tables with the code."""
    kind = "SQLite" if connection.vendor == "sqlite" else connection.display_name
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield Finding(BAD, "Database", f"{kind} cannot be reached: {type(error).__name__}")
        return
    yield Finding(OK, "Database", f"{kind}, reachable")
    if missing:
        yield Finding(WARN, "Migrations", f"{len(missing)} to apply; ./studio run does it")
    else:
        yield Finding(OK, "Migrations", "all applied")


def queue() -> Finding:
    """Open the broker and look at the queues."""
    register()
    kind = "embedded folder" if settings.CELERY_BROKER_URL.startswith("safefs") else "server"
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "socket_connect_timeout": 3}
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options, connect_timeout=3) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=5)
    except Exception as error:  # noqa: BLE001 - every broker has its own errors, and this is where they are shown
        return Finding(BAD, "Queue", f"{kind} cannot be reached: {type(error).__name__}")
    return Finding(OK, "Queue", f"{kind}, reachable")


def cache() -> Finding:
    """Let Redis keep something, when the cache is there; nothing fails without it."""
    if cache_answers():
        return Finding(OK, "Cache", "answers")
    return Finding(WARN, "Cache", "Redis does not answer: each host counts limits alone, and more is looked up anew")


def workers() -> Finding:
    """Say which queues have a worker; nobody at all is fine for a studio that does not run."""
    try:
        found = at_work(timezone.now())
    except DatabaseError:
        return Finding(OK, "Workers", "unknown without the tables")
    missing = untaken(found)
    if found and missing:
        return Finding(BAD, "Workers", f"nobody takes work from {', '.join(missing)}")
    return Finding(OK, "Workers", ", ".join(worker.name for worker in found) or "none at work")


def queues_without_worker() -> list[str]:
    """Name the queues from which nobody takes work. Raises DatabaseError."""
    return untaken(at_work(timezone.now()))


def storage() -> Iterator[Finding]:
    """Say where files are kept and served from."""
    if settings.SERVE_FROM_CLOUD and not settings.STORAGE_BUCKET:
        text = "SERVE_FROM_CLOUD is true but STORAGE_BUCKET is not set: files are served from this machine"
        yield Finding(WARN, "Storage", text)
    elif settings.STORAGE_BUCKET:
        place = "the bucket" if settings.SERVE_FROM_CLOUD else "this machine, and uploaded to the bucket"
        yield Finding(OK, "Storage", f"files are served from {place}")
        yield from cloud()
    else:
        yield Finding(OK, "Storage", "files on this machine")
    yield from other_buckets()


def other_buckets() -> Iterator[Finding]:
    """Say which files cannot be had because they are only in a bucket that is not in use."""
    try:
        found = inventory.away()
    except DatabaseError:
        return  # told already
    for name, count in sorted(found.items()):
        text = f"{count} files are only in the bucket {name}: name it in STORAGE_BUCKET, and see sync_storage"
        yield Finding(WARN, "Files", text)


def cloud() -> Iterator[Finding]:
    """Ask the bucket whether it is there, and say what still waits to be uploaded."""
    wrong = vault.look()
    yield Finding(BAD, "Bucket", f"{settings.STORAGE_BUCKET}: {wrong}") if wrong else Finding(OK, "Bucket", "answers")
    try:
        count, since = vault.waiting()
    except DatabaseError:
        return  # told already
    if count:
        yield Finding(
            WARN, "Uploads", f"{count} files wait to be uploaded, the oldest since {since:%Y-%m-%d %H:%M} UTC"
        )
    if not wrong:
        yield from left_behind()


def left_behind() -> Iterator[Finding]:
    """Say what waits for a host that uploads nothing, though the bucket answers: it may be gone for good."""
    for found in inventory.left_behind():
        host = f"the host {found.host}, which uploads" if found.host else "hosts that upload"
        text = f"{found.count} files are only on {host} nothing, the oldest since {found.since:%Y-%m-%d %H:%M} UTC: "
        text += (
            "start the studio there; if it is gone for good, put what is left of its media/ into that of this host. "
        )
        yield Finding(WARN, "Uploads", f"{text}sync_storage --dry-run names them (elsewhere)")


def providers() -> Iterator[Finding]:
    """Say who makes the pictures, and which keys are there."""
    keys = {"Replicate": settings.REPLICATE_API_TOKEN, "Gemini": settings.GEMINI_API_KEY}
    usable = configured()
    if settings.MOCK_VID_GENS:
        found = len(films())
        level = OK if found or settings.MOCK_VIDEOS_DIR is None else WARN
        drawn = "every clip is drawn by sample: MOCK_VIDEOS_DIR has no .mp4"
        yield Finding(level, "Mock mode", f"every clip is one of {found} films of MOCK_VIDEOS_DIR" if found else drawn)
    if usable == ("sample",):
        yield Finding(OK, "Provider", "everything runs on the built-in sample provider")
    else:
        yield Finding(OK, "Provider", ", ".join(usable))
    for name, key in keys.items():
        if key and name.lower() not in usable:
            yield Finding(WARN, f"{name} key", "set, but this version does not use it")
        else:
            yield Finding(OK, f"{name} key", "set" if key else "not set")


def own_flavors() -> Iterator[Finding]:
    """Say when the folder with flavors of one's own is not there: none of them is offered then."""
    folder: Path | None = settings.MV_FLAVORS_DIR
    if folder is not None and not folder.is_dir():
        yield Finding(BAD, "Flavors", f"MV_FLAVORS_DIR: {folder} is no folder, so your own flavors are not offered")


def settings_checks() -> Iterator[Finding]:
    """Repeat what Django's checks and ours say about the settings and the packages."""
    for message in run_checks():
        if message.level >= WARNING:
            yield Finding(BAD if message.is_serious() else WARN, "Settings", f"{message.msg} ({message.id})")


def running() -> Finding:
    """Say whether a studio runs on this data folder."""
    return Finding(OK, "Studio", holder(settings.MV_DATA_DIR) or "not running")
