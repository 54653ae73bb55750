"""Links that let somebody in are never in a line of the log, whatever goes wrong with a request to them."""

import json
import logging

import pytest
from pytest_django.fixtures import Settings

from mvsite.accounts.links import link_create
from mvsite.accounts.models import LinkKind
from mvsite.logs import logging_config, redact
from tests.support.people import accounts, browser, person

pytestmark = pytest.mark.django_db


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
