"""Paints the upper body: neck, torso and what is worn on it."""

from generation.providers.sample.canvas import Canvas, Point, limb, oval
from generation.providers.sample.palette import NAMED, Colour, lit, mix, shade
from generation.providers.sample.robot import shell_colour
from generation.providers.sample.vocabulary import Traits

BROAD = {"man": 1.0, "woman": 0.86, "any": 0.93}


def shoulder(traits: Traits) -> float:
    """Give the half-width of the shoulders, in half heads."""
    return 1.72 * BROAD[traits.gender] * (0.8 if traits.age == "child" else 1.0)


def sleeve_colour(traits: Traits) -> Colour:
    """Give the colour of the arms: cloth, skin, or metal."""
    if traits.kind == "robot":
        return shade(shell_colour(traits), 0.15)
    if traits.garment in {"vest", "overalls"}:
        return traits.under_colour
    return traits.skin if traits.garment == "dress" else traits.garment_colour


def _mirror(points: list[Point]) -> list[Point]:
    return [*points, *((-x, y) for x, y in reversed(points))]


HEMS = {"dress": 7.2, "coat": 6.6, "cloak": 8.4}


def hem(traits: Traits) -> float:
    """Give how far down the clothes of the upper body reach."""
    return HEMS.get(traits.garment, 5.0)


def torso_outline(traits: Traits) -> list[Point]:
    """Give the outline of the body from the neck down to the hem."""
    wide, low = shoulder(traits), hem(traits)
    waist = wide * (0.66 if traits.gender == "woman" else 0.8)
    loose = 1.14 if traits.garment in {"hoodie", "coat", "cloak", "sweater"} else 1.0
    right = [(0.36, 1.42), (wide * 0.56, 1.56), (wide * 0.94, 1.78), (wide * 1.04, 2.2), (wide * 0.94, 2.8)]
    right += [(waist * loose, 3.8), (waist * 1.16 * loose, min(low, 5.0))]
    return _mirror([*right, (wide * 1.16, low - 0.1), (wide * 0.5, low + 0.1)] if low > 5.0 else right)


def paint_torso(canvas: Canvas, traits: Traits) -> None:
    """Paint neck and torso with what is worn; the head comes after it."""
    low = hem(traits)
    neck = 0.36 if traits.gender != "woman" else 0.3
    metal = shade(shell_colour(traits), 0.4)
    tone = metal if traits.kind == "robot" else shade(traits.skin, 0.12)
    if traits.garment == "hoodie":
        canvas.fill(_mirror([(0.5, 1.0), (0.95, 1.3), (0.8, 1.8)]), shade(traits.garment_colour, 0.3), depth=0.2)
    base = traits.garment_colour
    if traits.garment in {"vest", "overalls"}:
        base = traits.under_colour
    if traits.garment == "dress" and traits.kind != "robot":
        base = traits.skin
    canvas.fill(torso_outline(traits), base, depth=0.45)
    canvas.fill(_mirror([(neck, 0.6), (neck, 1.36), (neck + 0.16, 1.66), (0.1, 1.86)]), tone, depth=0.16, bright=0.1)
    canvas.glow((-canvas.light * 0.1, 1.26), (0.46, 0.16), shade(tone, 0.45), 0.7)
    painter = _GARMENTS.get(traits.garment, _shirt)
    painter(canvas, traits, low)
    _worn(canvas, traits)


def _open_front(canvas: Canvas, traits: Traits, low: float, collar: Colour) -> None:
    inner = traits.under_colour
    canvas.fill(_mirror([(0.34, 1.5), (0.42, 2.4), (0.36, low - 0.06)]), inner, depth=0.1, bright=0.05, round_=False)
    canvas.flat(_mirror([(0.26, 1.44), (0.2, 1.66), (0.02, 1.86)]), shade(traits.skin, 0.2))
    for side in (-1, 1):
        lapel = [(0.3, 1.36), (0.66, 1.62), (0.78, 2.2), (0.46, 2.6), (0.34, 3.3), (0.3, 2.3)]
        canvas.fill([(side * x, y) for x, y in lapel], collar, depth=0.1, bright=0.25)


def _jacket(canvas: Canvas, traits: Traits, low: float) -> None:
    _open_front(canvas, traits, low, lit(traits.garment_colour, 0.12))
    dark = shade(traits.garment_colour, 0.5)
    for side in (-1, 1):
        canvas.line([(side * 0.4, 3.0), (side * 0.44, low)], dark, 0.03)
        canvas.line([(side * 0.8, 3.9), (side * 1.15, 3.8)], dark, 0.04)


