"""A value that cannot be used stops the start and names the variable."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from mvsite import env
from tests.support.processes import ran

USABLE = {
    "MV_FETCH_DENY": "10.0.0.1/8, 2001:db8::/32,",
    "AWS_S3_ADDRESSING_STYLE": "Virtual",
    "AWS_S3_ENDPOINT_URL": "http://127.0.0.1:9000",
    "MV_X_ACCEL_PREFIX": "/protected/",
    "MV_PROVIDER_ALLOW_HOSTS": "Results.example, 192.0.2.1, ::1",
    "MV_YOUTUBE_BASE_URL": "http://127.0.0.1:9001",
    "REPLICATE_BASE_URL": "https://gateway.example/replicate",
    "GOOGLE_GEMINI_BASE_URL": "https://gateway.example",
    "GOOGLE_VERTEX_BASE_URL": "",
    "DATABASE_URL": "sqlite:////dev/shm/x",
    "CACHE_URL": "dummycache://",
    "CELERY_BROKER_URL": "memory://",
    "EMAIL_URL": "smtp+tls://mail.example:587",
}
SHOWN = "from mvsite import settings as s; print(s.MV_FETCH_DENY, s.MV_PROVIDER_ALLOW_HOSTS, s.AWS_S3_ADDRESSING_STYLE)"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MV_FETCH_DENY", "10.0.0.0/40"),
        ("MV_FETCH_DENY", "203.0.113.0/24,intranet"),
        ("MV_ADMIN_NETWORKS", "office"),
        ("AWS_S3_ADDRESSING_STYLE", "host"),
        ("AWS_S3_ENDPOINT_URL", "s3.example:9000"),
        ("MV_X_ACCEL_PREFIX", "/protected"),
        ("MV_X_ACCEL_PREFIX", "protected/"),
        ("MV_ADMIN_PATH", "office/"),
        ("MV_ADMIN_PATH", "/office"),
        ("MV_ADMIN_PATH", "/"),
        ("MV_ADMIN_PATH", "//office/"),
        ("MV_ADMIN_PATH", "/../office/"),
        ("MV_ADMIN_PATH", "/<str:office>/"),
        ("MV_ADMIN_PATH", "/studio/office/"),
        ("MV_PROVIDER_ALLOW_HOSTS", "https://results.example"),
        ("MV_PROVIDER_ALLOW_HOSTS", "results.example:8443"),
        ("MV_YOUTUBE_BASE_URL", "127.0.0.1:9001"),
        ("REPLICATE_BASE_URL", "gateway.example"),
        ("GOOGLE_GEMINI_BASE_URL", "ftp://gateway.example"),
        ("GOOGLE_VERTEX_BASE_URL", "https://"),
        ("DATABASE_URL", "studio.sqlite3"),
        ("CACHE_URL", "localhost:6379"),
        ("CELERY_BROKER_URL", "localhost:6379"),
        ("EMAIL_URL", "mail.example:587"),
        ("DATABASE_URL", "mysql://studio:hunter2@db/studio"),
        ("DATABASE_URL", "postgres://studio:hunter2@db:54x2/studio"),
        ("CACHE_URL", "http://hunter2@cache"),
        ("CACHE_URL", "valkey://cache:6379"),
        ("CELERY_BROKER_URL", "foo://hunter2@queue"),
        ("EMAIL_URL", "foo://hunter2@mail"),
        ("EMAIL_URL", "smtp://studio:hunt/hunter2@mail.example"),
        ("MV_CORS_ALLOW_ORIGINS", "https://front.example/studio"),
        ("MV_CORS_ALLOW_ORIGINS", "https://front.example,front.example"),
        ("MV_CORS_ALLOW_ORIGINS", "https://*.front.example"),
        ("MV_CORS_ALLOW_ORIGINS", "https://front.example?x"),
        ("MV_CORS_ALLOW_ORIGINS", "https://me@front.example"),
        ("MV_CORS_ALLOW_ORIGINS", "*"),
    ],
)
def test_a_value_that_cannot_work_stops_the_start(tmp_path: Path, name: str, value: str) -> None:
    done = ran(tmp_path, "-c", "import mvsite.settings", **{name: value})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"mvsite.env.SettingError: {name}: ")
    assert "hunter2" not in done.stderr


def test_values_that_can_work_are_taken(tmp_path: Path) -> None:
    done = ran(tmp_path, "-c", SHOWN, **USABLE)
    assert done.returncode == 0, done.stderr
    networks = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
    assert done.stdout == f"{networks} ['results.example', '192.0.2.1', '::1'] virtual\n"


@pytest.mark.parametrize("value", ["", " ", ","])
def test_lists_may_be_empty(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MV_FETCH_DENY", value)
    monkeypatch.setenv("MV_PROVIDER_ALLOW_HOSTS", value)
    assert env.networks("MV_FETCH_DENY") == env.hosts("MV_PROVIDER_ALLOW_HOSTS") == []


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", ":hunter2@queue.example")
    with pytest.raises(env.SettingError, match="redis://host:6379/0") as told:
        env.server("CELERY_BROKER_URL", like="redis://host:6379/0", schemes=("redis",))
    assert "hunter2" not in str(told.value)


SERVERS = (
    "from mvsite import settings as s; print(s.DATABASES['default']['ENGINE'].rpartition('.')[2], s.EMAIL_BACKEND, "
    "s.CACHES['default']['BACKEND'].rpartition('.')[2], s.CELERY_BROKER_URL, s.MV_CORS_ALLOW_ORIGINS)"
)


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        (("postgres://a:b@db/x", "redis://c:6379/1", "redis://q/0", "smtp://m"), "postgresql smtp Fault"),
        (("postgresql:///x", "rediss://c:1/1", "rediss://q:1/0", "smtps://m"), "postgresql smtp Fault"),
        (("psql://db", "rediscache://c", "sentinel://a;sentinel://b", "smtp+ssl://m:465"), "postgresql smtp Fault"),
        (("pgsql://a,b:2/x", "redis:///r.sock", "redis+socket:///r", "filemail:////m"), "postgresql filebased Fault"),
        (("POSTGRES://db/x", "locmemcache://", "amqp://a:b@q//", "consolemail://"), "postgresql console LocMem"),
        (("postgres://a:p#wd@db:1/x", "filecache:///c", "amqps://q", "memorymail://"), "postgresql locmem FileBased"),
        (("sqlite:////x", "dbcache://t", "pyamqp://q", "dummymail://"), "sqlite3 dummy DatabaseCache"),
        (("sqlite://:memory:", "redis://a:1,b:1/1", "Redis://a;redis://b", "smtp+tls://m"), "sqlite3 smtp Fault"),
    ],
)
def test_servers_of_every_kind_that_works_are_taken(tmp_path: Path, addresses: tuple[str, ...], told: str) -> None:
    names = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "EMAIL_URL")
    done = ran(tmp_path, "-c", SERVERS, **dict(zip(names, addresses, strict=True)))
    assert done.returncode == 0, done.stderr
    engine, backend, *more = done.stdout.split()
    assert f"{engine} {backend.split('.')[-2]} {more[0]}".startswith(told)
    assert more[1] == addresses[2].replace("Redis", "redis")


def test_origins_are_read_as_browsers_send_them(monkeypatch: pytest.MonkeyPatch) -> None:
    given = "https://Front.example/, http://localhost:5173,http://[::1]:8080, capacitor://localhost , null,file://,"
    monkeypatch.setenv("MV_CORS_ALLOW_ORIGINS", given)
    assert env.origins("MV_CORS_ALLOW_ORIGINS") == [
        *("https://front.example", "http://localhost:5173", "http://[::1]:8080", "capacitor://localhost"),
        *("null", "file://"),
    ]
