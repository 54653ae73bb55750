"""Paints what a performer holds: a microphone, a guitar."""

from generation.providers.sample.canvas import Canvas, Point, limb, oval
from generation.providers.sample.dice import Dice
from generation.providers.sample.palette import lit, shade
from generation.providers.sample.vocabulary import Traits


def paint_microphone(canvas: Canvas, hand: Point, side: int) -> None:
    """Paint a microphone that stands up from the hand, leaning towards the mouth."""
    tip = (hand[0] + side * 0.3, hand[1] - 0.7)
    canvas.fill(
        limb([(hand[0] - side * 0.1, hand[1] + 0.4), tip], [0.09, 0.13]), (52, 48, 56), depth=0.05, round_=False
    )
    canvas.fill(oval(tip[0] + side * 0.03, tip[1] - 0.12, 0.22, 0.25), (150, 150, 158), depth=0.08, bright=0.5)
    for step in range(3):
        y = tip[1] - 0.22 + step * 0.1
        canvas.line([(tip[0] + side * 0.03 - 0.16, y), (tip[0] + side * 0.03 + 0.16, y)], (112, 112, 122), 0.02)


def paint_guitar(canvas: Canvas, traits: Traits, dice: Dice) -> None:
    """Paint a guitar across the body, its neck rising to the right."""
    wood = dice.pick("guitar", ((196, 104, 54), (172, 44, 48), (222, 170, 84), (52, 92, 112)))
    canvas.line([(-1.0, 1.7), (1.0, 4.4)], shade(traits.garment_colour, 0.6), 0.12)
    canvas.fill(limb([(0.2, 4.1), (2.9, 2.9)], [0.12, 0.1]), (92, 62, 46), depth=0.04, round_=False)
    canvas.fill([(2.8, 3.12), (3.5, 2.84), (3.4, 2.46), (2.76, 2.78)], (72, 48, 40), depth=0.05)
    body = [
        (-1.75, 4.5),
        (-1.45, 5.35),
        (-0.6, 5.3),
        (-0.05, 4.75),
        (0.62, 4.78),
        (0.9, 4.2),
        (0.5, 3.6),
        (-0.15, 3.72),
    ]
    canvas.fill([*body, (-0.7, 3.75), (-1.4, 3.8)], wood, depth=0.2, bright=0.4)
    canvas.fill(oval(-0.35, 4.42, 0.3, 0.3), shade(wood, 0.8), depth=0.05)
    for step in range(4):
        shift = step * 0.05
        canvas.line([(-1.1, 4.68 + shift), (2.9, 2.84 + shift)], lit(wood, 0.7), 0.014)
    canvas.fill([(-1.2, 4.5), (-0.98, 4.42), (-0.86, 4.9), (-1.08, 4.98)], (52, 38, 38), depth=0.03, round_=False)
