"""Paints sets for a show: stage and stadium, the band behind, the audience in front."""

import math

from generation.providers.sample.air import Air
from generation.providers.sample.canvas import Canvas, Point, limb, oval
from generation.providers.sample.dice import Dice
from generation.providers.sample.palette import Colour, lit, mix, shade
from generation.providers.sample.view import Scenery, View, ground

_INK: Colour = (22, 16, 32)


def stage(scenery: Scenery) -> None:
    """Paint a curtain, a truss with lamps, amplifiers, the floor."""
    far, middle, _, view, air, _ = scenery
    cloth = air.far((92, 34, 74), 0.1)
    reach = view.reach * 1.1
    for index in range(26):
        x = -reach + 2 * reach * index / 26
        fold = [(x, 0.16), (x, -1.6), (x + reach / 13, -1.6), (x + reach / 13, 0.16)]
        far.fill(fold, cloth if index % 2 else shade(cloth, 0.3), depth=0.05, dark=0.5, round_=False)
    _truss(middle, view, air, -0.62)
    _floor(middle, view, air, (74, 56, 84))
    _amps(middle, air)


def stadium(scenery: Scenery) -> None:
    """Paint the stands full of people, floodlights, the truss of an open stage."""
    far, middle, _, view, air, dice = scenery
    bowl = air.far((74, 72, 100), 0.3)
    reach = view.reach * 1.15
    rim = [(-reach, -0.34), (-reach * 0.5, -0.24), (0.0, -0.2), (reach * 0.5, -0.24), (reach, -0.34)]
    far.fill([*rim, (reach, 0.3), (-reach, 0.3)], bowl, depth=0.06)
    people: tuple[Colour, ...] = (
        (236, 200, 150),
        (206, 96, 88),
        (110, 150, 206),
        (230, 220, 226),
        (120, 92, 140),
        (244, 190, 90),
    )
    for index in range(900):
        x = dice.between(f"px{index}", -1.0, 1.0) * reach
        top = -0.2 - 0.14 * (abs(x) / reach) ** 1.6
        y = top + 0.025 + dice.unit(f"py{index}") * (0.26 - top) * 0.62
        far.flat(
            oval(x, y, 0.0052, 0.0066), mix(air.far(dice.pick(f"pc{index}", people), 0.3), bowl, 0.3), round_=False
        )
    for row in (0.34, 0.68):
        line = [(x, y + (0.2 - y) * row) for x, y in rim]
        far.line(line, shade(bowl, 0.4), 0.012)
    for side in (-1, 1):
        _floodlight(far, (side * view.reach * 0.6, -0.26), air)
    _truss(middle, view, air, -0.52)
    _floor(middle, view, air, (88, 76, 96))
    _amps(middle, air)


def _floodlight(canvas: Canvas, at: Point, air: Air) -> None:
    x, y = at
    canvas.line([(x, y), (x, y - 0.3)], air.far((60, 60, 76), 0.2), 0.014)
    canvas.flat(
        [(x - 0.08, y - 0.28), (x - 0.08, y - 0.38), (x + 0.08, y - 0.38), (x + 0.08, y - 0.28)],
        air.far((50, 50, 64), 0.2),
        round_=False,
    )
    for column in range(4):
        for row in range(2):
            canvas.flat(
                oval(x - 0.058 + column * 0.039, y - 0.353 + row * 0.046, 0.015, 0.017), (255, 248, 226), round_=False
            )


def _truss(canvas: Canvas, view: View, air: Air, level: float) -> None:
    metal = air.far((116, 112, 132), 0.05)
    half = min(view.reach * 0.96, 1.15)
    for y in (level, level + 0.05):
        canvas.line([(-half, y), (half, y)], metal, 0.009)
    for index in range(34):
        x = -half + index * half / 17
        low = level + 0.05 if index % 2 else level
        canvas.line([(x, low), (x + half / 17, level + 0.05 - (low - level))], shade(metal, 0.2), 0.005)
    for side in (-1, 1):
        canvas.line([(side * half, level), (side * half, 0.14)], metal, 0.016)
    for index in range(9):
        x = -half * 0.86 + index * half * 1.72 / 8
        canvas.fill(oval(x, level + 0.082, 0.021, 0.028), shade(metal, 0.6), depth=0.008)
        canvas.flat(oval(x, level + 0.1, 0.013, 0.011), lit(air.rim, 0.6), round_=False)


