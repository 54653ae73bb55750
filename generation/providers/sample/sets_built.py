"""Paints sets made by people: city, room, space; each fills far, middle and near."""

from generation.providers.sample.air import Air
from generation.providers.sample.canvas import Canvas, Point, limb, oval, rect
from generation.providers.sample.dice import Dice
from generation.providers.sample.palette import Colour, lit, mix, shade
from generation.providers.sample.view import Scenery, View, ground

_WINDOWS: tuple[Colour, ...] = ((255, 214, 132), (255, 190, 104), (196, 224, 255), (255, 236, 190))
_NEON: tuple[Colour, ...] = ((255, 92, 124), (74, 214, 224), (255, 178, 66), (172, 122, 255))


def city(scenery: Scenery) -> None:
    """Paint a skyline, houses with lit windows on both sides, a wet street, lamps."""
    far, middle, near, view, air, dice = scenery
    dark = air.stars > 0.2 or sum(air.top) < 260
    for row, (haze, low, high) in enumerate(((0.72, 0.3, 0.66), (0.48, 0.16, 0.46))):
        for index in range(17):
            x = (-1.0 + 2 * (index + 0.7 * dice.unit(f"bx{row}{index}")) / 17) * view.reach * 1.1
            half, tall = dice.between(f"bw{row}{index}", 0.05, 0.1), dice.between(f"bh{row}{index}", low, high)
            _house(
                far,
                (x, 0.04),
                (half, tall),
                air.far((84, 88, 112), haze),
                dice=dice,
                name=f"{row}{index}",
                lights=0.55 if dark else 0.16,
            )
    street = air.far((66, 66, 80), 0.1)
    ground(middle, view, mix(street, air.horizon, 0.4), shade(street, 0.3), level=0.02)
    for side in (-1, 1):
        for index in range(4):
            x = side * (0.42 + index * 0.36)
            tall = dice.between(f"sh{side}{index}", 0.42, 0.8) + index * 0.16
            tone = air.far(dice.pick(f"st{side}{index}", ((122, 82, 78), (92, 92, 108), (134, 112, 92))), 0.16)
            _house(
                middle,
                (x, 0.09 + index * 0.03),
                (0.17, tall),
                tone,
                dice=dice,
                name=f"s{side}{index}",
                lights=0.6 if dark else 0.2,
            )
            if dark and index < 2:
                _sign(middle, (x - side * 0.1, -0.14 - 0.12 * index), dice.pick(f"ne{side}{index}", _NEON))
        pave = [(side * 0.24, 0.07), (side * 4.0, 0.07), (side * 4.0, 1.6), (side * 1.7, 1.6)]
        middle.flat(pave, air.far((112, 108, 116), 0.12), round_=False)
    _reflections(middle, view, air, dice, dark=dark)
    for side in (-1, 1):
        lamp = side * view.reach * 0.7
        near.flat(
            limb([(lamp, 0.9), (lamp, 0.0), (lamp - side * 0.02, -0.5)], [0.014, 0.012, 0.009]),
            air.far((22, 22, 30), 0.0),
        )
        near.flat(oval(lamp - side * 0.05, -0.51, 0.05, 0.02), lit(air.sun, 0.2), round_=False)


def _house(canvas: Canvas, at: Point, size: Point, colour: Colour, *, dice: Dice, name: str, lights: float) -> None:
    (x, y), (half, tall) = at, size
    canvas.fill(
        rect(x - half, y - tall, x + half, y),
        colour,
        depth=0.05,
        dark=0.3,
        round_=False,
    )
    canvas.flat(
        [
            (x - half * 1.03, y - tall),
            (x - half * 1.03, y - tall - 0.01),
            (x + half * 1.03, y - tall - 0.01),
            (x + half * 1.03, y - tall),
        ],
        shade(colour, 0.3),
        round_=False,
    )
    across, up = max(3, round(half * 2 / 0.038)), max(4, round(tall / 0.056))
    for column in range(across):
        for row in range(up - 1):
            on = dice.chance(f"{name}w{column}:{row}", lights)
            left, top = x - half + (column + 0.24) * half * 2 / across, y - tall + (row + 0.4) * tall / up
            wide, high = half * 1.04 / across, tall * 0.44 / up
            tone = mix(dice.pick(f"{name}c{column}{row}", _WINDOWS), colour, 0.15) if on else shade(colour, 0.28)
            canvas.flat(
                [(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)], tone, round_=False
            )


def _sign(canvas: Canvas, at: Point, colour: Colour) -> None:
    x, y = at
    canvas.glow((x, y), (0.12, 0.16), colour, 0.4)
    canvas.fill(
        [(x - 0.026, y - 0.08), (x + 0.026, y - 0.08), (x + 0.026, y + 0.08), (x - 0.026, y + 0.08)],
        mix(colour, (20, 16, 30), 0.7),
        depth=0.01,
        round_=False,
    )
    for step in range(4):
        canvas.line(
            [(x - 0.014, y - 0.056 + step * 0.036), (x + 0.014, y - 0.056 + step * 0.036)], lit(colour, 0.3), 0.012
        )


