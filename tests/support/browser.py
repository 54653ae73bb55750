"""A browser under watch: console errors, page errors, violations of the policy, requests that leave the studio."""

import re
import time
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Route

_RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
_STANDS = """() => Promise.allSettled(
  document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished))"""
_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass(slots=True)
class Trouble:
    """What a browser complained about: each list must stay empty but for what a test expects."""

    errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *patterns: str) -> None:
        """Say which errors belong to this test: the browser itself writes one down for every answer from 400 on."""
        self.expected.extend(patterns)

    def watch(self, context: BrowserContext, *, origin: str, also: tuple[str, ...] = ()) -> None:
        """Listen to every page that this profile opens from now on, which may ask `origin` and nobody but `also`."""

        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.errors.append(f"{message.text} ({message.location.get('url')})")

        def on_request(request: Request) -> None:
            if not request.url.startswith((f"{origin}/", "blob:", "data:", *also)):
                self.strangers.append(request.url)

        def on_violation(text: str) -> None:
            self.violations.append(text)

        context.on("console", on_console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", on_request)
        context.expose_function("reportViolation", on_violation)
        context.add_init_script(_REPORT_VIOLATIONS)

    def forget(self) -> None:
        """Leave aside all that was found so far."""
        for found in (self.errors, self.violations, self.strangers):
            found.clear()

    def check(self) -> None:
        """Fail when there was any that is not expected."""
        errors = [each for each in self.errors if not any(re.search(pattern, each) for pattern in self.expected)]
        assert (errors, self.violations, self.strangers) == ([], [], [])


def hold(page: Page, url: str | re.Pattern[str]) -> list[Route]:
    """Let requests for `url` wait from now on; give the list that they come into, where the test lets them go on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(url, keep)
    return held


def come(page: Page, held: list[Route], *, many: int = 1) -> Route:
    """Wait until so many requests that a route holds are there, which the page may overtake; give the last of them."""
    until = time.monotonic() + 20
    while len(held) < many:
        assert time.monotonic() < until, "nobody asks"
        page.wait_for_timeout(20)  # the driver hands over what has come
    return held[many - 1]


def there(page: Page, element: str) -> None:
    """Wait until the module of an element is there: until then its buttons do nothing."""
    page.evaluate("(name) => customElements.whenDefined(name).then(() => null)", element)


def accessible(page: Page) -> None:
    """Fail when axe finds anything on the page as it is, in the light or in the dark, or when it is too wide."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(_STANDS)  # half on its way, a colour is neither the old nor the new one
        found = Axe().run(page, options=_RULES).response["violations"]
        told = [(rule["id"], [node["html"][:200] for node in rule["nodes"][:5]]) for rule in found]
        assert told == [], f"{scheme}, {page.url}: {told}"
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= seen, f"{page.url} is {wide} px wide"
