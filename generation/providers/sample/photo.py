"""Takes an arbitrary picture into a clip: the head of the performer as a round cut-out, clothes in its colours."""

from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from generation.providers.sample.palette import Colour, luminance
from generation.providers.sample.portrait import read_note
from generation.providers.sample.vocabulary import Traits, traits_from_dict
from mvsite.common.errors import ProviderError

_MOST_PIXELS = 80_000_000


def open_reference(path: Path) -> tuple[Traits | None, Image.Image]:
    """Open the chosen picture; with the traits when it is one of our own portraits.

    Raises ProviderError `provider:call:invalid` when it cannot be read as a picture.
    """
    try:
        with Image.open(path) as opened:
            if opened.size[0] * opened.size[1] > _MOST_PIXELS:
                raise ProviderError("provider:call:invalid", "The reference picture has too many pixels.")
            opened.load()
            note = read_note(opened)
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise ProviderError("provider:call:invalid", "The reference picture cannot be read.") from error
    facts = note.get("traits") if note else None
    if isinstance(facts, dict):
        try:
            return traits_from_dict(facts), picture
        except (KeyError, TypeError, ValueError):
            return None, picture
    return None, picture


def round_head(picture: Image.Image, wide: int) -> Image.Image:
    """Cut the upper middle of a picture into a disc with a pale edge, `wide` pixels across."""
    across = min(picture.size)
    left = (picture.size[0] - across) // 2
    top = round((picture.size[1] - across) * 0.25)
    square = picture.crop((left, top, left + across, top + across)).resize(
        (wide * 2, wide * 2), Image.Resampling.LANCZOS
    )
    mask = Image.new("L", (wide * 2, wide * 2), 0)
    ImageDraw.Draw(mask).ellipse((2, 2, wide * 2 - 3, wide * 2 - 3), fill=255)
    edge = max(3, round(wide * 0.05))
    ImageDraw.Draw(square).ellipse((1, 1, wide * 2 - 2, wide * 2 - 2), outline=(244, 236, 222), width=edge)
    square.putalpha(mask)
    return square.resize((wide, wide), Image.Resampling.LANCZOS)


def dressed_like(traits: Traits, picture: Image.Image) -> Traits:
    """Give the figure clothes in the colours of the picture's lower half."""
    wide, high = picture.size
    lower = picture.crop((wide // 5, high // 2, wide * 4 // 5, high)).resize((24, 24), Image.Resampling.BOX)
    counted = lower.quantize(4).convert("RGB").getcolors(24 * 24) or []
    colours: list[Colour] = [
        (colour[0], colour[1], colour[2]) for _, colour in sorted(counted, reverse=True) if isinstance(colour, tuple)
    ]
    if not colours:
        return traits
    main = max(colours[:2], key=lambda colour: max(colour) - min(colour))
    dark = min(colours, key=luminance)
    return replace(traits, garment_colour=main, under_colour=dark, legs_colour=dark)
