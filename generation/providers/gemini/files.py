"""Moves pictures to Google and films from it: references read in, films written in pieces with a limit."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from assets.media.sniff import sniff_bytes
from mvsite.common.errors import ProviderError

_PIECE = 4 * 256 * 1024
"""Characters of base64 at a time; a multiple of four."""


def reference(path: Path) -> tuple[bytes, str]:
    """Read a portrait; gives its bytes and its type, such as image/png."""
    data = path.read_bytes()
    return data, f"image/{sniff_bytes(data) or 'png'}"


class FilmWriter(io.RawIOBase):
    """A file that is written piece by piece and refuses to grow beyond what the studio takes.

    `hear` is called with each piece's number of bytes; what it raises stops the writing.
    """

    def __init__(self, target: Path, hear: Callable[[int], None]) -> None:
        super().__init__()
        self._file = target.open("wb")
        self._hear = hear
        self._room = settings.MV_MAX_UPLOAD_MB * (1 << 20)
        self.size = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, piece: object, /) -> int:
        """Write one piece. Raises ProviderError `provider:answer:bad` when the film grows too large."""
        data = bytes(piece)  # type: ignore[call-overload]  # a buffer; the base class cannot say so
        self.size += len(data)
        if self.size > self._room:
            raise ProviderError("provider:answer:bad", f"The film is larger than {settings.MV_MAX_UPLOAD_MB} MB.")
        self._hear(len(data))
        return self._file.write(data)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def decode_into(out: FilmWriter, text: str) -> None:
    """Write base64 text as bytes. Raises ProviderError `provider:answer:bad` when it is none."""
    try:
        for at in range(0, len(text), _PIECE):
            out.write(base64.b64decode(text[at : at + _PIECE], validate=True))
    except ValueError:
        raise ProviderError("provider:answer:bad", "The film that Gemini sent cannot be read.") from None
