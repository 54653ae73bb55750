"""One change to many files of the library: all of them or none, and nothing of anybody else."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from mvsite.accounts.models import User
from tests.support.assets import make_audio, make_character, make_video

each = pytest.mark.parametrize(
    ("place", "make"),
    [("/api/audio/", make_audio), ("/api/mv/videos/", make_video), ("/api/mv/characters/", make_character)],
)


def bulk(api: APIClient, place: str, action: str, rows: list[Any], **more: Any) -> Any:
    body = {"action": action, "ids": [str(getattr(row, "pk", row)) for row in rows], **more}
    return api.post(f"{place}bulk", body, format="json")


@each
def test_many_are_marked_tagged_thrown_away_and_restored(
    api: APIClient, owner: User, place: str, make: Callable[..., Any]
) -> None:
    one, two, other = make(owner, tags=["sea"]), make(owner), make(owner)
    assert bulk(api, place, "favourite", [one, two]).data == {"changed": 2, "not_found": 0}
    assert bulk(api, place, "tag", [one, two], tags=["storm", "sea"]).status_code == 200
    told = {row["id"]: row for row in api.get(place).data["results"]}
    assert [told[str(row.pk)]["favourite"] for row in (one, two, other)] == [True, True, False]
    assert [told[str(row.pk)]["tags"] for row in (one, two, other)] == [["sea", "storm"], ["storm", "sea"], []]
    assert bulk(api, place, "untag", [one, other], tags=["sea"]).data["changed"] == 2
    assert bulk(api, place, "trash", [one, two]).data["changed"] == 2
    assert [row["id"] for row in api.get(place).data["results"]] == [str(other.pk)]
    assert bulk(api, place, "favourite", [one]).data == {"changed": 0, "not_found": 1}, "it lies in the trash"
    assert bulk(api, place, "restore", [one, two, one]).data == {"changed": 2, "not_found": 0}
    assert api.get(f"{place}{one.pk}").data["tags"] == ["storm"]


@each
def test_what_is_not_there_is_counted_and_the_rest_is_done(
    api: APIClient, owner: User, place: str, make: Callable[..., Any]
) -> None:
    mine, theirs = make(owner), make(User.objects.create(username="bob"))
    assert bulk(api, place, "trash", [mine, theirs, uuid4()]).data == {"changed": 1, "not_found": 2}
    theirs.refresh_from_db()
    assert theirs.trashed_at is None


@each
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "burn", "ids": [str(uuid4())]}, "#/action"),
        ({"action": "trash", "ids": []}, "#/ids"),
        ({"action": "trash", "ids": ["seven"]}, "#/ids/0"),
        ({"action": "trash", "ids": [str(uuid4())] * 201}, "#/ids"),
        ({"action": "tag", "ids": [str(uuid4())]}, "#/tags"),
        ({"action": "tag", "ids": [str(uuid4())], "tags": ["x" * 41]}, "#/tags/0"),
    ],
)
def test_a_change_that_cannot_be_names_the_field(
    api: APIClient, place: str, make: Callable[..., Any], body: dict[str, Any], pointer: str
) -> None:
    answer = api.post(f"{place}bulk", body, format="json")
    assert (answer.status_code, answer.data["code"]) == (400, "user:request:invalid")
    assert [error["pointer"] for error in answer.data["errors"]] == [pointer]


@each
def test_nothing_is_tagged_when_one_would_have_more_tags_than_an_edit_may_give(
    api: APIClient, owner: User, place: str, make: Callable[..., Any]
) -> None:
    thirty = [f"t{number}" for number in range(30)]
    room, full, over = make(owner), make(owner, tags=thirty, title="Full"), make(owner, tags=[*thirty, "t30"])
    answer = bulk(api, place, "tag", [room, full], tags=["t0", "more"])
    assert (answer.status_code, answer.data["code"]) == (400, "user:request:invalid")
    (error,) = answer.data["errors"]
    assert (error["pointer"], error["code"]) == ("#/tags", "max_length")
    assert "Full would have 31 tags" in error["detail"]
    room.refresh_from_db()
    full.refresh_from_db()
    assert (room.tags, full.tags) == ([], thirty)
    assert bulk(api, place, "tag", [room, full, over], tags=["t0"]).data == {"changed": 3, "not_found": 0}
    assert bulk(api, place, "tag", [room], tags=[f"t{number}" for number in range(1, 30)]).data["changed"] == 1
    room.refresh_from_db()
    over.refresh_from_db()
    assert (room.tags, len(over.tags)) == (thirty, 31)


@each
def test_the_same_key_does_it_once(api: APIClient, owner: User, place: str, make: Callable[..., Any]) -> None:
    row = make(owner)
    body = {"action": "trash", "ids": [str(row.pk)]}
    first = api.post(f"{place}bulk", body, format="json", headers={"Idempotency-Key": "k"})
    again = api.post(f"{place}bulk", body, format="json", headers={"Idempotency-Key": "k"})
    assert (first.data, again["Idempotent-Replayed"]) == (again.data, "true")
