"""Paints arms, hands, legs and shoes."""

import math

from generation.providers.sample.canvas import Canvas, Point, limb, oval
from generation.providers.sample.clothes import shoulder, sleeve_colour
from generation.providers.sample.palette import Colour, lit, shade
from generation.providers.sample.robot import shell_colour
from generation.providers.sample.vocabulary import Traits

UPPER, FORE = 1.75, 1.6


def arm_points(traits: Traits, side: int, upper: float, fore: float) -> tuple[Point, Point, Point]:
    """Give shoulder, elbow and wrist; angles in radians from hanging down, outwards is positive."""
    start = (side * (shoulder(traits) - 0.24), 2.14)
    elbow = (start[0] + side * UPPER * math.sin(upper), start[1] + UPPER * math.cos(upper))
    wrist = (elbow[0] + side * FORE * math.sin(fore), elbow[1] + FORE * math.cos(fore))
    return start, elbow, wrist


def paint_arm(canvas: Canvas, traits: Traits, side: int, upper: float, fore: float) -> Point:
    """Paint one whole arm with its hand (before the torso, which covers the shoulder); returns the hand's middle."""
    paint_upper_arm(canvas, traits, side, upper)
    return paint_forearm(canvas, traits, side, upper, fore)


def _thickness(traits: Traits) -> float:
    if traits.garment == "dress":
        return 0.28
    return 0.43 if traits.garment in {"hoodie", "coat", "cloak", "sweater"} else 0.37


def paint_upper_arm(canvas: Canvas, traits: Traits, side: int, upper: float) -> None:
    """Paint from the shoulder to the elbow."""
    start, elbow, _ = arm_points(traits, side, upper, 0.0)
    thick = _thickness(traits)
    middle = ((start[0] + elbow[0]) / 2, (start[1] + elbow[1]) / 2)
    outline = limb([start, middle, elbow], [thick * 1.05, thick * 0.98, thick * 0.84])
    canvas.fill(outline, sleeve_colour(traits), depth=0.16)


def paint_forearm(canvas: Canvas, traits: Traits, side: int, upper: float, fore: float) -> Point:
    """Paint from the elbow to the hand; returns the hand's middle."""
    _, elbow, wrist = arm_points(traits, side, upper, fore)
    colour = sleeve_colour(traits)
    bare = traits.garment == "tee" and traits.kind != "robot"
    thick = _thickness(traits)
    hand = (wrist[0] + (wrist[0] - elbow[0]) * 0.15, wrist[1] + (wrist[1] - elbow[1]) * 0.15)
    tone = shade(shell_colour(traits), 0.25) if traits.kind == "robot" else traits.skin
    _hand(canvas, hand, tone, side * fore)
    lower = traits.skin if bare else colour
    canvas.fill(
        limb([elbow, _towards(elbow, wrist, 0.5), wrist], [thick * 0.84, thick * 0.8, thick * 0.64]), lower, depth=0.14
    )
    if not bare and traits.garment != "dress":
        cuff = limb([_towards(wrist, elbow, 0.13), wrist], [thick * 0.74, thick * 0.74])
        canvas.fill(cuff, lit(colour, 0.14), depth=0.06, round_=False)
    return hand


def _hand(canvas: Canvas, at: Point, tone: Colour, angle: float) -> None:
    """Paint a loose fist: a palm, a thumb towards the light, two creases."""
    canvas.fill(oval(at[0], at[1], 0.25, 0.3, -angle), tone, depth=0.1)
    cos, sin = math.cos(-angle), math.sin(-angle)
    for shift in (-0.08, 0.06):
        start = (at[0] + shift * cos - 0.06 * sin, at[1] + shift * sin + 0.06 * cos)
        end = (at[0] + shift * cos - 0.24 * sin, at[1] + shift * sin + 0.24 * cos)
        canvas.line([start, end], shade(tone, 0.35), 0.025)
    canvas.fill(oval(at[0] + canvas.light * 0.18 * cos, at[1] - 0.02, 0.1, 0.19, 0.5 - angle), tone, depth=0.06)


def _towards(start: Point, end: Point, amount: float) -> Point:
    return start[0] + (end[0] - start[0]) * amount, start[1] + (end[1] - start[1]) * amount


def paint_legs(canvas: Canvas, traits: Traits, stride: float = 0.0) -> None:
    """Paint legs and shoes from the hips (y 4.8) to the floor (y 9.4); `stride` -1..1 is a step."""
    robot = traits.kind == "robot"
    colour = shade(shell_colour(traits), 0.3) if robot else traits.legs_colour
    if traits.garment in {"overalls", "suit"} and not robot:
        colour = traits.garment_colour
    if traits.garment == "dress" and not robot:
        colour = traits.skin
    for side in (1, -1):
        swing = side * stride
        hip = (side * 0.46, 4.75)
        knee = (side * 0.52 + swing * 0.3, 7.0 - abs(swing) * 0.12)
        foot = (side * 0.56 + swing * 0.62, 9.15 - max(0.0, swing) * 0.25)
        shoe = [(-0.3, -0.2), (0.16, -0.24), (0.4, 0.02), (0.42, 0.2), (-0.32, 0.2)]
        canvas.fill([(foot[0] + side * x * 0.9, foot[1] + 0.16 + y) for x, y in shoe], (46, 40, 46), depth=0.08)
        canvas.fill(limb([hip, knee, foot], [0.62, 0.46, 0.32]), colour, depth=0.2, round_=False)
