"""The browser's own modules, taken one by one: figures, the feed, what a studio page knows."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from generation.web.shelf import beginning

pytestmark = pytest.mark.network_loopback


def call(page: Page, module: str, expression: str, *values: Any) -> Any:
    """Import one module of the studio in a page and evaluate an expression of its exports, `m`, and the values, `v`."""
    page.goto("/health/live")
    script = f"async (v) => {{ const m = await import('/static/js/lib/{module}.js'); return ({expression}); }}"
    return page.evaluate(script, list(values))


def test_figures_are_shown_as_people_read_them(page: Page) -> None:
    assert call(page, "format", "v.map(m.time)", 0, 8, 61.25, 599.96) == ["0:00.0", "0:08.0", "1:01.3", "10:00.0"]
    assert call(page, "format", "v.map(m.money)", "1.6000", 0, None) == ["$1.60", "$0.00", "$0.00"]
    assert call(page, "format", "v.map(m.left)", None, 70, 0.2) == ["", "about 1:10 left", "about 0:01 left"]


def test_page_and_server_call_a_project_the_same(page: Page) -> None:
    texts = ["", "A calm\n sea", "A lighthouse keeper dances through one stormy night and wakes", "x" * 80]
    assert call(page, "format", "v.map(m.beginning)", *texts) == [beginning(text) for text in texts]


def test_the_feed_tells_every_event_once_and_says_when_the_studio_is_away(page: Page) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.split("after=")[1])
        if len(asked) in {2, 3}:
            route.abort("connectionrefused")
        elif len(asked) == 4:
            route.fulfill(status=304)
        else:
            numbers = [1, 2] if len(asked) == 1 else [2, 3]  # the second answer tells an event again
            events = [{"id": number, "kind": "job.progressed", "data": {"number": number}} for number in numbers]
            route.fulfill(body=json.dumps({"cursor": numbers[-1], "events": events}), content_type="application/json")

    page.route("**/feed?after=*", answer)
    told = call(
        page,
        "events",
        """await new Promise((resolve) => {
          const told = { ids: [], states: [] };
          const feed = m.follow("/feed", {
            after: 0,
            pace: () => 10,
            onState: (state) => told.states.at(-1) === state || told.states.push(state),
            onEvents: (events) => {
              told.ids.push(...events.map((event) => event.id));
              if (told.ids.length < 3) return;
              feed.stop();
              resolve(told);
            },
          });
        })""",
    )

    assert told == {"ids": [1, 2, 3], "states": ["live", "reconnecting", "live"]}
    assert asked == ["0", "2", "2", "2", "2"]


def test_a_feed_that_is_gone_is_not_asked_again(page: Page) -> None:
    page.route("**/feed?after=*", lambda route: route.fulfill(status=404, body="{}"))

    assert (
        call(page, "events", "await new Promise((done) => m.follow('/feed', {after: 0, pace: () => 1, onState: done}))")
        == "gone"
    )


def scene(number: int, *, takes: int = 0) -> dict[str, Any]:
    made = [{"id": f"t{number}{take}", "video_id": f"v{number}{take}"} for take in range(takes)]
    return {"id": f"s{number}", "index": number, "takes": made, "selected_take_id": None, "description": "words"}


def job(number: int, state: str, **more: Any) -> dict[str, Any]:
    at = f"2026-11-21T08:00:{number:02d}Z"
    return {"id": f"j{number}", "kind": "clip", "scene_id": "s0", "state": state, "queued_at": at, **more}


def test_a_scene_stands_as_its_newest_clip_job_says(page: Page) -> None:
    cases = [
        (0, [], "empty"),
        (1, [], "ready"),
        (0, [job(1, "waiting")], "loading"),
        (1, [job(1, "succeeded"), job(2, "queued")], "loading"),
        (1, [job(1, "failed"), job(2, "succeeded")], "ready"),
        (1, [job(2, "failed"), job(1, "succeeded")], "failed"),
        (0, [job(1, "needs_review")], "review"),
        (1, [job(1, "canceled")], "ready"),
    ]
    snapshots = [
        {"project": {"id": "p", "scenes": [scene(0, takes=takes)], "cursor": 1}, "jobs": jobs}
        for takes, jobs, _ in cases
    ]

    found = call(page, "studio-state", "v.map((each) => new m.StudioState(each).ordered[0].status)", *snapshots)

    assert found == [status for _, _, status in cases]


def test_events_add_move_and_remove_scenes(page: Page) -> None:
    snapshot = {"project": {"id": "p", "scenes": [scene(0), scene(1)], "cursor": 1}, "jobs": []}
    happened = [
        {"kind": "scene.changed", "data": scene(2)},
        {"kind": "scenes.reordered", "data": {"ids": ["s2", "s0", "s1"]}},
        {"kind": "scene.changed", "data": {**scene(1), "trashed": True}},
        {"kind": "project.changed", "data": {"title": "New"}},
    ]
    script = """((state) => {
      v[1].forEach((event) => state.apply(event));
      return [state.project.title, state.ordered.map((scene) => [scene.id, scene.start])];
    })(new m.StudioState(v[0]))"""

    assert call(page, "studio-state", script, snapshot, happened) == ["New", [["s2", 0], ["s0", 8]]]


def test_drafts_are_kept_by_number_and_another_attempt_begins_anew(page: Page) -> None:
    def drafted(attempt: int, *indices: int, **more: Any) -> dict[str, Any]:
        scenes = [{"index": index, "description": f"{attempt}.{index}"} for index in indices]
        return {
            "kind": "scenes.drafted",
            "data": {"job_id": "j1", "scene_id": None, "attempt": attempt, "scenes": scenes, **more},
        }

    writing = {**job(1, "running"), "kind": "scenes", "scene_id": None}
    snapshot = {"project": {"id": "p", "scenes": [], "cursor": 1}, "jobs": [writing]}
    first = [drafted(1, 0), drafted(1, 2, 1), drafted(1, 0)]
    second = [drafted(2, 0), drafted(1, 5, scene_id="s0")]
    ended = [{"kind": "job.succeeded", "data": {**writing, "state": "succeeded"}}]
    script = """((state) => v.slice(1).map((events) => {
      events.forEach((event) => state.apply(event));
      return [state.drafts.map((scene) => scene.description), state.scenes.size];
    }))(new m.StudioState(v[0]))"""

    found = call(page, "studio-state", script, snapshot, first, second, ended)

    assert found == [[["1.0", "1.1", "1.2"], 0], [["2.0"], 0], [[], 0]]
