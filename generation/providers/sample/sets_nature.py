"""Paints sets in the open: sea, forest, desert, mountains; each fills far, middle and near."""

from generation.providers.sample.air import Air
from generation.providers.sample.canvas import Canvas, Point, limb, oval
from generation.providers.sample.dice import Dice
from generation.providers.sample.palette import Colour, lit, mix, shade
from generation.providers.sample.view import Scenery, View, ground


def ridge(canvas: Canvas, view: View, dice: Dice, name: str, *, low: float, high: float, steps: int) -> list[Point]:
    """Give the outline of a range of hills across the layer, `low`..`high` above the horizon."""
    reach = view.reach * 1.1
    tops = [(-reach + 2 * reach * i / steps, -dice.between(f"{name}{i}", low, high)) for i in range(steps + 1)]
    return [(-reach, 0.4), *tops, (reach, 0.4)]


def sea(scenery: Scenery) -> None:
    """Paint a headland with a lighthouse, water, a pier."""
    far, middle, near, view, air, dice = scenery
    side = -view.light
    head = [
        (side * 0.25, 0.02),
        (side * 0.5, -0.06),
        (side * 0.8, -0.15),
        (side * 1.3, -0.2),
        (side * 2.4, -0.16),
        (side * 2.4, 0.02),
    ]
    far.fill(head, air.far((74, 92, 84), 0.5), depth=0.05)
    tower = [(side * 0.6, -0.07), (side * 0.617, -0.34), (side * 0.663, -0.34), (side * 0.68, -0.07)]
    far.fill(tower, air.far((236, 226, 214), 0.25), depth=0.02, round_=False)
    for low, half in ((-0.13, 0.036), (-0.23, 0.029)):
        band = [
            (side * 0.64 - half, low),
            (side * 0.64 - half, low - 0.05),
            (side * 0.64 + half, low - 0.05),
            (side * 0.64 + half, low),
        ]
        far.flat(band, air.far((190, 70, 60), 0.25), round_=False)
    far.flat(oval(side * 0.64, -0.365, 0.026, 0.03), lit(air.sun, 0.5), round_=False)
    far.flat(
        [(side * 0.606, -0.385), (side * 0.64, -0.425), (side * 0.674, -0.385)],
        air.far((120, 50, 50), 0.2),
        round_=False,
    )
    deep = mix(air.top, (16, 46, 78), 0.45)
    ground(far, view, mix(air.horizon, deep, 0.35), deep, steps=24)
    for index in range(130):
        y = dice.unit(f"wy{index}") ** 1.8 * 0.62 + 0.006
        x, long = dice.between(f"wx{index}", -1.0, 1.0) * view.reach, 0.015 + y * dice.between(f"wl{index}", 0.08, 0.34)
        glitter = abs(x - view.light * view.reach * 0.42) < 0.14 + y * 0.4
        tone = mix(deep, air.sun, 0.75) if glitter else mix(air.horizon, deep, 0.55)
        far.flat(limb([(x - long, y), (x, y + 0.002), (x + long, y)], [0.0006, 0.002 + y * 0.007, 0.0006]), tone)
    _pier(middle, view, air)
    _blades(near, view, dice, air.far((30, 40, 44), 0.05), middle=0.34)


def _blades(near: Canvas, view: View, dice: Dice, colour: Colour, *, middle: float) -> None:
    """Paint long grass along the lower edge, none of it before the `middle` (world units to either side)."""
    low = view.low
    for index in range(40):
        x = (-1.0 + 2 * (index + dice.unit(f"gx{index}")) / 40) * view.reach
        tall = dice.between(f"gh{index}", 0.06, 0.2) * min(1.0, max(0.3, abs(x) / (middle * 2)))
        tip = (x + dice.between(f"gt{index}", -0.03, 0.09), low + 0.02 - tall)
        bend = (x + (tip[0] - x) * 0.3, low + 0.02 - tall * 0.5)
        near.flat(limb([(x, low + 0.1), bend, tip], [0.013, 0.01, 0.001]), colour)


def _pier(canvas: Canvas, view: View, air: Air) -> None:
    wood = air.far((122, 92, 70), 0.12)
    canvas.fill([(-0.1, 0.1), (0.1, 0.1), (1.5, 1.6), (-1.5, 1.6)], wood, depth=0.05, round_=False)
    for step in range(15):
        y = 0.105 + (step / 15) ** 1.9 * 1.0
        half = 0.1 + (y - 0.1) * 0.94
        canvas.line([(-half, y), (half, y)], shade(wood, 0.45), 0.003 + step * 0.0012)
    for step in range(5):
        y = 0.12 + (step / 5) ** 1.7 * 0.7
        half, tall = 0.11 + (y - 0.1) * 0.95, 0.05 + (y - 0.1) * 0.5
        for side in (-1, 1):
            post = [
                (side * half, y + 0.02),
                (side * half, y - tall),
                (side * (half + tall * 0.2), y - tall),
                (side * (half + tall * 0.2), y + 0.02),
            ]
            canvas.fill(post, shade(wood, 0.2), depth=0.02, round_=False)
            canvas.flat(
                oval(side * (half + tall * 0.1), y - tall, tall * 0.1, tall * 0.05), lit(wood, 0.3), round_=False
            )


