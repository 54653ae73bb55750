"""What counts as gone wrong on the studio page, and for how long: the words of a scene, the work on a whole project."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.browser import Trouble

pytestmark = pytest.mark.network_loopback

SEEN = """async (snapshots) => {
  const { StudioState } = await import("/static/js/lib/studio-state.js");
  const { troubleOf } = await import("/static/js/lib/trouble.js");
  const states = snapshots.map((each) => new StudioState(each));
  return states.map((state) => [state.ordered[0].textStatus, troubleOf(state)?.id ?? null]);
}"""


@pytest.fixture(autouse=True)
def provoked(trouble: Trouble) -> None:
    """Expect that the page these tests stand on has no icon."""
    trouble.expect("status of 404 .*/favicon.ico")


def job(number: int, state: str, **more: Any) -> dict[str, Any]:
    at = f"2026-11-21T08:00:{number:02d}Z"
    return {"id": f"j{number}", "kind": "clip", "scene_id": "s0", "state": state, "queued_at": at, **more}


def seen(page: Page, *cases: list[dict[str, Any]], **scene: Any) -> Any:
    """Give (how the writing of the scene's words ended, what is told of the project) for each list of jobs."""
    page.goto("/health/live")
    shown = {"id": "s0", "index": 0, "takes": [], "selected_take_id": None, "description": "words", **scene}
    project = {"id": "p", "scenes": [shown], "cursor": 1}
    return page.evaluate(SEEN, [{"project": project, "jobs": jobs} for jobs in cases])


def test_a_text_that_failed_counts_until_the_scene_has_newer_words(page: Page) -> None:
    text = {"kind": "scenes", "finished_at": "2026-11-21T08:02:00.5Z"}
    failed = [job(1, "failed", **text)]
    cases = [
        [],
        [job(1, "running", **text)],
        failed,
        [*failed, job(2, "canceled", **text)],
        [job(1, "needs_review", **text)],
    ]

    assert [each for each, _ in seen(page, *cases)] == [None, None, "failed", None, "review"]
    for at, status in (("2026-11-21T08:01:00Z", "failed"), ("2026-11-21T08:02:01Z", None)):
        assert seen(page, failed, version_at=at) == [[status, None]]


def test_what_failed_for_a_whole_project_counts_until_somebody_goes_on_and_is_told_once(page: Page) -> None:
    dear: dict[str, Any] = {"error": {"code": "over_budget", "detail": "d"}}
    refused: dict[str, Any] = {"error": {"code": "refused", "detail": "d"}}
    whole = {"scene_id": None, "finished_at": "2026-11-21T08:00:05.5Z"}

    def writing(state: str, **more: Any) -> dict[str, Any]:
        return job(3, state, **{**whole, "kind": "scenes", **more})

    def run(state: str = "failed", **more: Any) -> dict[str, Any]:
        return job(2, state, **{**whole, **dear, "kind": "run", **more})

    cases: list[tuple[list[dict[str, Any]], str | None]] = [
        ([run()], "j2"),
        ([run("canceled")], None),
        ([run(error={"code": "user:job:canceled", "detail": ""})], None),
        ([run("running"), writing("needs_review")], "j3"),
        ([run(**refused), writing("failed", **refused)], "j3"),
        ([run(), writing("succeeded"), job(4, "succeeded")], "j2"),
        ([run(), job(6, "queued")], None),
        ([run(), job(6, "queued", kind="stitch", scene_id=None, automatic=True)], "j2"),
        ([run(), job(4, "failed", **refused)], "j2"),
        ([run(), job(4, "failed", **dear)], None),
        ([run(), job(4, "failed", kind="stitch", scene_id=None, **dear)], None),
        ([run(), job(6, "running", kind="run")], None),
    ]

    found = seen(page, *[jobs for jobs, _ in cases])

    assert [told for _, told in found] == [told for _, told in cases]


STOPPING = """async ([kind, usd]) => {
  await import("/static/js/elements/mv-job-progress.js");
  const shown = document.createElement("mv-job-progress");
  document.body.append(shown);
  shown.job = { kind, estimated_cost_usd: usd, state: "running", cancel_requested: true, stage: "", waiting_for: null };
  return shown.querySelector("p").textContent;
}"""


@pytest.mark.parametrize(
    ("kind", "usd", "is_charged"),
    [
        ("clip", "1.6000", True),
        ("run", "8.0315", True),
        ("scenes", "0.0315", True),
        ("clip", "0.0000", False),
        ("run", "0.0000", False),
        ("stitch", "0.0000", False),
    ],
)
def test_what_is_stopped_warns_of_a_charge_only_where_somebody_charges(
    page: Page, kind: str, usd: str, *, is_charged: bool
) -> None:
    page.goto("/health/live")
    text = page.evaluate(STOPPING, [kind, usd])
    assert text.startswith("Stopping…")
    assert ("charged" in text) is is_charged
