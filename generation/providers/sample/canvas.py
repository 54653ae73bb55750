"""A canvas of soft flat shapes: smooth outlines, light from one side, drawn larger and then reduced."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from generation.providers.sample.palette import Colour, lit, shade

Point = tuple[float, float]


def smooth(points: Sequence[Point], steps: int = 10) -> list[Point]:
    """Round a closed outline: a Catmull-Rom curve through all the points."""
    count = len(points)
    result: list[Point] = []
    for index in range(count):
        before, start = points[index - 1], points[index]
        end, after = points[(index + 1) % count], points[(index + 2) % count]
        for step in range(steps):
            t = step / steps
            result.append(
                (_spline(before[0], start[0], end[0], after[0], t), _spline(before[1], start[1], end[1], after[1], t))
            )
    return result


def _spline(before: float, start: float, end: float, after: float, t: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t * t
        + (3 * start - before - 3 * end + after) * t * t * t
    )


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> list[Point]:
    """Give the outline of an ellipse, turned by `turn` radians."""
    cos, sin = math.cos(turn), math.sin(turn)
    ring = [(rx * math.cos(math.pi * i / 20), ry * math.sin(math.pi * i / 20)) for i in range(40)]
    return [(x + px * cos - py * sin, y + px * sin + py * cos) for px, py in ring]


def rect(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """Give the outline of a rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def limb(points: Sequence[Point], widths: Sequence[float]) -> list[Point]:
    """Give the outline of a thick line through `points` with half-widths `widths`, with round ends."""
    left: list[Point] = []
    right: list[Point] = []
    for index, (x, y) in enumerate(points):
        ahead = points[min(index + 1, len(points) - 1)]
        back = points[max(index - 1, 0)]
        length = math.hypot(ahead[0] - back[0], ahead[1] - back[1]) or 1.0
        nx, ny = -(ahead[1] - back[1]) / length, (ahead[0] - back[0]) / length
        left.append((x + nx * widths[index], y + ny * widths[index]))
        right.append((x - nx * widths[index], y - ny * widths[index]))
    end, tip = points[-1], points[-2]
    length = math.hypot(end[0] - tip[0], end[1] - tip[1]) or 1.0
    cap = (end[0] + (end[0] - tip[0]) / length * widths[-1], end[1] + (end[1] - tip[1]) / length * widths[-1])
    return [*left, cap, *reversed(right)]


class Canvas:
    """A transparent picture with its own units: `unit` pixels a unit, `origin` in pixels; light comes from `light`.

    Everything is drawn `finer` times larger; `finish` reduces it, which is what makes the edges soft.
    """

    def __init__(
        self, size: tuple[int, int], *, unit: float, origin: Point, light: float = -1.0, finer: int = 2
    ) -> None:
        self.finer = finer
        self.size = size
        self.unit = unit * finer
        self.origin = (origin[0] * finer, origin[1] * finer)
        self.light = light
        self.image = Image.new("RGBA", (size[0] * finer, size[1] * finer), (0, 0, 0, 0))
        self._turn = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    def turned(self, angle: float, pivot: Point = (0.0, 0.0), move: Point = (0.0, 0.0)) -> None:
        """From now on turn what is drawn by `angle` radians around `pivot`, then move it; `turned(0)` ends it."""
        self._turn = (math.cos(angle), math.sin(angle), pivot[0], pivot[1], move[0], move[1])

    def at(self, point: Point) -> Point:
        """Give the pixel (in the larger picture) of a point in units."""
        cos, sin, px, py, right, down = self._turn
        x, y = point[0] - px, point[1] - py
        x, y = right + px + x * cos - y * sin, down + py + x * sin + y * cos
        return self.origin[0] + x * self.unit, self.origin[1] + y * self.unit

    def fill(
        self, outline: Sequence[Point], colour: Colour, *, depth: float = 0.12, dark: float = 0.32, bright: float = 0.2,
        round_: bool = True,
    ) -> None:  # fmt: skip
        """Paint a shape: its own colour, shade away from the light, a bright edge towards it.

        `depth` (units) is how far shade reaches in; `dark` and `bright` are how strong the two are.
        """
        pixels = [self.at(point) for point in (smooth(outline) if round_ else outline)]
        box = self._box(pixels, 4)
        if box is None:
            return
        local = [(x - box[0], y - box[1]) for x, y in pixels]
        mask = self._mask(local, box)
        patch = Image.new("RGB", mask.size, colour)
        reach = depth * self.unit
        if reach >= 1 and dark:
            away = self._mask([(x + self.light * reach, y - reach * 0.45) for x, y in local], box)
            away = ImageChops.invert(away.filter(ImageFilter.BoxBlur(reach * 0.28)))
            patch.paste(shade(colour, dark), None, away)
        if reach >= 1 and bright:
            near = self._mask([(x - self.light * reach * 0.4, y + reach * 0.25) for x, y in local], box)
            near = ImageChops.invert(near.filter(ImageFilter.BoxBlur(reach * 0.12)))
            patch.paste(lit(colour, bright), None, near)
        self.image.paste(patch, box, mask)

    def flat(self, outline: Sequence[Point], colour: Colour, *, round_: bool = True) -> None:
        """Paint a shape in one colour."""
        pixels = [self.at(point) for point in (smooth(outline) if round_ else outline)]
        ImageDraw.Draw(self.image).polygon(pixels, fill=(*colour, 255))

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Paint an open line with round ends, `width` in units."""
        pixels = [self.at(point) for point in points]
        pen = ImageDraw.Draw(self.image)
        thick = max(1, round(width * self.unit))
        pen.line(pixels, fill=(*colour, 255), width=thick, joint="curve")
        for x, y in (pixels[0], pixels[-1]):
            pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=(*colour, 255))

    def glow(self, at: Point, reach: Point, colour: Colour, alpha: float) -> None:
        """Breathe a soft spot of colour onto what is there already (not beside it)."""
        px, py = self.at(at)
        wide, high = reach[0] * self.unit, reach[1] * self.unit
        box = self._box([(px - wide * 1.6, py - high * 1.6), (px + wide * 1.6, py + high * 1.6)], 2)
        if box is None:
            return
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
        left, top = px - box[0], py - box[1]
        ImageDraw.Draw(mask).ellipse((left - wide, top - high, left + wide, top + high), fill=round(255 * alpha))
        mask = mask.filter(ImageFilter.BoxBlur(min(wide, high) * 0.35))
        there = self.image.crop(box)
        kept = there.getchannel("A")
        there.paste((*colour, 255), None, mask)
        there.putalpha(kept)
        self.image.paste(there, box)

    def finish(self) -> Image.Image:
        """Give the picture in its real size."""
        return self.image.resize(self.size, Image.Resampling.LANCZOS) if self.finer > 1 else self.image

    def _box(self, pixels: Sequence[Point], border: int) -> tuple[int, int, int, int] | None:
        xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
        wide, high = self.image.size
        left, top = max(0, int(min(xs)) - border), max(0, int(min(ys)) - border)
        right, bottom = min(wide, int(max(xs)) + border), min(high, int(max(ys)) + border)
        return (left, top, right, bottom) if right > left and bottom > top else None

    def _mask(self, local: Sequence[Point], box: tuple[int, int, int, int]) -> Image.Image:
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
        ImageDraw.Draw(mask).polygon(list(local), fill=255)
        return mask
