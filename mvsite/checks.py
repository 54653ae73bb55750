"""What the studio refuses to start with, because somebody's money or data would be open to others or lost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port

from mvsite import env
from mvsite.common.floors import all_below_floor
from mvsite.common.mounts import network_file_system

TAG = "studio"
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
SHORTEST_KEY = 50


def who_may_come_in(**_: Any) -> list[CheckMessage]:
    """Refuse a studio without log-in that others reach, and one with log-in whose secrets are not its own."""
    if settings.MV_AUTH == "local":
        return _local_only()
    if settings.MV_AUTH == "required":
        return [*_own_key(), *_named_hosts()]
    return [_error("E001", f"MV_AUTH is {settings.MV_AUTH!r}.", "Set it to local or required.")]


def _local_only() -> list[CheckMessage]:
    others = [name for name in settings.ALLOWED_HOSTS if split_domain_port(name.lower())[0] not in LOOPBACK]
    if not others:
        return []
    hint = "Remove them from ALLOWED_HOSTS, or set MV_AUTH=required."
    return [_error("E002", f"Without a log-in only this machine may be served, not {', '.join(others)}.", hint)]


def _own_key() -> list[CheckMessage]:
    key = env.text("SECRET_KEY", secret=True)
    if len(key) >= SHORTEST_KEY and len(set(key)) > 5 and not key.startswith("django-insecure"):
        return []
    hint = "python -c 'import secrets; print(secrets.token_urlsafe(64))' makes one."
    return [_error("E003", f"SECRET_KEY must be set, secret and at least {SHORTEST_KEY} characters long.", hint)]


def _named_hosts() -> list[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS and not settings.MV_PUBLIC_URL:
        text = "ALLOWED_HOSTS=* lets strangers choose where links for new passwords lead to."
        return [_error("E007", text, "Name the hosts, or set MV_PUBLIC_URL=https://my.host.")]
    if env.listing("ALLOWED_HOSTS"):
        return []
    return [_error("E004", "ALLOWED_HOSTS must say under which names the studio is served.", "ALLOWED_HOSTS=my.host")]


def public_address(**_: Any) -> list[CheckMessage]:
    """Refuse a public address that is none, or one of a studio without log-in."""
    if not settings.MV_PUBLIC_URL:
        return []
    there = urlsplit(settings.MV_PUBLIC_URL)
    here = f"[{there.hostname}]" if ":" in (there.hostname or "") else there.hostname
    if here in LOOPBACK and there.scheme in ("http", "https"):
        return []
    if there.scheme != "https" or not here:
        return [_error("E006", "MV_PUBLIC_URL must begin with https://.", "MV_PUBLIC_URL=https://my.host")]
    if settings.MV_AUTH == "local":
        return [_error("E006", "Without a log-in there is no public address.", "Set MV_AUTH=required.")]
    return []


def locks_hold(**_: Any) -> list[CheckMessage]:
    """Refuse SQLite on a network's file system, where two writers can destroy the file."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    kind = network_file_system(Path(str(database["NAME"])).parent)
    if not kind:
        return []
    hint = "Put MV_DATA_DIR on a disk of this machine, or set DATABASE_URL to a PostgreSQL server."
    return [_error("E005", f"SQLite would lie on a network file system ({kind}), where its locks do not hold.", hint)]


def packages_are_safe(**_: Any) -> list[CheckMessage]:
    """Refuse packages with holes that are known."""
    hint = "pip install --no-deps --require-hashes -r requirements.lock (yt-dlp: requirements-youtube.lock) mends it."
    return [_error("E008", text, hint) for text in all_below_floor()]


def _error(number: str, text: str, hint: str) -> CheckMessage:
    return Error(text, hint=hint, id=f"studio.{number}")


def register_all() -> None:
    """Make these part of Django's checks, which commands and workers run before they start."""
    register(who_may_come_in, TAG)
    register(public_address, TAG)
    register(locks_hold, TAG)
    register(packages_are_safe, TAG)


def refuse_unsafe_start() -> None:
    """Do these checks where Django does none: at a web server's door. Raises ImproperlyConfigured."""
    found: Sequence[CheckMessage] = run_checks(tags=[TAG])
    if found:
        raise ImproperlyConfigured("\n".join(f"{message.msg} {message.hint}" for message in found))