def _suit(canvas: Canvas, traits: Traits, low: float) -> None:
    _open_front(canvas, traits, low, shade(traits.garment_colour, 0.12))
    tie = traits.accessory_colour
    canvas.fill([(-0.1, 1.8), (0.1, 1.8), (0.15, 2.9), (0.0, 3.15), (-0.15, 2.9)], tie, depth=0.06)
    canvas.fill([(-0.14, 1.62), (0.14, 1.62), (0.08, 1.86), (-0.08, 1.86)], lit(tie, 0.1), depth=0.04)


def _coat(canvas: Canvas, traits: Traits, low: float) -> None:
    colour = traits.garment_colour
    canvas.flat(_mirror([(0.28, 1.42), (0.24, 1.7), (0.02, 2.0)]), traits.under_colour)
    for side in (-1, 1):
        collar = [(0.24, 1.28), (0.78, 1.44), (1.0, 1.9), (0.7, 2.36), (0.1, 2.5), (0.2, 1.9)]
        canvas.fill([(side * x, y) for x, y in collar], lit(colour, 0.14), depth=0.12)
    canvas.line([(0.06, 2.5), (0.1, low)], shade(colour, 0.5), 0.04)
    for step in range(4):
        for x in (-0.3, 0.42):
            canvas.fill(oval(x, 2.9 + step * 0.66, 0.085, 0.085), lit(NAMED["gold"], 0.1), depth=0.03)


def _hoodie(canvas: Canvas, traits: Traits, low: float) -> None:
    colour = traits.garment_colour
    for side in (-1, 1):
        roll = [(0.06, 2.12), (0.34, 1.78), (0.5, 1.3), (0.86, 1.44), (0.8, 1.9), (0.4, 2.2)]
        canvas.fill([(side * x, y) for x, y in roll], lit(colour, 0.1), depth=0.14)
        canvas.line([(side * 0.2, 2.14), (side * 0.24, 2.9)], lit(colour, 0.6), 0.045)
        canvas.flat(oval(side * 0.24, 2.95, 0.04, 0.09), lit(colour, 0.6), round_=False)
    canvas.line([(-0.9, 4.6), (-0.6, 3.9), (0.6, 3.9), (0.9, 4.6)], shade(colour, 0.4), 0.04)


def _sweater(canvas: Canvas, traits: Traits, low: float) -> None:
    colour = traits.garment_colour
    canvas.fill(_mirror([(0.42, 1.08), (0.46, 1.36), (0.5, 1.66), (0.1, 1.82)]), lit(colour, 0.1), depth=0.14)
    wide = shoulder(traits)
    for y, tone in ((2.45, traits.mark_colour), (2.75, lit(colour, 0.5))):
        canvas.line([(-wide * 0.86, y), (0.0, y + 0.1), (wide * 0.86, y)], mix(tone, colour, 0.25), 0.13)


def _shirt(canvas: Canvas, traits: Traits, low: float) -> None:
    colour = traits.garment_colour
    canvas.flat(_mirror([(0.26, 1.42), (0.16, 1.76), (0.02, 2.0)]), shade(traits.skin, 0.2))
    canvas.line([(0.0, 2.0), (0.0, low)], shade(colour, 0.4), 0.03)
    for side in (-1, 1):
        canvas.fill(
            [(side * x, y) for x, y in [(0.24, 1.3), (0.56, 1.5), (0.42, 2.06), (0.06, 1.96)]],
            lit(colour, 0.25),
            depth=0.06,
        )
    for step in range(4):
        canvas.flat(oval(0.07, 2.3 + step * 0.6, 0.045, 0.045), lit(colour, 0.6), round_=False)


def _tee(canvas: Canvas, traits: Traits, low: float) -> None:
    canvas.fill(_mirror([(0.42, 1.46), (0.34, 1.78), (0.1, 1.94)]), shade(traits.skin, 0.14), depth=0.1)
    accent = mix(traits.mark_colour, traits.garment_colour, 0.2)
    canvas.fill(oval(0.0, 3.0, 0.48, 0.48), accent, depth=0.12)


def _dress(canvas: Canvas, traits: Traits, low: float) -> None:
    wide, colour = shoulder(traits), traits.garment_colour
    for side in (-1, 1):
        strap = [(side * 0.86, 1.66), (side * 0.8, 2.0), (side * 0.74, 2.4)]
        canvas.fill(limb(strap, [0.08, 0.08, 0.09]), colour, depth=0.04)
    waist = wide * (0.66 if traits.gender == "woman" else 0.8)
    right = [(0.3, 2.36), (0.74, 2.22), (wide * 0.96, 2.46), (wide * 0.92, 2.8), (waist * 1.02, 3.8)]
    right += [(waist * 1.18, 5.0), (wide * 1.18, low - 0.1), (wide * 0.5, low + 0.12)]
    canvas.fill([(0.0, 2.5), *right, *((-x, y) for x, y in reversed(right))], colour, depth=0.4)
    canvas.line([(-waist, 3.78), (0.0, 3.9), (waist, 3.78)], lit(traits.mark_colour, 0.1), 0.16)


