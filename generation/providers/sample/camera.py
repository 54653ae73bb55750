"""Moves the camera: from the words of a shot to shift and zoom in every frame."""

import math

from generation.providers.sample.dice import Dice
from generation.providers.sample.look import Look
from generation.providers.sample.view import Camera

_REACH = 0.1
"""How far a pan goes to either side, as a part of the frame's width."""


def camera_at(look: Look, dice: Dice, *, part: float, seconds: float) -> Camera:
    """Give the camera at `part` (0..1) of a clip; it moves from the first frame to the last, with soft ends."""
    way = 0.75 * part + 0.25 * part * part * (3 - 2 * part)
    swing = (way - 0.5) * 2 * min(1.0, look.pace * seconds / 9)
    breath = math.sin(part * seconds * 0.9 + 6 * dice.unit("breath")) * 0.004
    x, y, zoom = breath, breath * 0.5, 1.02
    if look.move == "pan":
        x += swing * _REACH
    elif look.move == "pan-left":
        x -= swing * _REACH
    elif look.move == "crane":
        y += -swing * 0.07 + 0.01
        zoom += 0.03 * way
    elif look.move == "push":
        zoom += 0.2 * way * min(1.3, look.pace)
    elif look.move == "pull":
        zoom += 0.22 * (1 - way)
    elif look.move == "handheld":
        at = part * seconds
        x += _shake(at, dice, "x") * 0.014 + swing * 0.02
        y += _shake(at, dice, "y") * 0.012
        zoom = 1.06 + _shake(at * 0.5, dice, "z") * 0.012
    return Camera(x, y, zoom)


def _shake(at: float, dice: Dice, name: str) -> float:
    """Sway like a camera on a shoulder: a few slow waves, never the same twice, no jump."""
    return sum(
        math.sin(at * speed + 6.28 * dice.unit(f"{name}{speed}")) * weight
        for speed, weight in ((1.7, 0.5), (2.9, 0.3), (5.3, 0.14), (8.1, 0.06))
    )
