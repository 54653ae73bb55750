"""What was tagged is found in the admin: by the filter and by words, whoever made it."""

import html
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from assets import search
from assets.models import Video
from generation.admin import base
from generation.models import Project
from mvsite.accounts.models import User
from mvsite.common.tags import TagsField
from tests.support.admin import PROJECTS, VIDEOS
from tests.support.rows import a_project, a_video, stranger

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize(("place", "make"), [(VIDEOS, a_video), (PROJECTS, a_project)])


def found(staff: Client, place: str, query: str) -> set[str]:
    answer: Any = staff.get(f"{place}?{query}")
    assert answer.status_code == 200, query
    return {row.title for row in answer.context["cl"].result_list}


def tag(row: Any, *tags: Any) -> None:
    row.tags = list(tags)
    row.save(update_fields=["tags"])


@each
def test_a_tag_narrows_the_list_to_what_has_exactly_it(staff: Client, place: str, make: Any) -> None:
    for title, tags in (("A", ["storm", "größe"]), ("B", ["stormy", "Größe"]), ("C", ["Storm", 'a"b\\']), ("D", [])):
        tag(make(stranger(), title=title), *tags)
    for query, titles in (
        ("tag=storm", {"A"}),
        ("tag=größe", {"A"}),
        ("tag=a%22b%5C", {"C"}),
        ("tag=a", set()),
        ("tag=%25", set()),
        ("tag=", {"A", "B", "C", "D"}),
    ):
        assert found(staff, place, query) == titles, query


@each
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ('["a\\u0000b", " two  words ", "ab"]', ["ab", "two words"]),
        ('["\\ud800", "calm", ""]', ["calm"]),
        ('["x\\ud83d"]', ["x"]),
        ("", []),
    ],
)
def test_tags_are_kept_as_the_api_keeps_them(staff: Client, place: str, make: Any, typed: str, kept: list[str]) -> None:
    row = make(stranger())
    tag(row, "old")
    form = {"title": "A", "initial-tags": '["old"]', "tags": typed, "rating": "0"}
    assert staff.post(f"{place}{row.pk}/change/", form).status_code == 302
    row.refresh_from_db()
    assert (row.tags, row.title) == (kept, "A")


@each
@pytest.mark.parametrize(
    "typed",
    [
        *('{"a": 1}', '"x"', "[1]", "0", "null", "[", "storm", '["a", ["b"]]', '["a", null]', "[" * 5000, "1" * 5000),
        *('["\\ud800", 1]', f'["{"x" * 41}"]', str([str(number) for number in range(31)]).replace("'", '"')),
    ],
)
def test_what_are_no_tags_is_refused_and_shown_as_it_was_typed(
    staff: Client, owner: User, place: str, make: Any, typed: str
) -> None:
    row = make(owner)
    tag(row, "old")
    answer = staff.post(f"{place}{row.pk}/change/", {"title": "A", "tags": typed, "rating": "0"})
    assert answer.status_code == 200
    page = html.unescape(answer.content.decode())
    assert f">\n{typed}</textarea>" in page
    assert 'Give a list of at most 30 texts of at most 40 characters, like ["storm"].' in page
    row.refresh_from_db()
    assert row.tags == ["old"]


@each
@pytest.mark.parametrize("kept", [{"a": 1}, "x", [1], ["a"] * 31])
def test_tags_that_were_kept_before_there_were_bounds_are_shown(
    staff: Client, place: str, make: Any, kept: Any
) -> None:
    row = make(stranger(), tags=kept)
    page = html.unescape(staff.get(f"{place}{row.pk}/change/").content.decode())
    assert f">\n{json.dumps(kept)}</textarea>" in page


def test_half_characters_that_were_kept_are_shown_as_a_sign() -> None:
    assert TagsField().prepare_value(["\ud800"]) == '["\ufffd"]'


@each
def test_words_find_tags(staff: Client, place: str, make: Any) -> None:
    tag(make(stranger(), title="A"), "first night", "Größe")
    make(stranger(), title="B")
    for query, titles in (("q=night", {"A"}), ("q=Größ", {"A"}), ("q=night+Größe", {"A"}), ("q=nights", set())):
        assert found(staff, place, query) == titles, query


def test_words_of_a_tag_and_of_the_prompt_are_found_together(staff: Client) -> None:
    tag(a_video(stranger(), title="First", metadata={"prompt": "a lighthouse"}), "keeper")
    assert found(staff, VIDEOS, "q=first+keeper+lighthouse") == {"First"}
    assert found(staff, VIDEOS, "q=keeper+desert") == set()


@each
def test_the_filter_offers_what_is_used_most_among_the_newest(
    staff: Client, place: str, make: Any, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MOST_TAGS", 2)
    monkeypatch.setattr(base, "TAGS_OF", 3)
    tag(make(owner), "old", "rare")
    for tags in (["often", "rare"], ["often", "two"], ["two", 3]):
        tag(make(owner), *tags)
    page = staff.get(f"{place}?tag=old").content.decode()
    offered = {name for name in ("old", "rare", "often", "two") if f"?tag={name}" in page}
    assert offered == {"old", "often", "two"}


@pytest.mark.parametrize(("kind", "make"), [(Video, a_video), (Project, a_project)])
def test_where_no_index_finds_a_tag_the_newest_rows_are_looked_through(
    kind: Any, make: Any, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NEWEST", 1)
    for _ in range(2):
        tag(make(owner), "storm")
    seen = search.tagged(search.newest(kind.objects.all()), "storm").count()
    assert seen == (2 if connection.vendor == "postgresql" else 1)
