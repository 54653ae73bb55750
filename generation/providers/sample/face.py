"""Paints a face: skin, eyes, brows, nose, mouth, beard, glasses and the one mark."""

from dataclasses import dataclass

from generation.providers.sample.canvas import Canvas, Point, limb, oval
from generation.providers.sample.palette import NAMED, Colour, lit, luminance, mix, shade
from generation.providers.sample.vocabulary import Traits

INK: Colour = (44, 32, 42)
WHITE: Colour = (246, 242, 236)


@dataclass(frozen=True, slots=True)
class Pose:
    """How a head is held: `turn` -1..1 left or right, `tilt` in radians, `smile` -1..1, `mouth` 0..1 open, `blink`."""

    turn: float = 0.0
    tilt: float = 0.0
    smile: float = 0.4
    mouth: float = 0.0
    blink: float = 0.0
    look: float = 0.0


def face_outline(traits: Traits) -> list[Point]:
    """Give the outline of the face; a unit is half a head's height, the middle is between eyes and nose."""
    wide = 0.95 + 0.09 * traits.face + (0.05 if traits.age == "child" else 0.0)
    jaw = {"man": 0.62, "woman": 0.5}.get(traits.gender, 0.56) + (0.06 if traits.age == "child" else 0.0)
    right = [(0.42, -0.95), (0.7, -0.62), (0.78, -0.15), (0.735, 0.28), (jaw, 0.68), (0.24, 0.955)]
    side = [(x * wide, y) for x, y in right]
    return [(0.0, -1.02), *side, (0.0, 1.0), *((-x, y) for x, y in reversed(side))]


