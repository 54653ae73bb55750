"""A browser under watch: console errors, page errors, violations of the policy, requests that leave the studio."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request

_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass(slots=True)
class Trouble:
    """What a browser complained about: each list must stay empty."""

    errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def watch(self, page: Page, *, origin: str) -> None:
        """Listen to a page from now on."""

        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.errors.append(f"{message.text} ({message.location.get('url')})")

        def on_request(request: Request) -> None:
            if not request.url.startswith((f"{origin}/", "blob:", "data:")):
                self.strangers.append(request.url)

        page.on("console", on_console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", on_request)
        page.expose_function("reportViolation", lambda text: self.violations.append(text))  # noqa: PLW0108  Playwright marks the function
        page.add_init_script(_REPORT_VIOLATIONS)

    def check(self) -> None:
        """Fail when there was any."""
        assert (self.errors, self.violations, self.strangers) == ([], [], [])