def _floor(canvas: Canvas, view: View, air: Air, colour: Colour) -> None:
    floor = air.far(colour, 0.05)
    ground(canvas, view, lit(floor, 0.1), shade(floor, 0.45), level=0.12)
    canvas.line([(-view.reach, 0.12), (view.reach, 0.12)], lit(floor, 0.35), 0.006)
    for index in range(11):
        x = -1.0 + index / 5
        canvas.line([(x * 0.7, 0.125), (x * 2.4, 1.1)], shade(floor, 0.5), 0.003)


def _amps(canvas: Canvas, air: Air) -> None:
    for side in (-1, 1):
        for row in range(2):
            x, low = side * 0.78, 0.17 - row * 0.14
            box = [(x - 0.1, low), (x - 0.1, low - 0.135), (x + 0.1, low - 0.135), (x + 0.1, low)]
            canvas.fill(box, air.far((48, 42, 52), 0.04), depth=0.02, round_=False)
            for spot in (-0.045, 0.045):
                canvas.fill(oval(x + spot, low - 0.066, 0.038, 0.046), air.far((86, 80, 92), 0.04), depth=0.012)
        canvas.flat(oval(side * 0.86, 0.02, 0.004, 0.004), (255, 70, 60), round_=False)


def band(canvas: Canvas, air: Air, dice: Dice) -> None:
    """Paint drummer, bass, guitar and keyboards behind the performer."""
    _drums(canvas, (0.3, 0.15), air)
    for x, colour in ((-0.46, (120, 62, 66)), (0.62, (58, 92, 104))):
        _player(canvas, (x, 0.24), air, colour, dice)
    _keys(canvas, (-0.2, 0.18), air)


def _figure(canvas: Canvas, at: Point, size: float, air: Air, colour: Colour) -> None:
    x, y = at
    tone, skin = air.far(colour, 0.1), air.far((196, 148, 122), 0.12)
    for side in (-1, 1):
        canvas.fill(
            limb([(x + side * size * 0.05, y - size * 0.45), (x + side * size * 0.08, y)], [size * 0.055, size * 0.04]),
            air.far((44, 40, 60), 0.06),
            depth=0.01,
            round_=False,
        )
    body = [
        (x - size * 0.12, y - size * 0.78),
        (x + size * 0.12, y - size * 0.78),
        (x + size * 0.11, y - size * 0.4),
        (x - size * 0.11, y - size * 0.4),
    ]
    canvas.fill(body, tone, depth=0.02)
    canvas.fill(oval(x, y - size * 0.9, size * 0.075, size * 0.095), skin, depth=0.015)
    hair = [
        (x - size * 0.085, y - size * 0.88),
        (x - size * 0.07, y - size),
        (x + size * 0.07, y - size),
        (x + size * 0.085, y - size * 0.88),
        (x, y - size * 0.95),
    ]
    canvas.fill(hair, air.far((52, 38, 42), 0.06), depth=0.01)


def _player(canvas: Canvas, at: Point, air: Air, colour: Colour, dice: Dice) -> None:
    x, y = at
    _figure(canvas, at, 0.4, air, colour)
    wood = air.far(dice.pick(f"wood{x}", ((196, 96, 52), (214, 168, 84), (160, 48, 52))), 0.06)
    canvas.line([(x, y - 0.19), (x + 0.2, y - 0.27)], air.far((86, 58, 44), 0.05), 0.012)
    canvas.fill(oval(x - 0.015, y - 0.185, 0.062, 0.046, -0.3), wood, depth=0.02)
    canvas.line([(x - 0.045, y - 0.29), (x - 0.07, y - 0.22), (x - 0.01, y - 0.19)], air.far(colour, 0.12), 0.026)
    canvas.line([(x + 0.045, y - 0.29), (x + 0.09, y - 0.22), (x + 0.12, y - 0.24)], air.far(colour, 0.12), 0.026)