def forest(scenery: Scenery) -> None:
    """Paint rows of trees in mist, trunks, ferns."""
    far, middle, near, view, air, dice = scenery
    for row, haze in ((0, 0.78), (1, 0.55)):
        for index in range(26):
            x = (-1.0 + 2 * (index + dice.unit(f"fx{row}{index}")) / 26) * view.reach * 1.05
            tall = dice.between(f"fh{row}{index}", 0.32, 0.6) * (1.0 - 0.16 * row)
            _pine(far, (x, 0.05 + row * 0.03), tall, air.far((38, 84, 68), haze))
    ground(middle, view, air.far((74, 104, 62), 0.35), air.far((38, 62, 40), 0.05), level=0.05)
    for index in range(9):
        x = (-1.0 + 2 * (index + 0.2 + 0.6 * dice.unit(f"tx{index}")) / 9) * view.reach
        if abs(x) > 0.24:
            _trunk(middle, (x, 0.16 + 0.1 * dice.unit(f"ty{index}")), dice.between(f"tw{index}", 0.028, 0.06), air)
    for index in range(46):
        x, y = dice.between(f"bx{index}", -1.0, 1.0) * view.reach, dice.between(f"by{index}", 0.1, 0.44)
        tuft = [(x - 0.03, y), (x - 0.018, y - 0.05), (x, y - 0.014), (x + 0.012, y - 0.06), (x + 0.03, y)]
        middle.flat(tuft, air.far((66, 112, 62), 0.3 - y * 0.4), round_=False)
    for index in range(14):
        side = -1 if index % 2 else 1
        root = (side * dice.between(f"nx{index}", 0.5, 1.0) * view.reach * 0.95, view.low + 0.05)
        tip = (root[0] - side * dice.between(f"nt{index}", -0.1, 0.2), root[1] - dice.between(f"nh{index}", 0.1, 0.3))
        bend = ((root[0] + tip[0]) / 2 + side * 0.06, (root[1] + tip[1]) / 2)
        near.flat(limb([root, bend, tip], [0.02, 0.034, 0.004]), air.far((14, 34, 26), 0.04))


def _pine(canvas: Canvas, at: Point, tall: float, colour: tuple[int, int, int]) -> None:
    x, y = at
    for step in range(4):
        top, low = y - tall * (1 - step * 0.2), y - tall * (0.62 - step * 0.2)
        half = tall * (0.11 + step * 0.05)
        canvas.fill(
            [(x, top), (x + half, low), (x, low - tall * 0.03), (x - half, low)],
            colour,
            depth=0.03,
            dark=0.2,
            bright=0.12,
            round_=False,
        )


def _trunk(canvas: Canvas, at: Point, half: float, air: Air) -> None:
    x, y = at
    bark = air.far((84, 66, 56), 0.14)
    outline = [
        (x - half * 1.7, y),
        (x - half, y - 0.12),
        (x - half * 0.8, y - 1.4),
        (x + half * 0.8, y - 1.4),
        (x + half, y - 0.12),
        (x + half * 1.7, y),
    ]
    canvas.fill(outline, bark, depth=0.05, dark=0.5, round_=False)
    for index in range(5):
        mark = y - 0.15 - index * 0.17
        canvas.line([(x - half * 0.4, mark), (x - half * 0.1, mark - 0.07)], shade(bark, 0.4), 0.006)


def desert(scenery: Scenery) -> None:
    """Paint table mountains, dunes with a sharp crest, a cactus."""
    far, middle, near, view, air, dice = scenery
    _mesas(far, view, air, dice)
    sand = (222, 172, 112)
    ground(far, view, air.far(sand, 0.45), air.far(sand, 0.1), level=0.0)
    dunes = ((-0.9, 0.16, 1.1, 0.15), (0.8, 0.2, 1.2, 0.17), (0.0, 0.3, 2.0, 0.1))
    for number, (x, y, half, tall) in enumerate(dunes):
        tone = air.far(sand, 0.3 - number * 0.1)
        crest = (x + half * 0.12 * view.light, y - tall)
        body = [
            (x - half, y + 0.1),
            (x - half * 0.45, y - tall * 0.45),
            crest,
            (x + half * 0.5, y - tall * 0.3),
            (x + half, y + 0.1),
            (x, y + 1.6),
        ]
        middle.fill(body, tone, depth=0.03, dark=0.15)
        far_side = -view.light
        lee = [
            crest,
            (x + far_side * half * 0.55, y - tall * 0.2),
            (x + far_side * half, y + 0.12),
            (x + far_side * half * 0.2, y + 0.2),
            (x + far_side * half * 0.05, y),
        ]
        middle.flat(lee, shade(tone, 0.4))
    ground(middle, view, air.far(sand, 0.12), air.far((190, 132, 84), 0.0), level=0.3)
    for index in range(30):
        x, y = dice.between(f"rx{index}", -1.0, 1.0) * view.reach, 0.32 + 0.3 * dice.unit(f"ry{index}")
        middle.flat(
            limb([(x - 0.1, y), (x, y - 0.008), (x + 0.1, y)], [0.001, 0.004, 0.001]), air.far((176, 120, 76), 0.0)
        )
    _cactus(middle, (-view.light * 0.62, 0.27), 0.36, air)
    low = view.low
    edge = [
        (-view.reach, low + 0.3),
        (-view.reach, low - 0.08),
        (-0.5, low),
        (0.4, low + 0.03),
        (view.reach, low - 0.04),
    ]
    near.flat([*edge, (view.reach, low + 0.3)], air.far((92, 56, 46), 0.0))


