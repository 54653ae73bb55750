"""What a page weighs when it has just become usable, held against what is allowed."""

from playwright.sync_api import Page

BUDGET_JS, BUDGET_CSS = 25_000, 12_000  # gzip bytes; what is folded or not asked for comes later
BUDGET_PAINT_MS = 800  # largest contentful paint on a quiet machine
BUDGET_REQUESTS = 15  # the page itself and everything it asks for, the pictures of what it lists aside

_MEASURE = """() => {
  const all = performance.getEntriesByType("resource");
  const of = (end) => all.filter(({ name }) => name.endsWith(end)).map((each) => each.encodedBodySize);
  const [js, css] = [".js", ".css"].map((end) => of(end).reduce((sum, size) => sum + size, 0));
  const listed = /^\\/api\\/mv\\/(get_character_reference|videos)\\/.+/;
  return { js, css, asked: all.map(({ name }) => new URL(name).pathname).filter((path) => !listed.test(path)) };
}"""


def light(page: Page) -> None:
    """Fail when the page took more bytes or more requests than are allowed; print the figures."""
    found = page.evaluate(_MEASURE)
    requests = 1 + len(found["asked"])
    print(f"\n{page.url}: JS {found['js']} B, CSS {found['css']} B (gzip), {requests} requests")  # noqa: T201  the figures of the budget
    assert 0 < found["js"] <= BUDGET_JS
    assert 0 < found["css"] <= BUDGET_CSS
    assert requests <= BUDGET_REQUESTS, found["asked"]


_PAINTED = """new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))"""


def painted(page: Page) -> float:
    """Give the milliseconds after which the largest thing of the open page was painted."""
    return float(page.evaluate(_PAINTED))
