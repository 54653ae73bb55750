"""The browser's own modules, taken one by one: figures, the feed, what a studio page knows."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from generation.web.shelf import beginning
from tests.support.browser import Trouble

pytestmark = pytest.mark.network_loopback


def call(page: Page, module: str, expression: str, *values: Any) -> Any:
    """Import one module of the studio in a page and evaluate an expression of its exports, `m`, and the values, `v`."""
    page.goto("/health/live")
    script = f"async (v) => {{ const m = await import('/static/js/lib/{module}.js'); return ({expression}); }}"
    return page.evaluate(script, list(values))


@pytest.fixture(autouse=True)
def provoked(trouble: Trouble) -> None:
    """Expect what these tests do to the feed, and that the page they stand on has no icon."""
    trouble.expect("status of 40[14] .*(/favicon.ico|/feed)", "ERR_CONNECTION_REFUSED .*/feed")


def test_figures_are_shown_as_people_read_them(page: Page) -> None:
    assert call(page, "format", "v.map(m.time)", 0, 8, 61.25, 599.96) == ["0:00.0", "0:08.0", "1:01.3", "10:00.0"]
    assert call(page, "format", "v.map(m.money)", "1.6000", 0, None) == ["$1.60", "$0.00", "$0.00"]
    assert call(page, "format", "v.map(m.left)", None, 70, 0.2) == ["", "about 1:10 left", "about 0:01 left"]


def test_page_and_server_call_a_project_the_same(page: Page) -> None:
    texts = ["", "A calm\n sea", "A lighthouse keeper dances through one stormy night and wakes", "x" * 80]
    assert call(page, "format", "v.map(m.beginning)", *texts) == [beginning(text) for text in texts]


def test_a_message_with_a_way_back_stays_until_it_is_dismissed(page: Page) -> None:
    script = """(() => {
      const place = Object.assign(document.createElement("div"), { id: "toasts" });
      document.body.append(place);
      return [...v].map((word) => {
        m.toast(word, word < "a" ? { undo() {} } : {}); // capitals have a way back
        return [...place.querySelectorAll("p")].map((each) => each.textContent).join("");
      });
    })()"""
    assert call(page, "toast", script, *"AbcdEFgh") == ["A", "Ab", "Abc", "Acd", "AdE", "AEF", "AEFg", "AEFh"]


TYPED = """
[1000, 20].map((many) => {
  const node = document.createElement("p");
  document.body.append(node);
  m.type(node, "x".repeat(many));
  return node;
})
"""
LENGTHS = "[...document.querySelectorAll('p')].map((node) => node.textContent.length)"


def test_texts_arrive_all_at_once_within_ten_seconds_unless_nobody_wants_it(page: Page) -> None:
    page.clock.install(time=0)
    page.clock.pause_at(1_000)  # a busy machine types no faster
    call(page, "teletype", f"({TYPED}).length")
    page.clock.run_for(500)
    long, short = page.evaluate(LENGTHS)
    assert 0 < long < 100
    assert 10 <= short < 20
    page.clock.run_for(9_000)
    assert page.evaluate(LENGTHS)[0] < 1000
    page.clock.run_for(1_000)
    assert page.evaluate(LENGTHS) == [1000, 20]
    call(page, "prefs", "m.like('teletype', false)")
    call(page, "teletype", f"({TYPED}).length")
    assert page.evaluate(LENGTHS) == [1000, 20]


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


def test_who_is_signed_out_hears_it_and_the_feed_goes_on_from_where_it_was(page: Page) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.split("after=")[1])
        if len(asked) == 1:
            route.fulfill(status=401, body="{}")
        else:
            body = {"cursor": 8, "events": [{"id": 8, "kind": "job.queued", "data": {}}]}
            route.fulfill(body=json.dumps(body), content_type="application/json")

    page.route("**/feed?after=*", answer)
    script = """await new Promise((resolve) => {
      const states = [];
      const onEvents = () => { feed.stop(); resolve(states); };
      const feed = m.follow("/feed", { after: 7, pace: () => 10, onState: (state) => states.push(state), onEvents });
    })"""

    assert call(page, "events", script) == ["out", "live"]
    assert asked == ["7", "7"]


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


def test_a_failure_counts_until_a_take_is_chosen_after_it(page: Page) -> None:
    failed = job(2, "failed", finished_at="2026-11-21T08:02:00.5Z")
    chosen = [None, "2026-11-21T08:01:00Z", "2026-11-21T08:02:01Z"]
    scenes = [{**scene(0, takes=takes), "selected_at": at} for takes in (1, 0) for at in chosen]
    snapshots = [{"project": {"id": "p", "scenes": [each], "cursor": 1}, "jobs": [failed]} for each in scenes]

    found = call(page, "studio-state", "v.map((each) => new m.StudioState(each).ordered[0].status)", *snapshots)

    assert found == ["failed", "failed", "ready", "failed", "failed", "failed"]


def test_a_run_that_makes_what_is_missing_is_planned_on_top_of_what_was_spent_before(page: Page) -> None:
    script = """await import("/static/js/lib/studio-state.js").then(
      ({ StudioState }) => v.map((each) => m.planned(new StudioState(each))))"""
    run = {**job(3, "running"), "kind": "run", "scene_id": None, "estimated_cost_usd": "2.40"}
    before = {**job(1, "succeeded"), "parent_id": "j0", "cost_usd": "4.80"}
    child = {**job(4, "succeeded"), "parent_id": "j3", "cost_usd": "1.20"}
    snapshots = [
        {"project": {"id": "p", "scenes": [], "cursor": 1, "cost_usd": spent}, "jobs": [run, before, *own]}
        for spent, own in (("4.80", []), ("6.00", [child]), ("9.00", [{**child, "cost_usd": "4.20"}]))
    ]

    found = call(page, "../elements/mv-summary-bar", script, *snapshots)

    assert found == pytest.approx([7.2, 7.2, 9.0])


def test_the_answer_to_a_click_gives_way_to_what_the_feed_has_told_since(page: Page) -> None:
    script = """await (async () => {
      const { askedAt, get } = await import("/static/js/lib/api.js");
      const state = new m.StudioState(v[0]);
      const seen = () => [state.ordered[0].status, state.jobs.get("j1")?.progress, state.ordered[0].description];
      const found = [];
      const asking = get("/answer/job").then((data) => state.apply({ kind: "job.queued", data }, askedAt(data)));
      v[1].forEach((event) => state.apply(event));
      await asking;
      found.push(seen());
      const data = await get("/answer/job"); // asked for after all that was told: a retry of the job that has ended
      state.apply({ kind: "job.queued", data }, askedAt(data));
      found.push(seen());
      const saving = get("/answer/scene").then((data) => state.apply({ kind: "scene.changed", data }, askedAt(data)));
      state.apply(v[2]);
      await saving;
      found.push(seen());
      state.apply({ kind: "scene.changed", data: { id: "s0", trashed: true } }, askedAt({}));
      found.push(state.scenes.size);
      return found;
    })()"""
    answers = {"job": job(1, "queued", progress=0), "scene": scene(0)}
    page.route(
        "**/answer/*",
        lambda route: route.fulfill(json=answers[route.request.url.rpartition("/")[2]]),
    )
    snapshot = {"project": {"id": "p", "scenes": [scene(0)], "cursor": 1}, "jobs": []}
    told = [
        {"kind": "job.progressed", "data": job(1, "running", progress=0.5)},
        {"kind": "job.failed", "data": job(1, "failed", progress=0.8)},
    ]
    edited = {"kind": "scene.changed", "data": {**scene(0), "description": "newer words"}}

    found = call(page, "studio-state", script, snapshot, told, edited)

    assert found == [["failed", 0.8, "words"], ["loading", 0, "words"], ["loading", 0, "newer words"], 0]


def test_an_event_that_comes_after_a_newer_answer_takes_nothing_back(page: Page) -> None:
    script = """((state) => {
      const tell = (config_flavor, updated_at, asked) =>
        state.apply({ kind: "project.changed", data: { id: "p", config_flavor, updated_at } }, asked);
      const found = [];
      for (const [flavor, moment, isAnswer] of v[1]) {
        tell(flavor, moment, isAnswer ? performance.now() + 1 : undefined);
        found.push(state.project.config_flavor);
      }
      return found;
    })(new m.StudioState(v[0]))"""
    first, second, third = (f"2026-11-27T12:00:0{number}.5Z" for number in (1, 2, 3))
    snapshot = {"project": {"id": "p", "scenes": [], "cursor": 1, "updated_at": first}, "jobs": []}
    told = [["mv1", second, True], ["default", third, True], ["mv1", second, False], ["default", third, False]]

    found = call(page, "studio-state", script, snapshot, told)

    assert found == ["mv1", "default", "default", "default"]


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
