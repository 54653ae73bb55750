"""Short texts that people type or files carry, made fit to be shown and to name a download."""

import re
import unicodedata

TITLE_LENGTH = 120
_JOINER = "\u200d"  # holds compound emoji together; the only invisible character that is kept


def clean_title(text: str, limit: int = TITLE_LENGTH) -> str:
    """Give one line in NFC without control, bidi or other invisible characters, at most `limit` long."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c for c in line if c == _JOINER or unicodedata.category(c)[0] != "C")[:limit].strip()


def title_from_name(name: str) -> str:
    """Make a title of a file's name as its owner's machine had it: no folders, no extension."""
    last = re.split(r"[/\\]", name)[-1]
    stem, dot, _ = last.rpartition(".")
    return clean_title(stem if dot and stem else last)


def download_name(title: str, ext: str) -> str:
    """Make a safe file name of a title: `A / B` becomes `A - B.mp4`."""
    plain = re.sub(r"\s*[/\\:*?\"<>|]+\s*", " - ", clean_title(title)).strip(" .-")
    return f"{plain or 'file'}.{ext}"
