"""The three resources: lists in pages, filters, changes, trash; and nothing of anybody else."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from assets.models import Video, VideoKind
from mvsite.accounts.models import User
from tests.support.assets import make_audio, make_character, make_video

PLACES: list[tuple[str, Callable[..., Any]]] = [
    ("/api/audio/", make_audio),
    ("/api/mv/videos/", make_video),
    ("/api/mv/characters/", make_character),
]
each = pytest.mark.parametrize(("place", "make"), PLACES)


def ids(api: APIClient, address: str) -> list[str]:
    answer = api.get(address)
    assert answer.status_code == 200, answer.data
    assert set(answer.data) == {"next", "previous", "results"}
    return [row["id"] for row in answer.data["results"]]


@each
def test_list_has_the_newest_first_in_pages_that_never_overlap(
    api: APIClient, owner: User, place: str, make: Callable[..., Any]
) -> None:
    moment = timezone.now()
    made = [str(make(owner, created_at=moment).pk) for _ in range(7)]
    address, seen = f"{place}?page_size=3", []
    while address:
        page = api.get(address).data
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert seen == sorted(made)


def test_list_ends_however_many_rows_have_the_same_value(api: APIClient, owner: User) -> None:
    first = make_video(owner, title="same")
    facts = {field.name: getattr(first, field.name) for field in Video._meta.concrete_fields}
    more = [Video(**{**facts, "id": uuid4(), "key": f"mv/videos/{number}.mp4"}) for number in range(1300)]
    Video.objects.bulk_create(more)
    address: Any = "/api/mv/videos/?ordering=-title&page_size=200"
    seen: list[str] = []
    for _ in range(7):
        page = api.get(address).data
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert address is None
    assert sorted(seen) == sorted(str(row.pk) for row in (first, *more))


@each
def test_list_asks_the_database_as_often_for_one_as_for_many(
    api: APIClient, owner: User, place: str, make: Callable[..., Any]
) -> None:
    make(owner)
    with CaptureQueriesContext(
        connection,
    ) as one:
        api.get(place)
    for _ in range(20):
        make(owner)
    with CaptureQueriesContext(connection) as many:
        api.get(place)
    assert len(one) == len(many) == 2


@each
def test_slash_at_the_end_is_optional(api: APIClient, owner: User, place: str, make: Callable[..., Any]) -> None:
    row = make(owner)
    assert ids(api, place) == ids(api, place.rstrip("/")) == [str(row.pk)]
    assert api.get(f"{place}{row.pk}/").data == api.get(f"{place}{row.pk}").data


@each
def test_what_belongs_to_another_is_not_there(api: APIClient, place: str, make: Callable[..., Any]) -> None:
    row = make(User.objects.create(username="bob"))
    assert ids(api, place) == []
    for answer in (
        api.get(f"{place}{row.pk}"),
        api.patch(f"{place}{row.pk}", {"title": "Mine"}, format="json"),
        api.delete(f"{place}{row.pk}"),
        api.post(f"{place}{row.pk}/restore"),
    ):
        assert (answer.status_code, answer.data["code"]) == (404, "user:request:not_found")


@each
def test_malformed_id_is_400_and_unknown_one_404(api: APIClient, place: str, make: Callable[..., Any]) -> None:
    malformed = api.get(f"{place}seven")
    assert (malformed.status_code, malformed.data["code"]) == (400, "user:request:malformed_id")
    assert api.get(f"{place}{uuid4()}").status_code == 404


@each
def test_title_favourite_and_tags_can_be_changed(
    api: APIClient, owner: User, place: str, make: Callable[..., Any]
) -> None:
    row = make(owner, title="Old")
    answer = api.patch(f"{place}{row.pk}", {"favourite": True}, format="json")
    assert (answer.data["title"], answer.data["favourite"]) == ("Old", True)
    answer = api.patch(f"{place}{row.pk}", {"title": " A\u202eB ", "tags": ["Ü", "x", "Ü"]}, format="json")
    assert (answer.data["title"], answer.data["tags"], answer.data["favourite"]) == ("AB", ["Ü", "x"], True)
    assert api.get(f"{place}{row.pk}").data == answer.data
    assert api.put(f"{place}{row.pk}", {"title": "x"}, format="json").status_code == 405


@each
@pytest.mark.parametrize(
    "case",
    [
        ({"title": "nul\x00"}, "#/title"),
        ({"title": "x" * 121}, "#/title"),
        ({"title": None}, "#/title"),
        ({"favourite": "perhaps"}, "#/favourite"),
        ({"tags": "storm"}, "#/tags"),
        ({"tags": ["x" * 41]}, "#/tags/0"),
        ({"tags": [str(n) for n in range(31)]}, "#/tags"),
        (["title"], "#"),
    ],
)
def test_change_that_cannot_be_names_the_field(
    api: APIClient, owner: User, place: str, make: Callable[..., Any], case: tuple[Any, str]
) -> None:
    body, pointer = case
    row = make(owner, title="Old")
    answer = api.patch(f"{place}{row.pk}", body, format="json")
    assert (answer.status_code, answer.data["code"]) == (400, "user:request:invalid")
    assert [error["pointer"] for error in answer.data["errors"]] == [pointer]
    assert api.get(f"{place}{row.pk}").data["title"] == "Old"


@each
def test_delete_is_the_trash_and_restore_the_way_back(
    api: APIClient, owner: User, place: str, make: Callable[..., Any]
) -> None:
    row, other = make(owner), make(owner)
    assert api.delete(f"{place}{row.pk}").status_code == 204
    assert ids(api, place) == [str(other.pk)]
    assert ids(api, f"{place}?trashed=true") == [str(row.pk)]
    assert api.get(f"{place}{row.pk}").status_code == 404
    assert api.delete(f"{place}{row.pk}").status_code == 404
    assert api.patch(f"{place}{row.pk}", {"title": "x"}, format="json").status_code == 404
    restored = api.post(f"{place}{row.pk}/restore")
    assert (restored.status_code, restored.data["trashed_at"]) == (200, None)
    assert api.post(f"{place}{row.pk}/restore").status_code == 200
    assert len(ids(api, place)) == 2


@each
def test_list_is_narrowed_searched_and_ordered(
    api: APIClient, owner: User, place: str, make: Callable[..., Any]
) -> None:
    storm = make(owner, title="Storm", tags=["größe", 'a"b'], size_bytes=5)
    calm = make(owner, title="Calm", favourite=True, tags=["größer"], size_bytes=9)
    assert ids(api, f"{place}?favourite=true") == [str(calm.pk)]
    assert ids(api, f"{place}?tag=größe") == [str(storm.pk)]
    assert ids(api, f"{place}?tag=a%22b") == [str(storm.pk)]
    assert ids(api, f"{place}?search=storm") == [str(storm.pk)]
    assert ids(api, f"{place}?ordering=title") == [str(calm.pk), str(storm.pk)]
    assert ids(api, f"{place}?ordering=-size_bytes") == [str(calm.pk), str(storm.pk)]
    assert ids(api, f"{place}?ordering=password") == [str(calm.pk), str(storm.pk)]
    for wrong in ("favourite=perhaps", "trashed=perhaps", "created_after=soon"):
        assert api.get(f"{place}?{wrong}").data["code"] == "user:request:invalid", wrong


def test_videos_are_rated_filtered_and_ordered_by_it(api: APIClient, owner: User) -> None:
    best, plain = make_video(owner, title="Best"), make_video(owner, title="Plain")
    place = "/api/mv/videos/"
    assert api.get(f"{place}{best.pk}").data["rating"] == 0
    assert api.patch(f"{place}{best.pk}", {"rating": 5}, format="json").data["rating"] == 5
    assert api.patch(f"{place}{plain.pk}", {"rating": 2, "title": "So so"}, format="json").data["title"] == "So so"
    assert ids(api, f"{place}?rating=2") == ids(api, f"{place}?rating=2&rating_min=1") == [str(plain.pk)]
    assert ids(api, f"{place}?rating_min=3") == [str(best.pk)]
    assert ids(api, f"{place}?ordering=-rating") == [str(best.pk), str(plain.pk)]
    assert api.patch(f"{place}{best.pk}", {"rating": 0}, format="json").data["rating"] == 0
    for wrong in (6, -1, "five", 1.5, None):
        answer = api.patch(f"{place}{best.pk}", {"rating": wrong}, format="json")
        assert (answer.status_code, answer.data["errors"][0]["pointer"]) == (400, "#/rating"), wrong
    assert api.patch(f"{place}{plain.pk}", {"favourite": True}, format="json").data["rating"] == 2


def test_each_kind_has_filters_of_its_own(api: APIClient, owner: User) -> None:
    clip, film = make_video(owner), make_video(owner, kind=VideoKind.STITCHED, has_audio=False, duration_ms=64_000)
    assert ids(api, "/api/mv/videos/?kind=clip") == [str(clip.pk)]
    assert ids(api, "/api/mv/videos/?has_audio=false") == [str(film.pk)]
    assert ids(api, "/api/mv/videos/?ordering=-duration_ms") == [str(film.pk), str(clip.pk)]
    assert api.get("/api/mv/videos/?kind=hologram").status_code == 400
    song = make_audio(owner)
    cut = make_audio(owner, source="trim", original=song, start_ms=0, end_ms=500)
    assert ids(api, f"/api/audio/?original_audio_id={song.pk}") == [str(cut.pk)]
    assert ids(api, "/api/audio/?source=trim") == [str(cut.pk)]
    face = make_character(owner, description="Silver braid")
    assert ids(api, "/api/mv/characters/?search=silver") == [str(face.pk)]
    assert ids(api, "/api/mv/characters/?source=uploaded") == []


def test_details_say_what_the_contract_names(api: APIClient, owner: User) -> None:
    video, song, face = make_video(owner, poster_key="mv/x/poster.jpg"), make_audio(owner), make_character(owner)
    told = api.get(f"/api/mv/videos/{video.pk}").data
    assert (told["video_path"], told["video_url"]) == (video.key, f"/api/mv/get_video/{video.pk}")
    assert (told["poster_url"], told["duration"]) == (f"/api/mv/get_video/{video.pk}?size=thumb", 8.0)
    told = api.get(f"/api/audio/{song.pk}").data
    assert (told["audio_path"], told["audio_url"]) == (song.key, f"/api/audio/get/{song.pk}")
    assert (told["duration"], told["original_audio_id"]) == (1.0, None)
    told = api.get(f"/api/mv/characters/{face.pk}").data
    assert (told["path"], told["image_url"]) == (face.key, f"/api/mv/get_character_reference/{face.pk}")


@each
@pytest.mark.parametrize(
    "query",
    [
        "search=%00",
        "tag=%00",
        "cursor=garbage",
        "cursor=cD0lMDA=",
        "cursor=cD1hYmM=&ordering=size_bytes",
        "page_size=-1",
        "page_size=9999999999999999999999",
        "ordering=,,-,",
        "created_before=9999-99-99",
        "search=" + "x" * 2000,
    ],
)
def test_odd_questions_never_break_a_list(api: APIClient, place: str, make: Callable[..., Any], query: str) -> None:
    answer = api.get(f"{place}?{query}")
    assert answer.status_code in {200, 400, 404}, answer.data