def _mesas(canvas: Canvas, view: View, air: Air, dice: Dice) -> None:
    for index in range(4):
        x, half = dice.between(f"mx{index}", -1.0, 1.0) * view.reach, dice.between(f"mw{index}", 0.16, 0.4)
        tall = dice.between(f"mh{index}", 0.1, 0.26)
        left = [(x - half * 1.3, 0.03), (x - half, -tall * 0.5), (x - half * 0.86, -tall)]
        right = [(x + half * 0.8, -tall), (x + half, -tall * 0.45), (x + half * 1.3, 0.03)]
        canvas.fill([*left, *right], air.far((176, 96, 70), 0.5), depth=0.06, dark=0.4, round_=False)
        for band in (0.35, 0.62):
            line = [(x - half * 0.95, -tall * band), (x + half * 0.9, -tall * band)]
            canvas.line(line, air.far((150, 76, 60), 0.5), 0.006)


def _cactus(canvas: Canvas, at: Point, tall: float, air: Air) -> None:
    x, y = at
    green = air.far((84, 124, 82), 0.12)
    for arm in (-1, 1):
        low = y - tall * (0.5 if arm < 0 else 0.38)
        bend = [(x, low), (x + arm * tall * 0.24, low - 0.01), (x + arm * tall * 0.26, low - tall * 0.3)]
        canvas.fill(limb(bend, [tall * 0.055] * 3), green, depth=0.015, round_=False)
    canvas.fill(
        limb([(x, y), (x, y - tall * 0.5), (x, y - tall)], [tall * 0.085, tall * 0.09, tall * 0.07]), green, depth=0.02
    )


def mountains(scenery: Scenery) -> None:
    """Paint snowy peaks, hills with firs, a meadow with flowers."""
    far, middle, near, view, air, dice = scenery
    for index in range(6):
        x = (-1.0 + 2 * (index + dice.unit(f"px{index}")) / 6) * view.reach
        tall, half = dice.between(f"ph{index}", 0.24, 0.5), dice.between(f"pw{index}", 0.3, 0.5)
        rock = air.far((98, 104, 128), 0.4 if index % 2 else 0.55)
        far.fill(
            [
                (x - half, 0.05),
                (x - half * 0.4, -tall * 0.55),
                (x, -tall),
                (x + half * 0.36, -tall * 0.6),
                (x + half, 0.05),
            ],
            rock,
            depth=0.1,
            dark=0.45,
            round_=False,
        )
        snow = [
            (x, -tall),
            (x - half * 0.22, -tall * 0.76),
            (x - half * 0.12, -tall * 0.7),
            (x - half * 0.02, -tall * 0.78),
            (x + half * 0.1, -tall * 0.66),
            (x + half * 0.2, -tall * 0.76),
        ]
        far.fill(snow, mix(air.far((244, 246, 250), 0.25), rock, 0.08), depth=0.05, dark=0.3, round_=False)
    far.fill(ridge(far, view, dice, "hill", low=0.05, high=0.14, steps=9), air.far((86, 122, 98), 0.5), depth=0.05)
    middle.fill(
        ridge(middle, view, dice, "fore", low=0.0, high=0.06, steps=7), air.far((82, 128, 80), 0.28), depth=0.05
    )
    for index in range(18):
        x = dice.between(f"fx{index}", -1.0, 1.0) * view.reach
        if abs(x) > 0.2:
            _pine(middle, (x, 0.05), dice.between(f"fh{index}", 0.1, 0.24), air.far((44, 88, 70), 0.24))
    ground(middle, view, air.far((104, 146, 84), 0.2), air.far((58, 96, 58), 0.0), level=0.06)
    flowers = ((236, 196, 74), (216, 92, 104), (236, 232, 226), (122, 118, 206))
    for index in range(90):
        x, y = dice.between(f"lx{index}", -1.0, 1.0) * view.reach, 0.1 + dice.unit(f"ly{index}") ** 1.4 * 0.5
        small = 0.003 + y * 0.012
        middle.flat(oval(x, y, small, small * 0.8), air.far(dice.pick(f"lc{index}", flowers), 0.1), round_=False)
    _blades(near, view, dice, air.far((30, 58, 40), 0.0), middle=0.3)
