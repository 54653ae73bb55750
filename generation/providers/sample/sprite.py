"""A painted part that can be turned, moved and scaled onto a frame."""

import math

from PIL import Image, ImageChops, ImageFilter

from generation.providers.sample.palette import Colour


class Sprite:
    """A picture with transparency and a pivot (pixels): the point that is put somewhere."""

    def __init__(self, image: Image.Image, pivot: tuple[float, float]) -> None:
        left, top, right, bottom = image.getchannel("A").getbbox() or (0, 0, 1, 1)
        self.image = image.crop((left, top, right, bottom))
        self.pivot = (pivot[0] - left, pivot[1] - top)

    def draw(self, frame: Image.Image, at: tuple[float, float], *, angle: float = 0.0, scale: float = 1.0) -> None:
        """Draw onto an RGB frame with the pivot at `at`, turned by `angle` radians."""
        cos, sin = math.cos(angle), math.sin(angle)
        wide, high = self.image.size
        corners = [
            (
                at[0] + ((x - self.pivot[0]) * cos - (y - self.pivot[1]) * sin) * scale,
                at[1] + ((x - self.pivot[0]) * sin + (y - self.pivot[1]) * cos) * scale,
            )
            for x, y in ((0, 0), (wide, 0), (wide, high), (0, high))
        ]
        left = max(0, math.floor(min(x for x, _ in corners)))
        top = max(0, math.floor(min(y for _, y in corners)))
        right = min(frame.size[0], math.ceil(max(x for x, _ in corners)))
        bottom = min(frame.size[1], math.ceil(max(y for _, y in corners)))
        if right <= left or bottom <= top:
            return
        a, b = cos / scale, sin / scale
        dx, dy = left - at[0], top - at[1]
        matrix = (a, b, a * dx + b * dy + self.pivot[0], -b, a, -b * dx + a * dy + self.pivot[1])
        piece = self.image.transform(
            (right - left, bottom - top), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
        )
        frame.paste(piece, (left, top), piece)


def relit(
    image: Image.Image, *, tint: Colour, rim: Colour, side: float, reach: int, strength: float = 0.7
) -> Image.Image:
    """Put a painted part into the light of a set: everything tinted, an edge of `rim` on the side of the light."""
    alpha = image.getchannel("A")
    flat = ImageChops.multiply(image.convert("RGB"), Image.new("RGB", image.size, tint))
    inner = ImageChops.offset(alpha, round(-side * reach), round(reach * 0.5))
    edge = ImageChops.subtract(alpha, inner).filter(ImageFilter.GaussianBlur(max(0.6, reach * 0.3)))
    edge = ImageChops.multiply(edge, alpha).point([round(value * strength) for value in range(256)])
    flat.paste(rim, (0, 0), edge)
    result = flat.convert("RGBA")
    result.putalpha(alpha)
    return result
