"""Short texts that people type or files carry, made fit to be shown and to name a download."""

import re
import unicodedata
from collections.abc import Iterable

TITLE_LENGTH = 120
_HALF = re.compile("[\ud800-\udfff]")
_JOINER = "\u200d"  # holds compound emoji together; the only invisible character that is kept


def clean_title(text: str, limit: int = TITLE_LENGTH) -> str:
    """Give one line in NFC without control, bidi or other invisible characters, at most `limit` long."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c for c in line if c == _JOINER or unicodedata.category(c)[0] != "C")[:limit].strip()


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Give each tag as titles are, once, in the order given; those of which nothing is left are left out."""
    return list(dict.fromkeys(tag for tag in map(clean_title, tags) if tag))


def keepable(text: str) -> str:
    """Give the text as every database keeps it: without NUL, and with a sign in the place of half characters."""
    return _HALF.sub("\ufffd", text.replace("\0", ""))


def is_keepable(text: str) -> bool:
    """Say whether every database keeps the text as it is."""
    return keepable(text) == text


def title_from_name(name: str) -> str:
    """Make a title of a file's name as its owner's machine had it: no folders, no extension."""
    last = re.split(r"[/\\]", name)[-1]
    stem, dot, _ = last.rpartition(".")
    return clean_title(stem if dot and stem else last)


def download_name(title: str, ext: str) -> str:
    """Make a safe file name of a title: `A / B` becomes `A - B.mp4`."""
    plain = re.sub(r"\s*[/\\:*?\"<>|]+\s*", " - ", clean_title(title)).strip(" .-")
    return f"{plain or 'file'}.{ext}"
