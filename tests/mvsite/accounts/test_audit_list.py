"""The list of the audit log in the admin: narrowed and searched by indexes, however long the log is."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assets.models import StoredFile
from mvsite.accounts import reach
from mvsite.accounts.audit import ACTIONS, audit
from mvsite.accounts.models import AuditEntry, User
from mvsite.common import bounded_pages
from tests.support.admin import signed_in
from tests.support.rows import a_project, stranger
from tests.support.tree import SOURCE, python_files

LIST = "/admin/accounts/auditentry/"
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_NO_ACTION = re.compile(r".*\.(html|(add|change)_configflavor)")  # templates and rights


def words_beside_the_log() -> Iterator[str]:
    """Yield the texts in modules that write into the log; of `f"{kind}.done"` its end."""
    for path in python_files(*SOURCE):
        text = path.read_text(encoding="utf-8")
        if re.search(r"from mvsite\.accounts\.audit import .*\baudit\b", text):
            nodes = ast.walk(ast.parse(text))
            yield from (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_every_action_that_is_written_is_in_the_list_and_no_other() -> None:
    words = set(words_beside_the_log())
    written = {word for word in words if _ACTION.fullmatch(word) and not _NO_ACTION.fullmatch(word)}
    reached = {label.partition(".")[2].lower() for label in reach._WIDER}
    files = {kind.__name__.lower() for kind in StoredFile.__subclasses__()}
    ends = {word for word in words if re.fullmatch(r"\.[a-z_]+", word)}
    assert ends == {".changed", ".looked_at", ".watched"}
    written |= {f"{kind}{end}" for kind in reached for end in (".changed", ".looked_at")}
    written |= {f"{kind}.watched" for kind in files}
    assert set(ACTIONS) == written
    assert len(ACTIONS) == len(set(ACTIONS))


def told(client: Client, query: str) -> set[str]:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, query
    return {row.action for row in answer.context["cl"].result_list}


@pytest.mark.django_db
def test_entries_are_found_by_what_is_written_in_them(owner: User) -> None:
    ada, client = stranger(), signed_in(owner)
    project = a_project(ada)
    audit("project.changed", by=owner, via="robot (mvk_1234…)", about=project)
    AuditEntry.objects.create(action="sign_in.refused", address="192.0.2.9", detail={"name": "x"})
    for query, found in (
        (f"q={project.pk}", {"project.changed"}),
        (f"q={str(project.pk).upper()}", {"project.changed"}),
        (f"q={ada.pk}", {"project.changed"}),
        (f"q={owner.pk}", {"project.changed"}),
        ("q=robot+(mvk_1234…)", {"project.changed"}),
        (f"q={owner.username}", {"project.changed"}),
        ("q=192.0.2.9", {"sign_in.refused"}),
        ("q=192.0.2.", set()),
        ("q=%00", {"project.changed", "sign_in.refused"}),
        ("action__exact=sign_in.refused", {"sign_in.refused"}),
        ("action__exact=nothing.such", set()),
    ):
        assert told(client, query) - {"admin.searched", "sign_in.succeeded"} == found, query


@pytest.mark.django_db
def test_nothing_reads_the_whole_log(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_pages, "MOST_COUNTED", 3)
    for _ in range(5):
        audit("share.opened")
    client = signed_in(owner)
    first: Any = client.get(LIST)
    assert first.context["cl"].result_count == 3
    assert {link.lstrip("-") for link in re.findall(r"[?&;]o=([-\d.]+)", first.content.decode())} == {"0"}
    with CaptureQueriesContext(connection) as asked:
        page: Any = client.get(f"{LIST}?q=192.0.2.9&action__exact=share.opened")
    assert page.status_code == 200
    assert "action__exact=token.used" in page.content.decode()
    about = [each["sql"] for each in asked if "accounts_auditentry" in each["sql"] and "SELECT" in each["sql"][:6]]
    assert about
    for sql in about:
        assert "COUNT(" not in sql
        assert "DISTINCT" not in sql
        assert "LIKE" not in sql.upper()


def test_what_is_searched_has_an_index() -> None:
    first = {index.fields[0] for index in AuditEntry._meta.indexes}
    assert {"action", "owner_id", "by_id", *site.get_model_admin(AuditEntry).search_fields} <= first
