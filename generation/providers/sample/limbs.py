"""Paints arms, hands, legs and shoes."""

import math

from generation.providers.sample.canvas import Canvas, Point, limb, oval
from generation.providers.sample.clothes import shoulder, sleeve_colour
from generation.providers.sample.palette import lit, shade
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
    """Paint one arm with its hand; returns the middle of the hand."""
    start, elbow, wrist = arm_points(traits, side, upper, fore)
    colour = sleeve_colour(traits)
    bare = traits.garment == "tee" and traits.kind != "robot"
    loose = 0.44 if traits.garment in {"hoodie", "coat", "cloak", "sweater"} else 0.36
    thick = loose if traits.garment != "dress" else 0.27
    hand = (wrist[0] + (wrist[0] - elbow[0]) * 0.16, wrist[1] + (wrist[1] - elbow[1]) * 0.16)
    tone = shade(shell_colour(traits), 0.25) if traits.kind == "robot" else traits.skin
    canvas.fill(oval(hand[0], hand[1], 0.27, 0.32, -side * fore), tone, depth=0.1)
    lower = traits.skin if bare else colour
    canvas.fill(limb([elbow, wrist], [thick * 0.84, thick * 0.7]), lower, depth=0.14, round_=False)
    canvas.fill(limb([start, elbow], [thick * 1.06, thick * 0.84]), colour, depth=0.16, round_=False)
    canvas.fill(oval(start[0], start[1], thick * 1.06, thick * 1.06), colour, depth=0.1, dark=0.12)
    canvas.fill(oval(elbow[0], elbow[1], thick * 0.84, thick * 0.84), lower, depth=0.02, dark=0.0, bright=0.0)
    if not bare and traits.garment != "dress":
        cuff = limb([_towards(wrist, elbow, 0.14), wrist], [thick * 0.76, thick * 0.76])
        canvas.fill(cuff, lit(colour, 0.14), depth=0.06, round_=False)
    return hand


def _towards(start: Point, end: Point, amount: float) -> Point:
    return start[0] + (end[0] - start[0]) * amount, start[1] + (end[1] - start[1]) * amount


def paint_legs(canvas: Canvas, traits: Traits, stride: float = 0.0) -> None:
    """Paint legs and shoes from the hips (y 4.8) to the floor (y 9.4); `stride` -1..1 is a step."""
    robot = traits.kind == "robot"
    colour = shade(shell_colour(traits), 0.3) if robot else traits.legs_colour
    skirt = traits.garment in {"dress", "coat", "cloak"}
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
    if skirt:
        wide = shoulder(traits)
        low = {"dress": 7.2, "coat": 6.6, "cloak": 8.4}[traits.garment]
        right: list[Point] = [(wide * 0.7, 3.9), (wide * 0.92, 5.0), (wide * 1.12, low), (wide * 0.4, low + 0.2)]
        canvas.fill([*right, *((-x, y) for x, y in reversed(right))], traits.garment_colour, depth=0.4)
        if traits.garment == "coat":
            canvas.line([(0.1, 4.6), (0.16, low + 0.1)], shade(traits.garment_colour, 0.5), 0.05)
