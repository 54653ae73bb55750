"""A German page that is read by the catalogues: no text of theirs may stand on it in English."""

import re
from collections.abc import Collection, Iterator
from functools import cache

from playwright.sync_api import Page, expect

from tests.support.texts import kept, texts

_PLACE = re.compile(r"%\(\w+\)s|\{\d+\}")
_LEAST_LETTERS = 4  # what says less besides its values fits anything
_SENTENCE = 3  # words from which a text is looked for inside others, too
_READ = """() => {
  const found = new Set();
  const add = (text) => text && found.add(text.replace(/\\s+/g, " ").trim());
  const foreign = (node) => node.closest("script, style, template, [lang]:not(html)");
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!foreign(walker.currentNode.parentElement)) add(walker.currentNode.data);
  for (const name of ["alt", "aria-label", "aria-valuetext", "content", "placeholder", "title"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) if (!foreign(node)) add(node.getAttribute(name));
  }
  return [...found].filter(Boolean);
}"""


def speaks_german(page: Page, *, titles: Collection[str] = ()) -> None:
    """Fail when an English text of the catalogues stands on the page as it is: shown, hidden or read out.

    `titles` are people's own words, which may read like one of ours.
    """
    expect(page.locator("html")).to_have_attribute("lang", "de")
    found = [text for text in english_on(page) if not any(title in text for title in titles)]
    assert found == [], page.url


def english_on(page: Page) -> list[str]:
    """Give what stands on a page in English though the catalogues have it in German."""
    return [text for text in page.evaluate(_READ) if _is_english(text)]


def _is_english(text: str) -> bool:
    plain, shapes = _english()
    pieces = {text, *text.split(" · ")}
    return (
        not pieces.isdisjoint(plain)
        or any(each in text for each in plain if len(each.split()) >= _SENTENCE)
        or any(shape.fullmatch(piece) for shape in shapes for piece in pieces)
    )


@cache
def _english() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Give the texts without values, and shapes of those with values; what is the same in German is left out."""
    said = [pair for domain in ("django", "djangojs") for pair in _pairs(domain)]
    german = {each for _, each in said}
    english = {each for each, _ in said} - german
    shapes = [each for each in english if _PLACE.search(each)]
    wordy = [each for each in shapes if len(re.sub(r"[^a-zA-Z]", "", _PLACE.sub("", each))) >= _LEAST_LETTERS]
    return frozenset(english.difference(shapes)), tuple(map(_shape, wordy))


def _pairs(domain: str) -> Iterator[tuple[str, str]]:
    """Go through (English, German) of a domain; of a plural both."""
    for message in texts(kept("de", domain)):
        pairs = zip(_forms(message.id), _forms(message.string), strict=True)
        yield from ((" ".join(each.split()), " ".join(word.split())) for each, word in pairs)


def _forms(told: object) -> list[str]:
    return [str(each) for each in told] if isinstance(told, list | tuple) else [str(told)]


def _shape(text: str) -> re.Pattern[str]:
    return re.compile(".+?".join(map(re.escape, _PLACE.split(text))))
