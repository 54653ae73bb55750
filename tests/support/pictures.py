"""Pictures for uploads."""

import io

from PIL import Image


def picture(colour: tuple[int, int, int], side: int = 320) -> bytes:
    """Return a square PNG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "PNG")
    return out.getvalue()