def _vest(canvas: Canvas, traits: Traits, low: float) -> None:
    wide = shoulder(traits)
    colour = traits.garment_colour
    for side in (-1, 1):
        panel = [(0.34, 1.46), (wide * 0.66, 1.64), (wide * 0.7, 2.6), (wide * 0.86, low), (0.1, low), (0.14, 3.0)]
        canvas.fill([(side * x, y) for x, y in panel], colour, depth=0.2)
        canvas.fill(
            [(side * x, y) for x, y in [(0.24, 1.3), (0.56, 1.5), (0.4, 2.0), (0.08, 1.9)]],
            lit(traits.under_colour, 0.3),
        )


def _overalls(canvas: Canvas, traits: Traits, low: float) -> None:
    colour = traits.garment_colour
    canvas.fill(_mirror([(0.7, 2.7), (0.78, 3.6), (1.3, 4.2), (1.3, low)]), colour, depth=0.25)
    for side in (-1, 1):
        canvas.line([(side * 0.9, 1.66), (side * 0.6, 2.8)], colour, 0.22)
        canvas.fill(oval(side * 0.6, 2.86, 0.1, 0.1), NAMED["gold"], depth=0.04)
    canvas.line([(-0.34, 3.2), (-0.34, 3.7), (0.34, 3.7), (0.34, 3.2)], shade(colour, 0.4), 0.035)


def _cloak(canvas: Canvas, traits: Traits, low: float) -> None:
    wide = shoulder(traits) + 0.22
    colour = traits.garment_colour
    for side in (-1, 1):
        drape = [
            (0.2, 1.3),
            (0.8, 1.46),
            (wide, 2.0),
            (wide + 0.2, 3.4),
            (wide + 0.3, low + 0.2),
            (0.5, low + 0.2),
            (0.16, 2.4),
        ]
        canvas.fill([(side * x, y) for x, y in drape], lit(colour, 0.06) if side < 0 else colour, depth=0.3)
    canvas.fill(oval(0.0, 1.72, 0.17, 0.17), traits.mark_colour, depth=0.06, bright=0.5)


def _armour(canvas: Canvas, traits: Traits, low: float) -> None:
    metal = mix(traits.garment_colour, (190, 196, 204), 0.35)
    wide = shoulder(traits)
    canvas.fill(_mirror([(0.4, 1.66), (0.9, 1.8), (1.06, 2.6), (0.8, 3.5), (0.3, 3.7)]), metal, depth=0.3, bright=0.45)
    for side in (-1, 1):
        canvas.fill(oval(side * wide, 2.05, 0.5, 0.42), lit(metal, 0.1), depth=0.2, bright=0.5)
    canvas.glow((0.0, 2.5), (0.3, 0.3), traits.mark_colour, 0.7)
    canvas.flat(oval(0.0, 2.5, 0.15, 0.15), lit(traits.mark_colour, 0.5), round_=False)


def _worn(canvas: Canvas, traits: Traits) -> None:
    colour = traits.accessory_colour
    if traits.accessory == "scarf":
        canvas.fill(_mirror([(0.5, 1.06), (0.72, 1.36), (0.6, 1.72), (0.1, 1.84)]), colour, depth=0.16)
        canvas.fill([(0.2, 1.6), (0.56, 1.56), (0.66, 2.9), (0.28, 3.0)], lit(colour, 0.08), depth=0.1)
    if traits.accessory == "necklace":
        canvas.line([(-0.46, 1.56), (-0.24, 2.1), (0.0, 2.26), (0.24, 2.1), (0.46, 1.56)], NAMED["gold"], 0.04)
        canvas.fill(oval(0.0, 2.36, 0.13, 0.16), colour, depth=0.05, bright=0.5)
    if traits.accessory == "tie" and traits.garment != "suit":
        for side in (-1, 1):
            canvas.fill([(0.0, 1.74), (side * 0.36, 1.58), (side * 0.36, 1.96)], colour, depth=0.06)


_GARMENTS = {
    "jacket": _jacket, "suit": _suit, "coat": _coat, "hoodie": _hoodie, "sweater": _sweater, "shirt": _shirt,
    "tee": _tee, "dress": _dress, "vest": _vest, "overalls": _overalls, "cloak": _cloak, "armour": _armour,
}  # fmt: skip