def ears(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the ears; the far one hides behind the head as it turns."""
    for side in (-1, 1):
        x = side * (0.78 - 0.1 * max(0.0, side * pose.turn)) - pose.turn * 0.05
        canvas.fill(oval(x, 0.06, 0.13, 0.22), shade(traits.skin, 0.12), depth=0.08)
        canvas.flat(oval(x, 0.07, 0.06, 0.12), shade(traits.skin, 0.35))


def skin(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the face itself, with a warm cheek on both sides."""
    canvas.fill(face_outline(traits), traits.skin, depth=0.3, dark=0.3, bright=0.22)
    if traits.hair != "bald":
        canvas.glow((-canvas.light * 0.1, -0.66), (0.72, 0.24), shade(traits.skin, 0.4), 0.55)
    warm = mix(traits.skin, (222, 84, 72), 0.55)
    for side in (-1, 1):
        canvas.glow((side * 0.45 + pose.turn * 0.14, 0.3), (0.2, 0.13), warm, 0.4)
    if traits.age == "old":
        line = shade(traits.skin, 0.45)
        for side in (-1, 1):
            x = pose.turn * 0.16
            canvas.line([(x + side * 0.3, 0.33), (x + side * 0.4, 0.47), (x + side * 0.41, 0.57)], line, 0.022)
            canvas.line([(x + side * 0.62, 0.02), (x + side * 0.7, 0.06)], line, 0.018)


def eyes(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint eyes and brows."""
    big = 1.2 if traits.age == "child" else 1.0
    brow = shade(traits.hair_colour, 0.3) if luminance(traits.hair_colour) > 0.2 else traits.hair_colour
    thick = 0.05 if traits.gender == "man" else 0.036
    for side in (-1, 1):
        narrow = 1 - 0.22 * max(0.0, side * pose.turn)
        x, y = side * 0.33 * narrow + pose.turn * 0.19, 0.04
        if pose.blink > 0.5:
            canvas.fill(limb([(x - 0.14, y + 0.01), (x, y + 0.06), (x + 0.14, y + 0.01)], [0.01, 0.022, 0.01]), INK)
        else:
            _eye(canvas, traits, (x, y), narrow * big, pose)
        lift = y - 0.21 - 0.03 * pose.smile
        arch = [
            (x - side * 0.17 * narrow, lift + 0.035),
            (x - side * 0.02, lift - 0.035),
            (x + side * 0.2, lift + 0.03),
        ]
        canvas.flat(limb(arch, [thick, thick * 0.9, thick * 0.25]), brow)


def _eye(canvas: Canvas, traits: Traits, at: Point, wide: float, pose: Pose) -> None:
    x, y = at
    white = [(x - 0.17 * wide, y + 0.015), (x - 0.08 * wide, y - 0.085), (x + 0.08 * wide, y - 0.085)]
    white += [(x + 0.17 * wide, y + 0.01), (x + 0.08 * wide, y + 0.075), (x - 0.08 * wide, y + 0.075)]
    canvas.flat(white, mix(WHITE, traits.skin, 0.14))
    px = x + pose.look * 0.05 + pose.turn * 0.02
    canvas.flat(oval(px, y - 0.008, 0.092, 0.094), shade(traits.eyes, 0.1), round_=False)
    canvas.flat(oval(px, y + 0.02, 0.06, 0.055), lit(traits.eyes, 0.25), round_=False)
    canvas.flat(oval(px, y - 0.012, 0.048, 0.052), INK, round_=False)
    canvas.flat(oval(px + canvas.light * 0.035, y - 0.045, 0.026, 0.026), WHITE, round_=False)
    lid = [(x - 0.18 * wide, y + 0.02), (x - 0.09 * wide, y - 0.09), (x + 0.08 * wide, y - 0.095), (x + 0.18 * wide, y)]
    canvas.flat(limb(lid, [0.008, 0.028, 0.028, 0.012]), INK)
    if traits.gender == "woman":
        side = 1 if x > pose.turn * 0.19 else -1
        lash = [
            (x + side * 0.12 * wide, y - 0.06),
            (x + side * 0.19 * wide, y - 0.06),
            (x + side * 0.24 * wide, y - 0.1),
        ]
        canvas.flat(limb(lash, [0.022, 0.016, 0.004]), INK)


def nose(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the nose: a shade on the far side of the light, a bright ridge."""
    x, side = pose.turn * 0.27, -canvas.light
    dark = shade(traits.skin, 0.3)
    canvas.flat([(x, 0.0), (x + side * 0.1, 0.3), (x + side * 0.12, 0.39), (x - side * 0.02, 0.42), (x, 0.3)], dark)
    canvas.line([(x - side * 0.03, 0.1), (x - side * 0.04, 0.3)], lit(traits.skin, 0.45), 0.035)


def mouth(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the mouth: closed with a smile, or open by `pose.mouth`."""
    x, y = pose.turn * 0.22, 0.64
    wide = 0.22 + 0.03 * pose.smile - 0.04 * pose.mouth
    lip = mix(traits.skin, (176, 52, 62), 0.62 if traits.gender == "woman" else 0.38)
    up = 0.06 * pose.smile
    if pose.mouth > 0.06:
        drop = 0.05 + 0.19 * pose.mouth
        canvas.flat(oval(x, y + drop * 0.35, wide + 0.035, drop + 0.035), lip, round_=False)
        canvas.flat(oval(x, y + drop * 0.35, wide, drop), (84, 26, 36), round_=False)
        if pose.mouth > 0.25:
            canvas.flat(oval(x, y - drop * 0.38, wide * 0.68, drop * 0.2), WHITE, round_=False)
        canvas.flat(oval(x, y + drop * 0.95, wide * 0.55, drop * 0.32), (188, 82, 84), round_=False)
        return
    left, right = (x - wide, y - up), (x + wide, y - up)
    crease = [left, (x - wide * 0.45, y + up * 0.3), (x, y + up * 0.45), (x + wide * 0.45, y + up * 0.3), right]
    bow = [(x + wide * 0.35, y - 0.05), (x, y - 0.028), (x - wide * 0.35, y - 0.05)]
    canvas.flat([*crease, *bow], shade(lip, 0.12))
    full = 0.1 if traits.gender == "woman" else 0.075
    canvas.flat([*crease, (x + wide * 0.5, y + full), (x, y + full + 0.02), (x - wide * 0.5, y + full)], lip)
    canvas.flat(limb(crease, [0.006, 0.014, 0.012, 0.014, 0.006]), mix(INK, lip, 0.35))
    shine = [(x - wide * 0.3, y + full * 0.62 + up * 0.3), (x + wide * 0.25, y + full * 0.62 + up * 0.3)]
    canvas.line(shine, lit(lip, 0.4), 0.018)


def beard(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint what grows in the face, under the mouth that is painted after it."""
    colour = traits.hair_colour
    x = pose.turn * 0.12
    if traits.beard == "stubble":
        canvas.glow((x, 0.72), (0.5, 0.3), mix(traits.skin, colour, 0.75), 0.45)
    if traits.beard in {"short", "long"}:
        low = 1.14 if traits.beard == "short" else 1.75
        right = [(0.8, 0.0), (0.76, 0.5), (0.56, 0.95), (0.28, low)]
        inside = [(0.66, 0.2), (0.52, 0.46), (0.3, 0.5)]
        outer = [(px + x * 0.3, py) for px, py in right]
        left = [(-px + x * 0.3, py) for px, py in reversed(right)]
        hollow = [(-px + x, py) for px, py in inside] + [(x, 0.47)] + [(px + x, py) for px, py in reversed(inside)]
        canvas.fill([*outer, (x * 0.3, low + 0.07), *left, *hollow], colour, depth=0.2)
        canvas.flat(oval(x * 1.8, 0.66, 0.25, 0.1), mix(traits.skin, colour, 0.25), round_=False)
    if traits.beard in {"moustache", "long", "short"}:
        x = pose.turn * 0.22
        for side in (-1, 1):
            shape = [(x, 0.47), (x + side * 0.2, 0.47), (x + side * 0.36, 0.6), (x + side * 0.2, 0.58), (x, 0.56)]
            canvas.flat(shape, shade(colour, 0.12))


def glasses(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint glasses, sunglasses or goggles."""
    frame = (56, 44, 50) if luminance(traits.skin) > 0.25 else NAMED["gold"]
    for side in (-1, 1):
        narrow = 1 - 0.2 * max(0.0, side * pose.turn)
        x, y = side * 0.34 * narrow + pose.turn * 0.19, 0.04
        rx, ry = 0.25 * narrow, (0.22 if traits.glasses != "square" else 0.17)
        if traits.glasses in {"sun", "goggles"}:
            glass = (34, 30, 46) if traits.glasses == "sun" else mix(traits.mark_colour, (40, 60, 90), 0.5)
            canvas.fill(oval(x, y, rx, ry), glass, depth=0.05, bright=0.5)
            canvas.line([(x - 0.12, y + 0.05), (x + 0.02, y - 0.12)], mix(glass, WHITE, 0.55), 0.03)
        ring = oval(x, y, rx, ry)
        canvas.line([*ring, ring[0]], frame, 0.035)
        canvas.line([(x + side * rx, y - 0.02), (side * 0.8 - pose.turn * 0.06, -0.04)], frame, 0.03)
    canvas.line([(pose.turn * 0.2 - 0.1, 0.0), (pose.turn * 0.21, -0.03), (pose.turn * 0.2 + 0.1, 0.0)], frame, 0.035)


def mark(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the mark that sits in the face."""
    x, colour = pose.turn * 0.19, traits.mark_colour
    if traits.mark == "scar":
        light = mix(traits.skin, (250, 214, 206), 0.6)
        canvas.line([(x + 0.3, -0.32), (x + 0.38, 0.0), (x + 0.34, 0.38)], shade(traits.skin, 0.3), 0.06)
        canvas.line([(x + 0.3, -0.32), (x + 0.38, 0.0), (x + 0.34, 0.38)], light, 0.032)
    if traits.mark == "freckles":
        spots = [(-0.5, 0.22), (-0.36, 0.28), (-0.42, 0.36), (-0.25, 0.2), (0.5, 0.22), (0.36, 0.28), (0.42, 0.36)]
        for px, py in [*spots, (0.25, 0.2), (-0.1, 0.25), (0.1, 0.24)]:
            canvas.flat(oval(px + x, py, 0.022, 0.022), mix(traits.skin, (150, 74, 40), 0.6), round_=False)
    if traits.mark == "stripe":
        canvas.flat([(x - 0.62, 0.12), (x - 0.2, 0.2), (x - 0.2, 0.3), (x - 0.62, 0.24)], colour)
        canvas.flat([(x + 0.62, 0.12), (x + 0.2, 0.2), (x + 0.2, 0.3), (x + 0.62, 0.24)], colour)
    if traits.mark == "star":
        _star(canvas, (x + 0.46, 0.3), colour)
    if traits.mark == "tattoo":
        canvas.line([(x - 0.56, 0.2), (x - 0.48, 0.3), (x - 0.56, 0.38), (x - 0.46, 0.48)], (58, 66, 96), 0.04)
    if traits.mark == "patch":
        canvas.line([(-0.7, -0.55), (x + 0.3, 0.0), (0.76, 0.2)], INK, 0.05)
        canvas.fill(oval(x + 0.33, 0.03, 0.22, 0.2), INK, depth=0.06)


def _star(canvas: Canvas, at: Point, colour: Colour) -> None:
    long, short = 0.12, 0.045
    ring = [
        (0, -long),
        (short, -short),
        (long, 0),
        (short, short),
        (0, long),
        (-short, short),
        (-long, 0),
        (-short, -short),
    ]
    canvas.flat([(at[0] + x, at[1] + y) for x, y in ring], colour, round_=False)