def _reflections(canvas: Canvas, view: View, air: Air, dice: Dice, *, dark: bool) -> None:
    for index in range(40):
        x, y = dice.between(f"rx{index}", -0.9, 0.9), 0.08 + dice.unit(f"ry{index}") ** 1.5 * 0.5
        tone = dice.pick(f"rc{index}", (*_WINDOWS, *_NEON)) if dark else air.horizon
        base = air.far((66, 66, 80), 0.1)
        high = 0.02 + y * 0.1
        streak = limb([(x, y - high), (x, y), (x, y + high * 1.6)], [0.002, 0.003 + y * 0.012, 0.002])
        canvas.flat(streak, mix(base, tone, 0.42 if dark else 0.25))
    for step in range(7):
        y = 0.06 + (step / 7) ** 1.8 * 0.7
        half = 0.004 + y * 0.03
        canvas.flat(
            [(-half, y), (half, y), (half * 1.4, y + 0.02 + y * 0.12), (-half * 1.4, y + 0.02 + y * 0.12)],
            air.far((206, 200, 190), 0.1),
            round_=False,
        )


def room(scenery: Scenery) -> None:
    """Paint a wall with a tall window, shelves, a lamp, a rug."""
    far, middle, near, view, air, dice = scenery
    wall = air.far(dice.pick("wall", ((168, 136, 120), (118, 138, 140), (158, 146, 116), (140, 118, 140))), 0.04)
    reach = view.reach * 1.1
    far.fill([(-reach, 0.14), (-reach, -2.4), (reach, -2.4), (reach, 0.14)], wall, depth=0.0, round_=False)
    side = view.light
    _window(far, side * 0.56, wall, air)
    _shelf(far, (-side * 0.62, 0.1), air, dice)
    floor = air.far((126, 84, 62), 0.04)
    ground(middle, view, floor, shade(floor, 0.4), level=0.12)
    for index in range(15):
        x = -1.0 + 2 * index / 14
        middle.line([(x * 0.9, 0.12), (x * 3.0, 1.2)], shade(floor, 0.35), 0.004)
    middle.fill(oval(0.0, 0.36, 0.66, 0.1), air.far((166, 70, 66), 0.04), depth=0.03)
    middle.flat(oval(0.0, 0.36, 0.54, 0.076), air.far((206, 160, 110), 0.04), round_=False)
    middle.fill(oval(0.0, 0.36, 0.48, 0.064), air.far((150, 62, 66), 0.04), depth=0.03)
    _lamp(middle, (-side * 0.36, 0.22), air)
    for index in range(7):
        angle = -0.5 + index * 0.17
        root = (side * view.reach * 0.74, view.low + 0.08)
        leaf = [root, (root[0] + angle * 0.24, root[1] - 0.16), (root[0] + angle * 0.56, root[1] - 0.28)]
        near.flat(limb(leaf, [0.012, 0.05, 0.004]), air.far((26, 46, 40), 0.0))


def _window(canvas: Canvas, x: float, wall: Colour, air: Air) -> None:
    canvas.flat(rect(x - 0.25, -0.69, x + 0.25, 0.03), lit(wall, 0.4), round_=False)
    canvas.flat(rect(x - 0.22, -0.66, x + 0.22, 0.0), air.horizon, round_=False)
    canvas.flat(rect(x - 0.22, -0.66, x + 0.22, -0.3), mix(air.middle, air.horizon, 0.4), round_=False)
    canvas.flat(oval(x + 0.06, -0.44, 0.07, 0.07), lit(air.sun, 0.2), round_=False)
    hill = [(x - 0.22, 0.0), (x - 0.1, -0.1), (x + 0.05, -0.06), (x + 0.22, -0.14), (x + 0.22, 0.0)]
    canvas.fill(hill, air.far((80, 104, 98), 0.4), depth=0.02)
    for line in ([(x, 0.0), (x, -0.66)], [(x - 0.22, -0.34), (x + 0.22, -0.34)]):
        canvas.line(line, lit(wall, 0.45), 0.018)
    for edge in (-1, 1):
        cloth = [(x + edge * 0.2, -0.72), (x + edge * 0.36, -0.72), (x + edge * 0.38, 0.12)]
        cloth += [(x + edge * 0.25, 0.12), (x + edge * 0.27, -0.3)]
        canvas.fill(cloth, air.far((196, 172, 140), 0.04), depth=0.04)


