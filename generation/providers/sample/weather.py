"""What drifts through the air: rain, snow, sparks, confetti, leaves, dust, fog, and the grain of the film."""

import math
import random

from PIL import Image, ImageDraw, ImageFilter

from generation.providers.sample.air import Air
from generation.providers.sample.dice import Dice
from generation.providers.sample.look import Look
from generation.providers.sample.palette import Colour, lit

_CONFETTI: tuple[Colour, ...] = ((255, 96, 110), (255, 206, 84), (96, 214, 206), (172, 134, 255), (248, 244, 236))
_LEAVES: tuple[Colour, ...] = ((206, 110, 50), (182, 70, 44), (222, 164, 70), (134, 92, 50))
_COUNTS = {"rain": 150, "snow": 120, "sparks": 60, "confetti": 80, "leaves": 26, "dust": 40}


class Weather:
    """The particles of one clip; every one comes round again, so that none is ever missing or popping up."""

    def __init__(self, look: Look, air: Air, dice: Dice, size: tuple[int, int]) -> None:
        kind = look.weather
        if kind == "none" and look.place in {"stage", "stadium", "room", "forest"}:
            kind = "dust"
        self.kind, self.air, self.size = kind, air, size
        self.seeds = [
            (dice.unit(f"a{index}"), dice.unit(f"b{index}"), dice.unit(f"c{index}"), dice.unit(f"d{index}"))
            for index in range(_COUNTS.get(kind, 0))
        ]
        self.dots = [_dot(radius, _tone(kind, air)) for radius in _radii(kind, size)]
        self.fog = _fog(size, dice, thick=84 if kind == "fog" else 44) if kind in {"fog", "rain"} else None

    def draw(self, frame: Image.Image, at: float) -> None:
        """Draw what is in the air at `at` seconds onto an RGB frame."""
        if self.fog is not None:
            wide = self.fog.size[0] - self.size[0]
            shift = round((math.sin(at * 0.22) * 0.5 + 0.5) * wide)
            top = self.size[1] - self.fog.size[1]
            frame.paste(self.air.horizon, (0, top), self.fog.crop((shift, 0, shift + self.size[0], self.fog.size[1])))
        if self.kind == "rain":
            self._rain(frame, at)
        elif self.kind in {"confetti", "leaves"}:
            self._flakes(frame, at)
        elif self.dots and self.seeds:
            self._dots(frame, at)

    def _rain(self, frame: Image.Image, at: float) -> None:
        pen = ImageDraw.Draw(frame, "RGBA")
        wide, high = self.size
        tone = lit(self.air.horizon, 0.5)
        for a, b, c, _ in self.seeds:
            long = high * (0.03 + 0.06 * c)
            y = ((b + at * (1.5 + 1.3 * c)) % 1.0) * (high + long * 2) - long
            x = (a * 1.2 - 0.1) * wide - y * 0.08
            pen.line(
                (x, y, x - long * 0.08, y + long), fill=(*tone, round(70 + 80 * c)), width=1 + round(c * high / 720)
            )

    def _dots(self, frame: Image.Image, at: float) -> None:
        wide, high = self.size
        rise = {"snow": 0.1, "sparks": -0.16, "dust": -0.012}[self.kind]
        for a, b, c, d in self.seeds:
            part = (b + at * rise * (0.5 + c)) % 1.0
            drift = math.sin(at * (0.6 + d) + a * 9) * (0.02 if self.kind != "dust" else 0.012)
            dot = self.dots[int(c * len(self.dots))]
            if self.kind == "sparks" and math.sin(at * (5 + 6 * d) + a * 40) < -0.4:
                continue
            x = ((a + drift + (at * 0.02 if self.kind == "snow" else 0)) % 1.06 - 0.03) * wide
            frame.paste(dot, (round(x), round((part * 1.1 - 0.05) * high)), dot)

    def _flakes(self, frame: Image.Image, at: float) -> None:
        pen = ImageDraw.Draw(frame, "RGBA")
        wide, high = self.size
        tones = _CONFETTI if self.kind == "confetti" else _LEAVES
        for index, (a, b, c, d) in enumerate(self.seeds):
            y = ((b + at * (0.09 + 0.1 * c)) % 1.0) * high * 1.1 - high * 0.05
            x = ((a + math.sin(at * (0.8 + d) + a * 12) * 0.03) % 1.0) * wide
            big = high * (0.006 + 0.006 * c)
            turn, flip = at * (2 + 3 * d) + a * 7, math.cos(at * (3 + 3 * c) + b * 9)
            ax, ay = math.cos(turn) * big, math.sin(turn) * big
            bx, by = -math.sin(turn) * big * flip * 0.6, math.cos(turn) * big * flip * 0.6
            pen.polygon(
                [
                    (x - ax - bx, y - ay - by),
                    (x + ax - bx, y + ay - by),
                    (x + ax + bx, y + ay + by),
                    (x - ax + bx, y - ay + by),
                ],
                fill=(*tones[index % len(tones)], 215),
            )


