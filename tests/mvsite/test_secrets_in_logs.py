"""Secrets, and links that let somebody in, are in no line of the log, whatever goes wrong with a request."""

import json
import logging
import uuid
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from generation.providers.replicate import webhooks
from mvsite import env
from mvsite.accounts.links import link_create
from mvsite.accounts.models import LinkKind
from mvsite.accounts.tokens import token_create
from mvsite.logs import hide, logging_config, redact
from tests.support.people import accounts, browser, person
from tests.support.processes import ran

pytestmark = pytest.mark.django_db
SECRETS = (
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GEMINI_API_KEY", "GOOGLE_API_KEY"),
    *("MV_METRICS_TOKEN", "REPLICATE_API_KEY", "REPLICATE_API_TOKEN", "SECRET_KEY", "SECRET_KEY_FALLBACKS"),
)
SERVERS = {
    "CACHE_URL": "redis://:{}@redis:6379/1",
    "CELERY_BROKER_URL": "redis://:{}@redis:6379/0",
    "DATABASE_URL": "postgres://studio:{}@db:5432/studio",
    "EMAIL_URL": "smtp+tls://studio:{}@mail.example:587",
}


@pytest.mark.parametrize("kind", LinkKind.values)
def test_a_link_that_works_is_in_no_line(settings: Settings, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    accounts(settings)
    path = link_create(kind=LinkKind(kind), user=person("ada") if kind == LinkKind.PASSWORD else None)
    logging_config(debug=False)
    client = browser()
    assert browser(checks=True).post(path, {"password": "x"}).status_code == 403
    assert client.get(f"{path}more/").status_code == 404
    assert client.delete(path).status_code == 405
    logging.getLogger("django.request").error("it broke: %s", path, extra={"place": {"seen": [path]}})
    written = capsys.readouterr().err
    assert [json.loads(line)["level"] for line in written.splitlines()] == ["warning", "warning", "warning", "error"]
    assert path.strip("/").rsplit("/", 1)[1] not in written
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("secret", ["abc", "a-b_c.d", "%41bc", "x" * 43])
def test_whatever_follows_a_door_is_hidden(secret: str) -> None:
    for door in ("/join/", "/password/new/"):
        assert redact(f"Not Found: {door}{secret}/") == f"Not Found: {door}[hidden]/"
    assert redact("GET /password/forgot/") == "GET /password/forgot/"


def test_an_address_for_webhooks_is_in_no_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    accounts(settings)
    settings.MV_PUBLIC_URL, settings.REPLICATE_API_TOKEN = "http://127.0.0.1", "r8_invented"
    call = str(uuid.uuid4())
    address = webhooks.address(call)
    assert address is not None
    logging_config(debug=True)
    path = address.removeprefix("http://127.0.0.1")
    assert browser().get(path).status_code == 405
    assert browser().post(f"{path}x", "{}", content_type="application/json").status_code == 403
    for text in ('order at "{}"', "<WSGIRequest: POST '{}'>", "POST {}?x=1"):
        logging.getLogger("django.request").error(text.format(address))
    written = capsys.readouterr().err
    told = [json.loads(line)["event"] for line in written.splitlines()]
    assert [event for event in told if "webhooks" in event] == [
        "Method Not Allowed: /api/mv/webhooks/[hidden]",
        "Forbidden: /api/mv/webhooks/[hidden]",
        'order at "http://127.0.0.1/api/mv/webhooks/[hidden]"',
        "<WSGIRequest: POST 'http://127.0.0.1/api/mv/webhooks/[hidden]'>",
        "POST http://127.0.0.1/api/mv/webhooks/[hidden]?x=1",
    ]
    assert call not in written
    assert address.rsplit("/", 1)[1] not in written


@pytest.fixture
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mvsite.logs._secrets", [])


@pytest.mark.parametrize(
    ("address", "written", "left"),
    [
        ("redis://:hunter2hunter2@redis:6379/0", "lost redis://:hunter2hunter2@redis", "lost redis://[hidden]@redis"),
        ("redis://:hunter2hunter2@redis:6379/0", "AUTH hunter2hunter2", "AUTH [hidden]"),
        ("sentinel://:hunter2hunter2@a;sentinel://:other-word@b", "hunter2hunter2 other-word", "[hidden] [hidden]"),
        ("postgres://studio:p%40ss%2Fw0rd@db:5432/studio", "p%40ss%2Fw0rd is p@ss/w0rd", "[hidden] is [hidden]"),
        ("smtp+tls://a%40b:secret-word@mail:587", "a%40b, secret-word, mail:587", "a%40b, [hidden], mail:587"),
        ("postgres://postgres:postgres@db/x", "postgresql://postgres:postgres@db", "postgresql://[hidden]@db"),
        ("postgres://postgres:postgres@db/x", "postgresql cannot be reached", "postgresql cannot be reached"),
        ("smtp+tls://me@x.org:secret-word@mail:587", "smtp://me@x.org:secret-word@mail", "smtp://[hidden]@mail"),
        ("smtp+tls://me@x.org:secret-word@mail:587", "LOGIN me@x.org secret-word", "LOGIN me@x.org [hidden]"),
        ("smtp+tls://me:p@ssw0rd-long@mail:587?x=a@b", "://me:p@ssw0rd-long@mail", "://[hidden]@mail"),
        ("smtp+tls://me:p@ssw0rd-long@mail:587?x=a@b", "AUTH p@ssw0rd-long", "AUTH [hidden]"),
        ("postgres://studio:password@db/x", "postgres://studio:password@db", "postgres://[hidden]@db"),
        ("postgres://studio:password@db/x", "/account/password/", "/account/password/"),
        ("redis://:test@redis:6379/0", "the latest test", "the latest test"),
        ("redis://redis:6379/0", "lost redis://redis:6379/0", "lost redis://redis:6379/0"),
        ("redis://:correcthorsebattery@redis", "AUTH correcthorsebattery", "AUTH [hidden]"),
        ("redis://:abcdefghijklm@redis", "AUTH abcdefghijklm", "AUTH [hidden]"),
        ("redis://:abcdefghijkl@redis", "the abcdefghijkl", "the abcdefghijkl"),
        (
            "redis://redis?password=hunter2hunter2",
            "redis://redis?password=hunter2hunter2",
            "redis://redis?password=[hidden]",
        ),
        ("redis://redis?password=hunter2hunter2", "AUTH hunter2hunter2", "AUTH [hidden]"),
        ("rediss://redis?db=1&ssl_password=key+word%211", "key+word%211 is key word!1", "[hidden] is [hidden]"),
        ("rediss://:pass-word-1@r?ssl_password=pass-word-1", "AUTH pass-word-1", "AUTH [hidden]"),
        ("redis://a?PASSWORD=one,word;1,redis://b?password=another1", "one,word;1 another1", "[hidden] [hidden]"),
        ("postgres://u@db/x?sslpassword=abcdefg1&port=1", "abcdefg1 port=1", "[hidden] port=1"),
        ("postgres://u:a,b;c-d-e@db/x?scram_client_key=abcdefg1", "a,b;c-d-e abcdefg1", "[hidden] [hidden]"),
        ("postgres://u@db/x?oauth_client_secret=abcdefg1", "is abcdefg1", "is [hidden]"),
        ("postgres://u@db/x?passfile=/etc/of-studio", "open /etc/of-studio", "open /etc/of-studio"),
        ("redis://redis?password=password", "/account/password/", "/account/password/"),
        ("redis://redis?password=short", "the short one", "the short one"),
        ("redis://redis", "redis://x?db=1&password=short&x=1", "redis://x?db=1&password=[hidden]&x=1"),
        ("redis://redis", '"redis://x?Ssl_Password=a\'b"', '"redis://x?Ssl_Password=[hidden]"'),
        ("redis://redis", "x?sslpassword=a b", "x?sslpassword=[hidden] b"),
        (
            "redis://redis",
            "?oauth_client_secret=a&scram_server_key=b",
            "?oauth_client_secret=[hidden]&scram_server_key=[hidden]",
        ),
    ],
)
def test_passwords_in_addresses_of_servers_are_hidden_and_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch, nothing_known: None, address: str, written: str, left: str
) -> None:
    monkeypatch.setenv("A_SERVER", address)
    schemes = ("redis", "rediss", "sentinel", "postgres", "smtp+tls")
    assert env.server("A_SERVER", like="redis://host", schemes=schemes) == address
    env.DECLARED.pop("A_SERVER")
    assert redact(written) == left