def _shelf(canvas: Canvas, at: Point, air: Air, dice: Dice) -> None:
    x, y = at
    wood = air.far((96, 64, 50), 0.04)
    canvas.fill(
        [(x - 0.24, y), (x - 0.24, y - 0.76), (x + 0.24, y - 0.76), (x + 0.24, y)], wood, depth=0.03, round_=False
    )
    books: tuple[Colour, ...] = (
        (170, 66, 58),
        (62, 98, 122),
        (206, 168, 92),
        (92, 120, 84),
        (206, 196, 176),
        (108, 74, 112),
    )
    for row in range(4):
        low = y - 0.03 - row * 0.185
        canvas.flat(
            [(x - 0.22, low), (x - 0.22, low - 0.15), (x + 0.22, low - 0.15), (x + 0.22, low)],
            shade(wood, 0.5),
            round_=False,
        )
        left = x - 0.21
        for index in range(14):
            wide, high = dice.between(f"kw{row}{index}", 0.018, 0.034), dice.between(f"kh{row}{index}", 0.09, 0.135)
            if left + wide > x + 0.21 or dice.chance(f"kg{row}{index}", 0.12):
                break
            book = [(left, low), (left, low - high), (left + wide * 0.9, low - high), (left + wide * 0.9, low)]
            canvas.fill(book, air.far(dice.pick(f"kc{row}{index}", books), 0.06), depth=0.008, round_=False)
            left += wide


def _lamp(canvas: Canvas, at: Point, air: Air) -> None:
    x, y = at
    canvas.line([(x, y), (x, y - 0.52)], air.far((60, 48, 44), 0.0), 0.012)
    canvas.fill(oval(x, y, 0.07, 0.014), air.far((60, 48, 44), 0.0), depth=0.01)
    canvas.fill(
        [(x - 0.1, y - 0.48), (x - 0.055, y - 0.64), (x + 0.055, y - 0.64), (x + 0.1, y - 0.48)],
        (250, 214, 146),
        depth=0.03,
        dark=0.15,
        round_=False,
    )


def space(scenery: Scenery) -> None:
    """Paint a ringed planet, the dust of a moon with craters, a dome."""
    far, middle, near, view, air, dice = scenery
    side = -view.light
    tone = dice.pick("planet", ((212, 142, 98), (96, 150, 190), (170, 112, 172), (206, 178, 124)))
    x, y, big = side * 0.56, -0.42, 0.26
    _planet(far, (x, y), big, tone)
    far.fill(oval(-side * 0.8, -0.6, 0.05, 0.05), (186, 184, 196), depth=0.04, dark=0.8)
    dust = (132, 126, 146)
    hills = [
        (-view.reach, 0.3),
        (-1.0, -0.02),
        (-0.6, 0.03),
        (-0.1, -0.03),
        (0.5, 0.02),
        (1.0, -0.04),
        (view.reach, 0.3),
    ]
    far.fill(hills, air.far(dust, 0.35), depth=0.05, dark=0.5)
    ground(middle, view, air.far(dust, 0.15), air.far((80, 76, 100), 0.0), level=0.05)
    for index in range(16):
        x, y = dice.between(f"cx{index}", -1.0, 1.0) * view.reach, 0.1 + dice.unit(f"cy{index}") * 0.42
        wide = (0.03 + y * 0.2) * dice.between(f"cr{index}", 0.5, 1.2)
        middle.fill(oval(x, y, wide, wide * 0.28), air.far((156, 150, 170), 0.1), depth=0.02)
        middle.fill(oval(x, y + wide * 0.04, wide * 0.84, wide * 0.21), air.far((70, 66, 90), 0.05), depth=0.02)
    _dome(middle, side * 0.55, air)
    for index in range(6):
        x = dice.between(f"nx{index}", -1.0, 1.0) * view.reach
        stone = oval(x, view.low + 0.07, dice.between(f"nr{index}", 0.08, 0.2), 0.1)
        near.flat(stone, air.far((30, 28, 44), 0.0), round_=False)


def _planet(canvas: Canvas, at: Point, big: float, tone: Colour) -> None:
    x, y = at
    canvas.fill(oval(x, y, big, big), tone, depth=0.2, dark=0.85, bright=0.3)
    for index in range(5):
        level = y - big * 0.6 + index * big * 0.3
        half = float((big**2 - (level - y) ** 2) ** 0.5) * 0.94
        band = limb([(x - half, level), (x, level + 0.02), (x + half, level)], [0.002, 0.011, 0.002])
        canvas.flat(band, mix(tone, shade(tone, 0.5), 0.55))
    ring = [(x - big * 1.9, y + 0.1), (x - big * 0.8, y + 0.085), (x, y + 0.06), (x + big * 0.9, y - 0.01)]
    ring.append((x + big * 1.9, y - 0.12))
    canvas.flat(limb(ring, [0.003, 0.02, 0.026, 0.02, 0.003]), lit(tone, 0.5))


def _dome(canvas: Canvas, x: float, air: Air) -> None:
    right = [(0.0, -0.15), (0.1, -0.12), (0.18, -0.02), (0.2, 0.12)]
    outline = [*((x + px, y) for px, y in right), *((x - px, y) for px, y in reversed(right[1:]))]
    canvas.fill(outline, air.far((176, 190, 206), 0.1), depth=0.08, bright=0.4)
    for index in range(4):
        canvas.flat(oval(x - 0.1 + index * 0.066, 0.03, 0.02, 0.026), (255, 206, 130), round_=False)
