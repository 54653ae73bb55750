"""Paints hair (behind and in front of the head) and what is worn on it."""

import math
from dataclasses import replace

from generation.providers.sample.canvas import Canvas, Point, limb, oval
from generation.providers.sample.face import Pose
from generation.providers.sample.palette import NAMED, lit, mix, shade
from generation.providers.sample.vocabulary import Traits

_CAP: list[Point] = [
    (-0.8, 0.02),
    (-0.88, -0.48),
    (-0.64, -1.04),
    (0.0, -1.24),
    (0.64, -1.06),
    (0.88, -0.5),
    (0.8, 0.0),
]


def _sided(points: list[Point], shift: float) -> list[Point]:
    return [(x + shift, y) for x, y in points]


def _both(points: list[Point]) -> list[Point]:
    return [*points, *((-x, y) for x, y in reversed(points))]


_FLAT = {"quiff": "short", "spiky": "short", "mohawk": "buzz", "bun": "short", "afro": "bob", "curly": "short"}


def under_hat(traits: Traits) -> Traits:
    """Lay flat what a hat would press flat."""
    if traits.hat in {"none", "band", "crown"}:
        return traits
    return replace(traits, hair=_FLAT.get(traits.hair, traits.hair))


def behind(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the hair that falls behind neck and shoulders; call it first of all."""
    colour, shift = shade(traits.hair_colour, 0.22), -pose.turn * 0.08
    shapes: dict[str, list[Point]] = {
        "long": _both([(0.2, -1.2), (0.8, -0.9), (1.0, -0.1), (1.06, 0.9), (1.12, 1.9), (0.8, 2.3), (0.3, 2.36)]),
        "wavy": _both([(0.2, -1.2), (0.86, -0.9), (1.05, -0.2), (0.98, 0.4), (1.2, 0.95), (1.04, 1.5), (0.6, 1.72)]),
        "bob": _both([(0.2, -1.2), (0.84, -0.9), (1.0, -0.2), (1.06, 0.5), (0.94, 0.95), (0.5, 1.04)]),
        "braids": _both([(0.2, -1.15), (0.8, -0.8), (0.92, 0.0), (0.7, 0.7)]),
    }
    if traits.hair in shapes:
        canvas.fill(_sided(shapes[traits.hair], shift), colour, depth=0.3)
    if traits.hair in {"curly", "afro"}:
        big = 1.32 if traits.hair == "afro" else 1.06
        canvas.fill(_cloud(shift, -0.32, big, big * 0.98), colour, depth=0.35)
    if traits.hair == "ponytail":
        side = -1 if pose.turn > 0 else 1
        tail = [(side * 0.3, -0.95), (side * 1.0, -0.8), (side * 1.25, 0.1), (side * 1.12, 1.1), (side * 0.8, 1.7)]
        canvas.fill([*tail, (side * 0.86, 0.8), (side * 0.8, 0.0), (side * 0.5, -0.5)], colour, depth=0.2)
    if traits.hair == "bun":
        canvas.fill(oval(shift * 2, -1.32, 0.4, 0.36), traits.hair_colour, depth=0.2)
    if traits.hat == "hood":
        hood = _both([(0.3, -1.42), (0.98, -1.0), (1.14, -0.1), (1.0, 0.9), (0.7, 1.4)])
        canvas.fill(hood, shade(traits.garment_colour, 0.2), depth=0.3)


def _cloud(x: float, y: float, rx: float, ry: float) -> list[Point]:
    points = []
    for index in range(44):
        angle = 2 * math.pi * index / 44
        puff = 1.0 + 0.055 * (1 if index % 2 else -0.4)
        points.append((x + rx * puff * math.cos(angle), y + ry * puff * math.sin(angle)))
    return points


def front(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the hair over the forehead and the strands beside the face."""
    if traits.hair == "bald" or traits.hat in {"hood", "helmet"}:
        return
    shift = pose.turn * 0.04
    line = _hairline(traits)
    canvas.fill(_sided([*_top(traits), *line], shift), traits.hair_colour, depth=0.2, bright=0.32)
    if traits.hair in {"long", "wavy", "bob"}:
        low = {"long": 1.95, "wavy": 1.45, "bob": 0.86}[traits.hair]
        for side in (-1, 1):
            wave = 0.1 if traits.hair == "wavy" else 0.0
            strand = [(0.5, -0.95), (0.86, -0.5), (0.95 + wave, 0.3), (0.98 - wave, low * 0.7), (0.84, low)]
            strand += [(0.7 + wave, low * 0.72), (0.74, 0.2), (0.7, -0.3)]
            canvas.fill(_sided([(side * x, y) for x, y in strand], shift * 0.5), traits.hair_colour, depth=0.1)
    if traits.hair == "braids":
        for side in (-1, 1):
            for step in range(6):
                at = (side * (0.86 + 0.05 * (step % 2)), 0.25 + step * 0.29)
                canvas.fill(oval(at[0], at[1], 0.15, 0.19, side * 0.5), traits.hair_colour, depth=0.07)
            canvas.flat(oval(side * 0.9, 1.98, 0.08, 0.07), traits.accessory_colour)
    _gloss(canvas, traits, shift)


def _gloss(canvas: Canvas, traits: Traits, shift: float) -> None:
    if traits.hair in {"buzz", "afro", "curly", "spiky", "mohawk"} or traits.hat not in {"none", "band"}:
        return
    side = canvas.light
    arc = [(0.72, -0.5), (0.66, -0.78), (0.44, -0.98), (0.14, -1.06)]
    canvas.flat(
        limb([(side * x + shift, y) for x, y in arc], [0.008, 0.035, 0.035, 0.006]), lit(traits.hair_colour, 0.38)
    )
    dark = shade(traits.hair_colour, 0.3)
    for start, end in (((0.1, -1.12), (-0.3, -0.7)), ((-0.12, -1.14), (-0.56, -0.72)), ((-0.3, -1.1), (-0.72, -0.6))):
        bend = ((start[0] + end[0]) / 2 - 0.08, (start[1] + end[1]) / 2 - 0.06)
        strand = [(side * x + shift, y) for x, y in (start, bend, end)]
        canvas.flat(limb(strand, [0.004, 0.014, 0.003]), dark)


def _top(traits: Traits) -> list[Point]:
    if traits.hair == "buzz":
        return [(-0.79, -0.1), (-0.84, -0.5), (-0.6, -0.98), (0.0, -1.12), (0.6, -0.98), (0.84, -0.5), (0.79, -0.1)]
    if traits.hair == "quiff":
        return [(-0.8, 0.0), (-0.9, -0.55), (-0.86, -1.2), (-0.3, -1.56), (0.5, -1.36), (0.86, -0.7), (0.8, 0.0)]
    if traits.hair == "spiky":
        spikes: list[Point] = [(-0.82, 0.0)]
        for index in range(9):
            angle = math.pi * (1.05 + 0.9 * index / 8)
            spikes.append((1.12 * math.cos(angle), -0.25 + 1.3 * math.sin(angle)))
            spikes.append((0.86 * math.cos(angle + 0.17), -0.25 + 0.95 * math.sin(angle + 0.17)))
        return [*spikes[:-1], (0.82, 0.0)]
    if traits.hair == "mohawk":
        return [(-0.3, -0.7), (-0.36, -1.2), (-0.2, -1.7), (0.0, -1.86), (0.2, -1.7), (0.36, -1.2), (0.3, -0.7)]
    if traits.hair in {"curly", "afro"}:
        big = 1.14 if traits.hair == "afro" else 1.0
        return _cloud(0.0, -0.36, big, big * 0.94)[22:]
    return _CAP


def _hairline(traits: Traits) -> list[Point]:
    lines: dict[str, list[Point]] = {
        "buzz": [(0.7, -0.4), (0.46, -0.68), (0.0, -0.72), (-0.46, -0.68), (-0.7, -0.4)],
        "quiff": [(0.7, -0.3), (0.5, -0.66), (0.05, -0.7), (-0.42, -0.64), (-0.7, -0.32)],
        "mohawk": [(0.14, -0.62), (-0.14, -0.62)],
        "long": [(0.72, -0.2), (0.5, -0.56), (0.12, -0.78), (-0.1, -0.84), (-0.4, -0.62), (-0.7, -0.22)],
        "bob": [(0.72, -0.1), (0.6, -0.38), (0.2, -0.34), (-0.2, -0.34), (-0.6, -0.38), (-0.72, -0.1)],
        "wavy": [(0.72, -0.2), (0.4, -0.58), (-0.1, -0.86), (-0.32, -0.6), (-0.68, -0.3)],
        "curly": [
            (0.72, -0.36),
            (0.5, -0.52),
            (0.3, -0.46),
            (0.1, -0.56),
            (-0.1, -0.48),
            (-0.34, -0.56),
            (-0.7, -0.34),
        ],
        "afro": [(0.74, -0.4), (0.4, -0.62), (0.0, -0.66), (-0.4, -0.62), (-0.74, -0.4)],
    }
    return lines.get(
        traits.hair, [(0.7, -0.34), (0.46, -0.56), (0.1, -0.5), (-0.3, -0.62), (-0.52, -0.5), (-0.7, -0.3)]
    )


def hat(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the hat, and headphones or a flower when they are the mark."""
    colour, shift = traits.hat_colour, pose.turn * 0.05
    dome = [(-0.93, -0.42), (-0.91, -0.92), (-0.58, -1.34), (0.0, -1.47), (0.58, -1.34), (0.91, -0.92), (0.93, -0.42)]
    if traits.hat == "beanie":
        canvas.fill(_sided([*dome, (0.5, -0.5), (-0.5, -0.5)], shift), colour, depth=0.22)
        canvas.fill(
            _sided([(-0.95, -0.42), (-0.9, -0.74), (0.9, -0.74), (0.95, -0.42), (0.0, -0.36)], shift), lit(colour, 0.12)
        )
        canvas.fill(oval(shift, -1.5, 0.2, 0.2), lit(colour, 0.3), depth=0.1)
    if traits.hat == "cap":
        canvas.fill(_sided([*dome, (0.4, -0.54), (-0.4, -0.54)], shift), colour, depth=0.22)
        side = 1 if pose.turn >= 0 else -1
        peak = [
            (-0.7 * side, -0.52),
            (0.4 * side, -0.62),
            (1.25 * side, -0.44),
            (1.1 * side, -0.32),
            (0.2 * side, -0.4),
        ]
        canvas.fill(_sided(peak, shift), shade(colour, 0.25), depth=0.06)
    if traits.hat in {"brim", "tall"}:
        top = -2.3 if traits.hat == "tall" else -1.66
        crown = [(-0.74, -0.6), (-0.7, -1.2), (-0.56, top), (0.0, top + 0.1), (0.56, top), (0.7, -1.2), (0.74, -0.6)]
        canvas.fill(_sided(crown, shift), colour, depth=0.22)
        band = [(-0.76, -0.66), (-0.73, -0.9), (0.73, -0.9), (0.76, -0.66)]
        canvas.flat(_sided(band, shift), shade(colour, 0.6), round_=False)
        reach = 1.1 if traits.hat == "tall" else 1.5
        canvas.fill(_sided(oval(0.0, -0.58, reach, 0.2), shift), colour, depth=0.08)
    if traits.hat == "beret":
        beret = [(-0.95, -0.62), (-1.1, -0.98), (-0.6, -1.32), (0.3, -1.36), (0.86, -1.02), (0.86, -0.62), (0.0, -0.72)]
        canvas.fill(_sided(beret, shift), colour, depth=0.2)
    _crowns(canvas, traits, shift)
    if traits.accessory == "headphones":
        _headphones(canvas, traits)
    if traits.accessory == "flower":
        _flower(canvas, traits, shift)
    if traits.accessory == "earring":
        for side in (-1, 1):
            canvas.fill(
                oval(side * 0.84 - pose.turn * 0.08, 0.38, 0.07, 0.1), traits.accessory_colour, depth=0.04, bright=0.5
            )


def _crowns(canvas: Canvas, traits: Traits, shift: float) -> None:
    colour = traits.hat_colour
    if traits.hat == "crown":
        spikes = [(-0.7, -0.8), (-0.82, -1.5), (-0.4, -1.14), (0.0, -1.66), (0.4, -1.14), (0.82, -1.5), (0.7, -0.8)]
        canvas.fill(_sided(spikes, shift), mix(colour, NAMED["gold"], 0.7), depth=0.12, bright=0.4, round_=False)
    if traits.hat == "band":
        band = [(-0.85, -0.5), (-0.84, -0.74), (0.0, -0.88), (0.84, -0.74), (0.85, -0.5), (0.0, -0.64)]
        canvas.fill(_sided(band, shift), colour, depth=0.06)
    if traits.hat == "hood":
        rim = [
            (0.4, -1.3),
            (0.9, -0.9),
            (1.02, -0.1),
            (0.86, 0.8),
            (0.74, 0.7),
            (0.82, -0.1),
            (0.7, -0.72),
            (0.3, -1.02),
        ]
        for side in (-1, 1):
            canvas.fill(
                [(side * x, y) for x, y in [*rim, (-0.05, -1.06), (-0.05, -1.36)]], traits.garment_colour, depth=0.1
            )
    if traits.hat == "helmet":
        shell = [(-1.0, 0.2), (-1.04, -0.6), (-0.6, -1.3), (0.0, -1.44), (0.6, -1.3), (1.04, -0.6), (1.0, 0.2)]
        inside = [(0.72, 0.1), (0.66, -0.5), (0.0, -0.66), (-0.66, -0.5), (-0.72, 0.1)]
        canvas.fill(_sided([*shell, *inside], shift), colour, depth=0.2, bright=0.4)


def _headphones(canvas: Canvas, traits: Traits) -> None:
    arc = [
        (math.cos(a) * 0.98, -0.1 + math.sin(a) * 1.28) for a in (math.pi * (1.02 + 0.96 * i / 24) for i in range(25))
    ]
    canvas.line(arc, shade(traits.accessory_colour, 0.3), 0.1)
    for side in (-1, 1):
        canvas.fill(oval(side * 0.94, 0.06, 0.19, 0.32), traits.accessory_colour, depth=0.1, bright=0.35)


def _flower(canvas: Canvas, traits: Traits, shift: float) -> None:
    x, y = -0.66 + shift, -0.66
    for index in range(5):
        angle = 2 * math.pi * index / 5
        canvas.fill(
            oval(x + 0.16 * math.cos(angle), y + 0.16 * math.sin(angle), 0.13, 0.13),
            traits.accessory_colour,
            depth=0.05,
        )
    canvas.flat(oval(x, y, 0.09, 0.09), NAMED["yellow"], round_=False)