def _tone(kind: str, air: Air) -> Colour:
    return {"snow": lit(air.horizon, 0.7), "sparks": (255, 176, 84), "dust": lit(air.sun, 0.4)}.get(
        kind, (255, 255, 255)
    )


def _radii(kind: str, size: tuple[int, int]) -> list[float]:
    unit = min(size) / 720
    table = {"snow": (2.2, 3.2, 4.4, 7.0), "sparks": (2.0, 2.6, 3.4), "dust": (1.6, 2.2, 3.0, 5.0)}
    return [radius * unit for radius in table.get(kind, ())]


def _dot(radius: float, tone: Colour) -> Image.Image:
    wide = max(3, round(radius * 2.6))
    mask = Image.new("L", (wide * 4, wide * 4), 0)
    reach = radius * 4 * 0.8
    middle = wide * 2
    ImageDraw.Draw(mask).ellipse(
        (middle - reach, middle - reach, middle + reach, middle + reach), fill=210 if radius < 4 else 110
    )
    mask = mask.filter(ImageFilter.GaussianBlur(radius * 1.1)).resize((wide, wide), Image.Resampling.BOX)
    dot = Image.new("RGBA", (wide, wide), (*tone, 0))
    dot.putalpha(mask)
    return dot


def _fog(size: tuple[int, int], dice: Dice, *, thick: int) -> Image.Image:
    """Give the mask of a bank of fog over the lower half, wider than the frame so that it can drift."""
    wide, high = round(size[0] * 1.4), round(size[1] * 0.62)
    mask = Image.new("L", (wide // 8, high // 8), 0)
    pen = ImageDraw.Draw(mask)
    for index in range(26):
        x, y = dice.unit(f"fx{index}") * wide / 8, (0.3 + 0.8 * dice.unit(f"fy{index}")) * high / 8
        rx = dice.between(f"fr{index}", 0.06, 0.16) * wide / 8
        pen.ellipse((x - rx, y - rx * 0.3, x + rx, y + rx * 0.3), fill=thick)
    return mask.filter(ImageFilter.GaussianBlur(high / 8 * 0.09)).resize((wide, high), Image.Resampling.BICUBIC)


def grain_tile(size: tuple[int, int], strength: int = 3) -> Image.Image:
    """Give grey noise around 128, larger than `size` so that every frame can cut another part; always the same."""
    source = random.Random(4711)  # noqa: S311 - grain, not a secret; seeded, so the same in every run
    wide, high = size[0] + 64, size[1] + 64
    noise = Image.frombytes("L", (wide, high), source.randbytes(wide * high))
    table = [128 + round((value - 127.5) / 127.5 * strength) for value in range(256)]
    grey = noise.point(table)
    return Image.merge("RGB", (grey, grey, grey))
