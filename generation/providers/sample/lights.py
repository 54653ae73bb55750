"""Light that moves: beams, rays, lamps, a lighthouse; drawn small, blurred, and added to what lies behind."""

import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from generation.providers.sample.air import Air, light_side, sun_at
from generation.providers.sample.dice import Dice
from generation.providers.sample.look import Look
from generation.providers.sample.palette import Colour, scaled
from generation.providers.sample.view import Camera, View

_FINER = 4
"""Light is painted this many times smaller than the layers: it has no edges."""


class Lights:
    """The moving light of one clip."""

    def __init__(self, look: Look, air: Air, view: View, dice: Dice) -> None:
        self.look, self.air, self.view, self.dice = look, air, view, dice
        self.small = (max(8, view.frame[0] // _FINER), max(8, view.frame[1] // _FINER))
        self.gels = dice.shuffled(
            "gels", ((255, 170, 86), (96, 132, 255), (255, 84, 128), (120, 236, 220), (196, 120, 255))
        )
        self.vignette = _vignette(view.frame)

    def add(self, behind: Image.Image, camera: Camera, at: float) -> Image.Image:
        """Give `behind` with the light of the moment `at` (seconds)."""
        glow = Image.new("RGB", self.small)
        pen = ImageDraw.Draw(glow)
        if self.look.place in {"stage", "stadium"}:
            self._beams(pen, camera, at)
        elif self.look.place == "sea" and self.air.stars > 0.2:
            self._lighthouse(pen, camera, at)
        elif self.look.place == "city":
            self._cars(pen, camera, at)
        else:
            self._rays(pen, camera, at)
        glow = glow.filter(ImageFilter.BoxBlur(2)).resize(self.view.frame, Image.Resampling.BILINEAR)
        return ImageChops.multiply(ImageChops.screen(behind, glow), self.vignette)

    def _place(self, x: float, y: float, camera: Camera, depth: float) -> tuple[float, float]:
        """Give the small pixel of a world point seen by the camera."""
        wide, high = self.view.frame
        zoom = 1 + (camera.zoom - 1) * depth
        px = wide / 2 + (x * self.view.unit - camera.x * depth * wide) * zoom
        py = high / 2 + (high * (self.view.horizon - 0.5) + y * self.view.unit - camera.y * depth * high) * zoom
        return px / _FINER, py / _FINER

    def _beams(self, pen: ImageDraw.ImageDraw, camera: Camera, at: float) -> None:
        level = -0.44 if self.look.place == "stadium" else -0.54
        count = 8
        pulse = 0.75 + 0.25 * math.cos(at * 110 / 60 * 2 * math.pi)
        for index in range(count):
            gel = self.gels[index % 3]
            x = -0.98 + index * 1.96 / (count - 1)
            lean = math.sin(at * 0.8 + index * 0.9 + 6 * self.dice.unit("phase")) * 0.5 - x * 0.35
            top, low = self._place(x, level, camera, 0.85), self._place(x + lean, level + 1.0, camera, 0.85)
            half = self.view.unit * 0.1 / _FINER
            tone = scaled(gel, (0.34 if index % 2 else 0.24) * (pulse if index % 2 else 1.0))
            pen.polygon(
                [(top[0] - 0.8, top[1]), (top[0] + 0.8, top[1]), (low[0] + half, low[1]), (low[0] - half, low[1])],
                fill=tone,
            )
            pen.ellipse((top[0] - 2.4, top[1] - 2, top[0] + 2.4, top[1] + 2), fill=scaled(gel, 0.9))

    def _lighthouse(self, pen: ImageDraw.ImageDraw, camera: Camera, at: float) -> None:
        side = -self.view.light
        x, y = self._place(side * 0.64, -0.365, camera, 0.35)
        turn = at * 1.1 + 6 * self.dice.unit("beam")
        reach = math.cos(turn) * self.view.unit * 1.5 / _FINER
        open_ = 3 + abs(reach) * 0.09
        tone = scaled((255, 236, 190), 0.2 + 0.3 * max(0.0, math.sin(turn)))
        for length, strength in ((1.0, 0.22), (0.8, 0.4), (0.6, 0.6), (0.42, 0.8), (0.25, 1.0)):
            far, half = x + reach * length * 1.3, open_ * length * 1.3
            pen.polygon([(x, y), (far, y - half), (far, y + half)], fill=scaled(tone, strength))
        pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=scaled((255, 240, 200), 0.6 + 0.4 * max(0.0, math.sin(turn))))

    def _cars(self, pen: ImageDraw.ImageDraw, camera: Camera, at: float) -> None:
        for index in range(5):
            away = index % 2 == 1
            part = (at * self.dice.between(f"v{index}", 0.1, 0.2) + self.dice.unit(f"c{index}")) % 1.0
            near = (1 - part) if away else part
            y = 0.05 + near**2 * 0.5
            x = (0.07 + y * 0.42) * (1 if away else -1)
            colour: Colour = (255, 70, 50) if away else (255, 236, 200)
            small = 0.5 + near**2 * 7
            for lamp in (-1, 1):
                px, py = self._place(x + lamp * (0.012 + y * 0.07), y, camera, 0.85)
                pen.ellipse((px - small, py - small * 0.7, px + small, py + small * 0.7), fill=scaled(colour, 0.85))
                pen.polygon(
                    [(px - small * 0.6, py), (px + small * 0.6, py), (px, py + small * 5)], fill=scaled(colour, 0.25)
                )

    def _rays(self, pen: ImageDraw.ImageDraw, camera: Camera, at: float) -> None:
        side = light_side(self.dice)
        sun = sun_at(self.view.size, self.air, self.dice, self.view.level)
        offset = (self.view.size[0] - self.view.frame[0]) / 2, (self.view.size[1] - self.view.frame[1]) / 2
        x, y = (sun[0] - offset[0]) / _FINER, (sun[1] - offset[1]) / _FINER
        strength = {"room": 0.2, "forest": 0.24, "space": 0.06}.get(self.look.place, 0.12)
        if self.look.place in {"room", "forest"}:
            x, y = (self.small[0] * (0.5 + side * 0.42), -self.small[1] * 0.1)
        for index in range(6):
            angle = 0.35 + index * 0.2 + 0.06 * math.sin(at * 0.5 + index * 1.7)
            tone = scaled(self.air.sun, strength * (0.6 + 0.4 * math.sin(at * 0.7 + index * 2.1)))
            long = self.small[0] * 1.5
            ends = [
                (x - side * math.cos(angle + shift) * long, y + math.sin(angle + shift) * long)
                for shift in (-0.035, 0.045)
            ]
            pen.polygon([(x, y), *ends], fill=tone)


def _vignette(size: tuple[int, int]) -> Image.Image:
    small = Image.new("L", (48, 48))
    for y in range(48):
        for x in range(48):
            away = ((x - 23.5) / 24) ** 2 + ((y - 23.5) / 24) ** 2
            small.putpixel((x, y), round(255 * (1 - 0.26 * min(1.0, away / 2) ** 1.3)))
    large = small.resize(size, Image.Resampling.BICUBIC)
    return Image.merge("RGB", (large, large, large))