def _drums(canvas: Canvas, at: Point, air: Air) -> None:
    x, y = at
    _figure(canvas, (x, y - 0.02), 0.34, air, (96, 84, 70))
    shell = air.far((176, 52, 58), 0.08)
    for dx, dy, rx, ry in ((-0.1, -0.13, 0.05, 0.045), (0.1, -0.13, 0.05, 0.045), (0.0, -0.06, 0.09, 0.085)):
        canvas.fill(oval(x + dx, y + dy, rx, ry), shell, depth=0.02)
        canvas.fill(oval(x + dx, y + dy, rx * 0.82, ry * 0.82), air.far((226, 216, 206), 0.08), depth=0.02)
    for side in (-1, 1):
        canvas.line([(x + side * 0.17, y), (x + side * 0.17, y - 0.22)], air.far((120, 116, 130), 0.05), 0.005)
        canvas.fill(
            oval(x + side * 0.17, y - 0.225, 0.065, 0.012, side * 0.16),
            air.far((222, 182, 92), 0.05),
            depth=0.005,
            bright=0.5,
        )


def _keys(canvas: Canvas, at: Point, air: Air) -> None:
    x, y = at
    _figure(canvas, at, 0.36, air, (82, 66, 112))
    desk = [(x - 0.13, y - 0.17), (x + 0.13, y - 0.17), (x + 0.13, y - 0.145), (x - 0.13, y - 0.145)]
    canvas.fill(desk, air.far((212, 206, 204), 0.08), depth=0.01, round_=False)
    for side in (-1, 1):
        canvas.line([(x + side * 0.1, y - 0.145), (x - side * 0.1, y)], air.far((60, 56, 70), 0.06), 0.007)


def crowd(near: Canvas, view: View, air: Air, dice: Dice) -> None:
    """Paint heads and raised hands of the audience along the lower edge."""
    count = max(10, round(view.reach * 13))
    for row in range(2):
        tone = mix(air.far(_INK, 0.06), air.rim, 0.05 if row else 0.16)
        for index in range(count):
            x = (-1.0 + 2 * (index + 0.7 * dice.unit(f"x{row}{index}")) / count) * view.reach
            y = view.low * 0.84 + row * 0.07 - 0.04 * dice.unit(f"y{row}{index}")
            near.flat(oval(x, y, 0.034, 0.043), tone, round_=False)
            near.flat(
                [
                    (x - 0.09, view.low + 0.5),
                    (x - 0.07, y + 0.06),
                    (x, y + 0.035),
                    (x + 0.07, y + 0.06),
                    (x + 0.09, view.low + 0.5),
                ],
                tone,
            )
            if dice.chance(f"h{row}{index}", 0.42):
                _raised(near, (x, y), tone, dice.between(f"a{row}{index}", -0.5, 0.5), air)


def _raised(near: Canvas, at: Point, tone: Colour, lean: float, air: Air) -> None:
    x, y = at
    hand = (x + 0.06 + 0.13 * math.sin(lean), y - 0.15 * math.cos(lean))
    near.flat(limb([(x + 0.06, y + 0.09), (x + 0.075, y - 0.02), hand], [0.02, 0.017, 0.015]), tone)
    near.flat(oval(hand[0], hand[1] - 0.012, 0.019, 0.024), tone, round_=False)
    if lean > 0.3:
        near.flat(
            [
                (hand[0] - 0.014, hand[1] - 0.02),
                (hand[0] - 0.014, hand[1] - 0.07),
                (hand[0] + 0.014, hand[1] - 0.07),
                (hand[0] + 0.014, hand[1] - 0.02),
            ],
            lit(air.sun, 0.5),
            round_=False,
        )
