"""What people hear who cannot see the scenes: all that changed in one look at the feed, in few words."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.browser import Trouble

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]

HEAR = """async ([before, after, film]) => {
  document.body.append(Object.assign(document.createElement("p"), { id: "announcements" }));
  const { tellChanges } = await import("/static/js/lib/aloud.js");
  const { announce } = await import("/static/js/lib/dom.js");
  const news = [];
  if (film) announce(film);
  tellChanges(new Map(before.map((scene) => [scene.id, scene])), after, (scene) => news.push(scene.index));
  await new Promise((done) => setTimeout(done, 200)); // what comes at the same time is said together
  return [document.getElementById("announcements").textContent, news];
}"""


def scene(index: int, status: str, **more: Any) -> dict[str, Any]:
    shown = {"id": f"s{index}", "index": index, "status": status, "description": "words", "take": {"kind": "clip"}}
    return {**shown, **more}


def heard(page: Page, *changes: tuple[str, str], film: str = "", **more: Any) -> Any:
    """Give what is announced, and of which scenes, when these (from, to) are what one look at the feed tells.

    `film` is what the card of the finished video says in the same look.
    """
    page.goto("/health/live")
    before, after = ([scene(index, each[side]) for index, each in enumerate(changes)] for side in (0, 1))
    return page.evaluate(HEAR, [before, [{**each, **more} for each in after], film])


def test_all_that_changed_in_one_look_is_announced(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 404 .*/favicon.ico")
    same, done, failed = ("loading", "loading"), ("loading", "ready"), ("loading", "failed")
    assert heard(page, same, done) == ["Scene 2 is ready.", [1]]
    assert heard(page, done, same, failed) == ["Scene 3 failed. Scene 1 is ready.", [0, 2]]
    assert heard(page, done, done) == ["Scene 1 is ready. Scene 2 is ready.", [0, 1]]
    assert heard(page, done, done, failed, done, done) == ["Scene 3 failed. 4 scenes are ready.", [0, 1, 2, 3, 4]]
    sung: dict[str, Any] = {"take": {"kind": "lipsync"}}
    assert heard(page, done, done, done, **sung) == ["The lip-sync of 3 scenes is ready.", [0, 1, 2]]
    assert heard(page, same, ("ready", "ready")) == ["", []]
    assert heard(page, ("ready", "ready"), textStatus="failed") == ["The text of scene 1 failed.", [0]]
    film = "The full video is ready."
    assert heard(page, done, film=film) == ["The full video is ready. Scene 1 is ready.", [0]]


def test_scenes_that_are_written_at_once_are_counted(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 404 .*/favicon.ico")
    page.goto("/health/live")
    drafts = [{**scene(index, "writing", description=""), "id": f"draft-{index}"} for index in range(3)]
    after = [scene(index, "empty") for index in range(3)]
    assert page.evaluate(HEAR, [drafts, after, ""]) == ["3 scenes are written.", [0, 1, 2]]
    drafts[0]["description"] = "words"  # said already
    assert page.evaluate(HEAR, [drafts, after, ""])[1] == [1, 2]
