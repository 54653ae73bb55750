"""The texts of the studio and their translations: collected from the sources, kept in `.po`, compiled to `.mo`.

`python -m tests.support.texts` (or `./studio texts`) brings `mvsite/locale` up to date. Both kinds of file are kept
in git, so that a machine without gettext's tools speaks every language; a test compares them with the sources.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tests.support.told_texts import told_texts
from tests.support.tree import ROOT, SOURCE, browser_modules, python_files, short_name, templates

LOCALE = ROOT / "mvsite" / "locale"
LANGUAGES = ("de",)
_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_PYTHON = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2)}
_TEMPLATE = {"gettext": None, "_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
_BROWSER = {"_": None, "_n": (1, 2)}


def collected(domain: str) -> Catalog:
    """Return every text of one domain: `django` (templates, Python) or `djangojs` (modules, what the API says)."""
    catalog = Catalog(charset="utf-8")
    for name, message in _of_pages() if domain == "django" else _of_modules():
        catalog.add(message, locations=[(name, 0)])
    return catalog


def _of_pages() -> Iterator[tuple[str, str | tuple[str, str]]]:
    for path in templates():
        source = templatize(path.read_text(encoding="utf-8"))
        source = re.sub(r"(?m)^[ \t]+", "", source)  # Python's tokens would make something of the indents
        yield from ((short_name(path), found) for found in _found(source, "python", _TEMPLATE))
    for path in python_files(*SOURCE):
        source = path.read_text(encoding="utf-8")
        yield from ((short_name(path), found) for found in _found(source, "python", _PYTHON))


def _of_modules() -> Iterator[tuple[str, str | tuple[str, str]]]:
    for path in browser_modules():
        source = path.read_text(encoding="utf-8")
        yield from ((short_name(path), found) for found in _found(source, "javascript", _BROWSER))
    yield from told_texts()


def _found(source: str, language: str, keywords: Mapping[str, object]) -> Iterable[str | tuple[str, str]]:
    for _, message, _, _ in extract(language, io.BytesIO(source.encode()), keywords=keywords):  # type: ignore[arg-type]  # Babel takes them as tuples, too
        yield message  # type: ignore[misc]  # a pair where there is a plural


def path_of(language: str, domain: str) -> Path:
    """Return where the translations of a domain are kept; the compiled ones stand beside it."""
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def kept(language: str, domain: str) -> Catalog:
    """Read the translations of a domain as they are kept."""
    with path_of(language, domain).open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """Return a catalogue as gettext reads it, the same bytes for the same texts."""
    catalog.creation_date = catalog.revision_date = _NO_DAY
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def texts(catalog: Catalog) -> Iterator[Message]:
    """Go through the messages without the header."""
    return (message for message in catalog if message.id)


def update() -> None:
    """Bring every `.po` and `.mo` up to date with the sources; what is new is left empty, what is gone is dropped."""
    for language in LANGUAGES:
        for domain in ("django", "djangojs"):
            path = path_of(language, domain)
            catalog = kept(language, domain) if path.exists() else Catalog(locale=language)
            catalog.update(collected(domain), no_fuzzy_matching=True)
            catalog.obsolete.clear()
            out = io.BytesIO()
            write_po(out, catalog, omit_header=True, sort_output=True, no_location=True, width=0)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_head(catalog) + out.getvalue())
            path.with_suffix(".mo").write_bytes(compiled(kept(language, domain)))
            print(f"{short_name(path)}: {len(catalog)} texts, {len(untranslated(language, domain))} to translate")  # noqa: T201


def _head(catalog: Catalog) -> bytes:
    """Write a header that says only what does not change with every run."""
    lines = (
        f"Language: {catalog.locale}",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {catalog.plural_forms}",
    )
    return ('msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n").encode()


def untranslated(language: str, domain: str) -> list[str]:
    """Name the texts of the sources that have no translation, or only a guessed one."""
    known = {message.id: message for message in texts(kept(language, domain))}
    wanted = [message.id for message in texts(collected(domain))]
    return [str(text) for text in wanted if text not in known or not _is_whole(known[text])]


def _is_whole(message: Message) -> bool:
    return not message.fuzzy and all(message.string or [""])


if __name__ == "__main__":
    update()