def test_what_is_read_as_a_secret_is_hidden_unless_it_is_a_short_word(
    monkeypatch: pytest.MonkeyPatch, nothing_known: None
) -> None:
    for name, value in (("A_KEY", "an-invented-key"), ("A_WORD", "test"), ("SOME_KEYS", "former-key, older-key")):
        monkeypatch.setenv(name, value)
    assert (env.text("A_KEY", secret=True), env.first_of("A_WORD", "A_KEY")) == ("an-invented-key", "test")
    assert env.listing("SOME_KEYS", secret=True) == ["former-key", "older-key"]
    for name in ("A_KEY", "A_WORD", "SOME_KEYS"):
        env.DECLARED.pop(name)
    assert redact("an-invented-key tests older-key, former-key") == "[hidden] tests [hidden], [hidden]"


def test_of_secrets_that_begin_alike_no_end_is_left(nothing_known: None) -> None:
    longest = "invented-key-" + "xyz" * 10
    beginnings = [longest[:size] for size in range(8, len(longest) + 1)]
    hide(*beginnings[::2])
    hide(*beginnings[1::2])
    for secret in beginnings:
        assert redact(f"the key {secret}.") == "the key [hidden]."


def test_every_secret_of_the_settings_is_hidden(tmp_path: Path) -> None:
    """In a process of its own, as the settings of this one are read."""
    words = {name: f"invented-value-of-{name.lower()}" for name in SECRETS}
    servers = {name: address.format(f"invented-word-of-{name.lower()}") for name, address in SERVERS.items()}
    program = "import os, mvsite.settings; from mvsite.logs import redact; print(redact(os.environ['SAID']))"
    done = ran(tmp_path, "-c", program, SAID=" ".join([*words.values(), *servers.values()]), **words, **servers)
    assert done.returncode == 0, done.stderr
    assert "invented" not in done.stdout
    assert done.stdout.count("[hidden]") == len(words) + len(servers)
    assert {name for name, each in env.DECLARED.items() if each.secret} == {*words, *servers}


def test_keys_of_the_studio_are_hidden_wherever_they_stand() -> None:
    _, key = token_create(owner=person("ada"), name="x", scopes=["read"])
    for text in ("key {}", '{{"key": "{}"}}', "/x?key={}", "Authorization: Bearer {}", "_{}."):
        assert key[6:] not in redact(text.format(key))
    assert redact(f"the key {key[:12]}…") == f"the key {key[:12]}…"  # as lists name it


def test_the_key_that_the_studio_made_itself_is_hidden(settings: Settings) -> None:
    assert redact(f"sealed with {settings.SECRET_KEY}") == "sealed with [hidden]"
