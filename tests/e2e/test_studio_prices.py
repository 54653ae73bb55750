"""The studio page where clips cost money and providers fail: prices before clicks, and ways out of a failure."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, Route, expect

from tests.providers_server.process import StandinProcess, standin_process
from tests.support.browser import Trouble, accessible
from tests.support.flavor_folders import write_flavor
from tests.support.processes import Studio, running_studio
from tests.support.studio_page import (
    MADE_WITHIN_MS,
    a_project,
    badge,
    card,
    film,
    make,
    open_studio,
    read,
    standing_still,
)
from tests.support.workers import rows

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
NOTE_COUNTS = """(bar) => {
  window.told = [];
  const note = () => window.told.push(bar.textContent);
  new MutationObserver(note).observe(bar, { childList: true, characterData: true, subtree: true });
}"""
SOON_MS = 4 * 500  # until a price follows what changes it; four times as long beside other work
AGES_AGO = "update generation_job set started_at = datetime('now', '-1 hour')"
QUICK = {"MV_POLL_SECONDS": "0.3", "MV_SWEEP_SECONDS": "0.2", "MV_CONFIRM_ABOVE_USD": "8"}


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandinProcess]:
    with standin_process(tmp_path_factory.mktemp("providers"), "--seconds", "2", "3") as process:
        yield process


@pytest.fixture(scope="module")
def processes(providers: StandinProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    flavors = tmp_path_factory.mktemp("flavors")
    write_flavor(flavors, "dear", {"image_params.yaml": "model: google/imagen-4-ultra\n"})
    with running_studio(
        tmp_path_factory.mktemp("data"), MV_FLAVORS_DIR=str(flavors), **QUICK, **providers.environment()
    ) as running:
        yield running


@pytest.fixture(scope="module")
def studio(processes: Studio) -> str:
    return processes.url


def test_every_price_is_said_before_the_click_and_a_dear_sum_is_asked_once(page: Page, trouble: Trouble) -> None:
    project = a_project(page, "A boat.", "A gull.", "A light.")
    open_studio(page, project)
    price = re.compile(r"· ≈ \$\d+\.\d\d")
    run = page.get_by_role("button", name="Generate 3 clips")
    expect(run).to_have_text(price)
    expect(card(page, 1).get_by_role("button", name="Make clip")).to_have_text(price)
    expect(card(page, 1).get_by_role("button", name="Regenerate scene text")).to_have_text(price)
    told = float(run.inner_text().split("$")[1])
    each = float(card(page, 1).get_by_role("button", name="Make clip").inner_text().split("$")[1].split(":")[0])
    assert told == pytest.approx(3 * each)
    assert told > 8  # dearer than what is asked back
    expect(page.locator("mv-summary-bar")).to_contain_text(f"$0.00 of ≈ ${told:.2f}")
    run.click()
    dialog = page.get_by_role("dialog", name="Confirm the price")
    expect(dialog).to_contain_text(f"{told:.2f}")
    dialog.get_by_role("button", name="Not now").click()
    assert read(page, f"/api/mv/jobs/?project={project}")["results"] == []
    run.click()
    page.locator("mv-summary-bar").evaluate(NOTE_COUNTS)
    dialog.get_by_role("button", name="Start").click()
    page.wait_for_function("() => window.told.some((words) => words.includes('3 loading'))", timeout=MADE_WITHIN_MS)
    expect(film(page).locator(".badge").first).to_have_text("Ready", timeout=MADE_WITHIN_MS)
    expect(page.locator("mv-summary-bar")).to_contain_text(f"${told:.2f}")
    jobs = read(page, f"/api/mv/jobs/?project={project}&kind=run")["results"]
    assert [float(job["estimated_cost_usd"]) for job in jobs] == [pytest.approx(told)]
    trouble.expect("status of 409")


def paint_again_when_agreed(page: Page) -> None:
    """Let the API ask back, as it does above its limit; what was agreed to goes on to it as it is."""
    sent: list[Any] = []

    def ask_first(route: Route) -> None:
        sent.append(route.request.post_data_json)
        if "confirm_cost_usd" in sent[-1]:
            route.continue_()
        else:
            body = {"code": "user:cost:confirm", "detail": "This costs about $0.04.", "estimated_cost_usd": "0.0400"}
            route.fulfill(status=409, content_type="application/problem+json", body=json.dumps(body))

    page.route("**/retry", ask_first)
    first = page.locator("mv-portrait-option").first
    first.get_by_role("button", name="Paint again").click()
    dialog = page.get_by_role("dialog", name="Confirm the price")
    with page.expect_response(lambda answer: answer.url.endswith("/retry") and answer.status == 202):
        dialog.get_by_role("button", name="Start · ≈ $0.04").click()
    assert sent == [{}, {"confirm_cost_usd": "0.0400"}]
    expect(first.get_by_role("button", name="Paint again")).to_be_visible(timeout=MADE_WITHIN_MS)
    page.unroute("**/retry")


def test_a_retry_says_its_price_and_asks_like_any_other_start(page: Page, trouble: Trouble) -> None:
    project = a_project(page, "A boat.", "A gull.", "A light.")
    run = make(page, f"/api/mv/projects/{project}/run", confirm_cost_usd="100")
    make(page, run["urls"]["cancel"])
    page.goto(f"/result/job_{run['id']}/")
    expect(page.locator("mv-job-page .badge").nth(1)).to_have_text("Canceled", timeout=MADE_WITHIN_MS)
    again = page.get_by_role("button", name="Retry")
    expect(again).to_have_text(re.compile(r"Retry · ≈ \$\d+\.\d\d"))
    told = again.inner_text().split("≈ ")[1]
    again.click()
    dialog = page.get_by_role("dialog", name="Confirm the price")
    accessible(page)
    dialog.get_by_role("button", name="Not now").click()
    assert read(page, run["urls"]["self"])["state"] == "canceled"
    again.click()
    dialog.get_by_role("button", name=f"Start · ≈ {told}").click()
    expect(again).to_be_hidden()
    make(page, run["urls"]["cancel"])
    trouble.expect("status of 409")


def test_the_price_of_portraits_follows_the_flavor(page: Page) -> None:
    page.goto("/create/")
    generate = page.get_by_role("button", name="Generate portraits")
    expect(generate).to_have_text("Generate portraits · ≈ $0.16")
    page.locator("summary", has_text="Configuration").click()
    page.get_by_label("Flavor").select_option("dear")
    expect(generate).to_have_text("Generate portraits · ≈ $0.24")
    page.reload()  # the draft knows its flavor before the list of flavors is there
    expect(generate).to_have_text("Generate portraits · ≈ $0.24")
    open_studio(page, a_project(page, config_flavor="dear"))
    page.get_by_text("Another portrait").click()
    expect(generate).to_have_text("Generate portraits · ≈ $0.24")
    page.locator("summary", has_text="Configuration").click()
    expect(page.get_by_label("Flavor")).to_have_value("dear")
    page.get_by_label("Flavor").select_option("default")
    expect(generate).to_have_text("Generate portraits · ≈ $0.16")


def refuse_prices(page: Page) -> None:
    page.route("**/api/mv/estimate", lambda route: route.fulfill(status=503, json={"title": "Not now"}))


def test_a_price_that_could_not_be_had_is_asked_for_again(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 503")
    refuse_prices(page)
    page.goto("/create/")
    expect(page.locator("mv-estimate")).to_contain_text("The price cannot be had right now; it is asked for again.")
    page.unroute("**/api/mv/estimate")
    expect(page.locator("mv-estimate")).to_contain_text("for the scenes and", timeout=MADE_WITHIN_MS)
    expect(page.get_by_role("button", name="Generate portraits")).to_have_text("Generate portraits · ≈ $0.16")
    refuse_prices(page)
    with page.expect_response("**/api/mv/estimate"):
        open_studio(page, a_project(page, "A boat."))
    clip = card(page, 1).get_by_role("button", name="Make clip")
    expect(clip).not_to_contain_text("$")
    page.unroute("**/api/mv/estimate")
    expect(clip).to_have_text(re.compile(r"≈ \$\d"), timeout=MADE_WITHIN_MS)


@pytest.mark.alone
def test_create_says_the_price_and_asks_once_above_what_is_agreed(page: Page, trouble: Trouble) -> None:
    page.goto("/create/")
    page.get_by_label("Idea").fill("A boat crosses")
    page.get_by_label("Character & style").fill("A tall man run-nsfw in a red coat")
    page.get_by_role("button", name=re.compile(r"Generate portraits · ≈ \$0\.\d\d")).click()
    again = page.get_by_role("button", name=re.compile(r"Paint again · ≈ \$0\.\d\d"))
    expect(again).to_have_count(4, timeout=MADE_WITHIN_MS)
    paint_again_when_agreed(page)
    page.get_by_label("Character & style").fill("A tall man in a red coat")
    page.get_by_label("Use AI generation").uncheck()
    page.locator("summary", has_text="Configuration").click()
    generate = page.locator("section.start").get_by_role("button", name="Generate Videos")
    price = re.compile(r"Generate Videos · ≈ \$\d+\.\d\d")
    expect(generate).to_have_text(price)
    of_more = generate.inner_text()
    page.get_by_label("Number of scenes").fill("4")
    expect(generate).not_to_have_text(of_more, timeout=SOON_MS)
    expect(generate).to_have_text(price)
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Confirm the price")
    told = float(dialog.get_by_role("button", name="Start").inner_text().split("$")[1])
    assert told > 8  # dearer than what is asked back
    expect(generate).to_have_text(re.compile(rf"≈ \${told:.2f}"))
    accessible(page)
    page.keyboard.press("Escape")
    page.wait_for_url("**/studio/*/")  # what was typed is kept as a project, and nothing has begun
    assert read(page, f"/api/mv/jobs/?project={page.url.rstrip('/').split('/')[-1]}")["results"] == []
    expect(page.get_by_role("button", name=re.compile("Generate Videos"))).to_have_text(re.compile(rf"{told:.2f}"))
    trouble.expect("status of 409")


def test_a_refused_scene_leads_to_its_words_while_the_others_go_on(page: Page, trouble: Trouble) -> None:
    project = a_project(page, "A boat.", "A gull run-nsfw flies.", title="Refused")
    open_studio(page, project)
    with page.expect_response("**/run") as clicked:
        page.get_by_role("button", name="Generate 2 clips").click()
    second = card(page, 2)
    problem = second.locator(".scene-status > .problem")
    expect(problem).to_contain_text("Scene 2 failed: Refused by the provider's safety filter", timeout=MADE_WITHIN_MS)
    expect(problem).to_contain_text(re.compile(r"It cost (nothing|\$\d)"))
    expect(problem).to_contain_text("Change the words and try again.")
    expect(problem).to_contain_text(f"Request {clicked.value.headers['x-request-id']}")
    expect(badge(page, 1)).to_have_text("Ready", timeout=MADE_WITHIN_MS)
    expect(film(page).locator(".badge").first).to_have_text("Ready", timeout=MADE_WITHIN_MS)
    expect(film(page)).to_contain_text("Scene 2 has no clip and was left out.")
    assert "Traceback" not in page.content()
    expect(second.get_by_role("link", name="Details")).to_have_attribute("href", re.compile("/result/job_"))
    second.locator(".scene-status").get_by_role("button", name="Change the words").click()
    second.get_by_label("Scene text").fill("A gull.")
    second.get_by_role("button", name="Retry").click()
    expect(badge(page, 2)).to_have_text("Ready", timeout=MADE_WITHIN_MS)
    expect(film(page)).to_contain_text("Out of date")  # a plain new clip waits for the person
    trouble.check()


def test_a_provider_that_fails_leaves_the_other_one_to_choose(page: Page) -> None:
    project = a_project(page, "A boat run-fails crosses.")
    open_studio(page, project)
    first = card(page, 1)
    first.get_by_role("button", name="Make clip").click()
    expect(badge(page, 1)).to_have_text(re.compile("Failed|Ready"), timeout=MADE_WITHIN_MS)
    problem = first.locator(".scene-status > .problem")
    expect(problem).to_contain_text("Scene 1 failed: The provider failed")
    expect(problem).to_contain_text("choose another provider")
    expect(first.get_by_role("button", name=re.compile("Try with (gemini|replicate)"))).to_be_visible()


def test_what_the_provider_holds_up_is_said_and_can_be_stopped(page: Page, processes: Studio) -> None:
    project = a_project(page, "A boat run-slow crosses.")
    open_studio(page, project)
    first = card(page, 1)
    first.get_by_role("button", name="Make clip").click()
    progress = first.locator(".scene-status mv-job-progress")
    expect(progress).to_contain_text("The provider is working")
    expect(progress).to_contain_text(re.compile(r"0:\d\d so far · about \d+:\d\d.\d+:\d\d left"))
    expect(progress).to_contain_text("on “A boat run-slow crosses.”")
    expect(progress.locator("progress")).to_have_js_property("position", -1)  # it tells no percentage
    (job,) = read(page, f"/api/mv/jobs/?project={project}")["results"]
    rows(processes.data_dir, f"{AGES_AGO} where id = '{UUID(job['id']).hex}'")
    late = re.compile("Longer than usual. You can stop it, or wait: it is given up at .*\\d:\\d\\d")
    expect(progress).to_contain_text(late)  # five seconds between two looks
    page.evaluate("document.documentElement.lang = 'de'")  # the page's clock counts, not the browser's
    expect(progress).to_contain_text(re.compile(r"it is given up at \d\d:\d\d\."))
    with standing_still(processes, "-n provider@"):
        first.get_by_role("button", name="Stop").click()
        expect(progress).to_contain_text("Stopping… What the provider has begun may still be charged.")
        expect(first.get_by_role("button", name="Stop")).to_be_disabled()
    expect(badge(page, 1)).to_have_text("No clip yet", timeout=MADE_WITHIN_MS)


def test_where_nobody_can_tell_what_was_bought_a_person_decides(page: Page, trouble: Trouble) -> None:
    """Google's answers are lost on the way, and it has no list to look the orders up in."""
    project = a_project(page, "A boat create-lost-once crosses.", "A gull create-lost flies.")
    for scene in read(page, f"/api/mv/projects/{project}")["scenes"]:
        make(page, "/api/mv/generate_video", scene_id=scene["id"], backend="gemini")
    open_studio(page, project)
    for number in (1, 2):
        expect(badge(page, number)).to_have_text("Needs a decision", timeout=MADE_WITHIN_MS)
        expect(card(page, number).locator("[data-part=shoot]")).to_be_disabled()
    expect(page.locator("mv-summary-bar")).to_contain_text("2 scenes: 0 loading / 0 succeeded / 2 failed")
    accessible(page)
    decide(page, 1, re.compile(r"Nothing was bought: send it again · ≈ \$\d+\.\d\d"))
    expect(page.locator('[data-part="badge"]')).to_have_text("Done", timeout=MADE_WITHIN_MS)
    page.go_back()
    expect(badge(page, 1)).to_have_text("Ready")
    decide(page, 2, "It was bought: do not send it again")
    expect(page.locator('[data-part="badge"]')).to_have_text("Failed")
    expect(page.locator('[data-part="cost"]')).not_to_contain_text("$0.00")
    page.go_back()
    expect(card(page, 2).locator(".scene-status > .problem")).to_contain_text(re.compile(r"It cost \$\d"))
    trouble.check()


def decide(page: Page, number: int, how: str | re.Pattern[str]) -> None:
    """Go to the page of the job of a scene by the way its card shows, and press a button there."""
    card(page, number).get_by_role("link", name="Decide").click()
    expect(page.locator(".notice")).to_contain_text("Something may have been bought and nobody can tell.")
    expect(page.get_by_role("button", name="Retry")).to_be_hidden()
    accessible(page)
    page.get_by_role("button", name=how).click()
    expect(page.locator(".notice")).to_be_hidden()
