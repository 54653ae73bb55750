"""From the world to the picture: how a set is scaled for a shot, and how a layer is cut out for a camera."""

from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image, ImageFilter

from generation.providers.sample.air import Air
from generation.providers.sample.canvas import Canvas
from generation.providers.sample.dice import Dice
from generation.providers.sample.palette import Colour, mix

MARGIN = 1.4
"""Layers are this much larger than the frame, so that the camera can move."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera is in one frame: shift as a part of the frame's width and height, zoom (1 = as set up)."""

    x: float
    y: float
    zoom: float


@dataclass(frozen=True, slots=True)
class View:
    """How a set is painted: the frame in layer pixels, the scale of the shot, the horizon's height in the frame.

    World units are frame heights at a wide shot; (0, 0) is the middle of the horizon, y grows downwards.
    """

    frame: tuple[int, int]
    scale: float
    horizon: float
    light: float
    blur: float

    @property
    def size(self) -> tuple[int, int]:
        """Give the size of a layer."""
        return round(self.frame[0] * MARGIN), round(self.frame[1] * MARGIN)

    @property
    def unit(self) -> float:
        """Give how many layer pixels one world unit is."""
        return min(self.frame[1], self.frame[0] * 0.9) * self.scale

    @property
    def level(self) -> float:
        """Give the horizon's height in layer pixels."""
        return self.frame[1] * (MARGIN - 1) / 2 + self.frame[1] * self.horizon

    @property
    def reach(self) -> float:
        """Give how far a layer goes to either side, in world units."""
        return self.size[0] / 2 / self.unit

    @property
    def low(self) -> float:
        """Give the lower edge of the frame, in world units."""
        return self.frame[1] * (1 - self.horizon) / self.unit

    def canvas(self) -> Canvas:
        """Give an empty layer to paint on, in world units."""
        return Canvas(self.size, unit=self.unit, origin=(self.size[0] / 2, self.level), light=self.light)


class Layer:
    """One painted layer at a `depth` (0 infinitely far, 1 where the performer stands)."""

    def __init__(self, image: Image.Image, depth: float, frame: tuple[int, int]) -> None:
        self.depth = depth
        self.frame = frame
        self.whole = image.size
        bounds = image.getchannel("A").getbbox() if image.mode == "RGBA" else (0, 0, *image.size)
        self.empty = bounds is None
        self.left, self.top, right, bottom = bounds or (0, 0, 1, 1)
        self.image = image.crop((self.left, self.top, right, bottom))

    def draw(self, frame: Image.Image, camera: Camera) -> None:
        """Put onto `frame` (RGB) what the camera sees of this layer."""
        if self.empty:
            return
        wide, high = self.frame
        scale = 1 + (camera.zoom - 1) * self.depth
        seen_w, seen_h = wide / scale, high / scale
        x0 = self.whole[0] / 2 + camera.x * self.depth * wide - seen_w / 2 - self.left
        y0 = self.whole[1] / 2 + camera.y * self.depth * high - seen_h / 2 - self.top
        x0 = min(max(x0, -float(self.left)), self.whole[0] - self.left - seen_w)
        y0 = min(max(y0, -float(self.top)), self.whole[1] - self.top - seen_h)
        # Only whole pixels of the frame that the layer can reach are computed.
        first_x, first_y = max(0, int(-x0 * scale) + 1 if x0 < 0 else 0), max(0, int(-y0 * scale) + 1 if y0 < 0 else 0)
        last_x = min(wide, int((self.image.size[0] - x0) * scale))
        last_y = min(high, int((self.image.size[1] - y0) * scale))
        if last_x <= first_x or last_y <= first_y:
            return
        box = (x0 + first_x / scale, y0 + first_y / scale, x0 + last_x / scale, y0 + last_y / scale)
        box = (
            max(0.0, box[0]),
            max(0.0, box[1]),
            min(float(self.image.size[0]), box[2]),
            min(float(self.image.size[1]), box[3]),
        )
        piece = self.image.resize((last_x - first_x, last_y - first_y), Image.Resampling.BILINEAR, box=box)
        if piece.mode == "RGBA":
            frame.paste(piece, (first_x, first_y), piece)
        else:
            frame.paste(piece, (first_x, first_y))


class Scenery(NamedTuple):
    """What a set painter fills (far, middle, near) and what it goes by."""

    far: Canvas
    middle: Canvas
    near: Canvas
    view: View
    air: Air
    dice: Dice


def soften(image: Image.Image, radius: float) -> Image.Image:
    """Blur a layer with its edges (what is out of focus)."""
    if radius <= 0:
        return image
    if image.mode != "RGBA":
        return image.filter(ImageFilter.GaussianBlur(radius))
    return image.convert("RGBa").filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")


def ground(canvas: Canvas, view: View, top: Colour, low: Colour, *, level: float = 0.0, steps: int = 14) -> None:
    """Paint the floor from `level` down, darker or lighter towards the camera."""
    reach = view.reach * 1.1
    for step in range(steps):
        y = level + (step / steps) ** 1.6 * 1.1
        box = [(-reach, y), (reach, y), (reach, 3.0), (-reach, 3.0)]
        canvas.flat(box, mix(top, low, step / (steps - 1)), round_=False)
