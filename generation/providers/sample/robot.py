"""Paints the head of a robot: a shell, a face plate, two lamps and a mouth of light."""

from generation.providers.sample.canvas import Canvas, Point, oval
from generation.providers.sample.face import Pose
from generation.providers.sample.palette import Colour, lit, mix, scaled, shade
from generation.providers.sample.vocabulary import Traits

PLATE: Colour = (30, 32, 46)


def shell_colour(traits: Traits) -> Colour:
    """Give the metal's colour: what the hair's would be, but never too dark."""
    return mix(traits.hair_colour, (186, 190, 198), 0.42)


def lamp_colour(traits: Traits) -> Colour:
    """Give the colour of eyes and mouth."""
    return lit(scaled(traits.mark_colour, 1.15), 0.25)


def robot_head(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the whole head."""
    metal, lamp = shell_colour(traits), lamp_colour(traits)
    canvas.line([(0.0, -1.0), (0.12, -1.5)], shade(metal, 0.4), 0.06)
    canvas.fill(oval(0.13, -1.58, 0.13, 0.13), lamp, depth=0.05, bright=0.6)
    for side in (-1, 1):
        canvas.fill(oval(side * 0.88, 0.0, 0.2, 0.34), shade(metal, 0.35), depth=0.08)
    wide = 0.8 + 0.08 * traits.face
    right: list[Point] = [(0.5, -1.02), (wide, -0.74), (wide + 0.06, 0.0), (wide - 0.02, 0.62), (0.5, 0.96)]
    canvas.fill([*right, *((-x, y) for x, y in reversed(right))], metal, depth=0.3, dark=0.4, bright=0.4)
    x = pose.turn * 0.12
    plate: list[Point] = [(0.4, -0.5), (0.62, -0.3), (0.64, 0.2), (0.58, 0.66), (0.3, 0.78)]
    outline = [*((px + x, py) for px, py in plate), *((-px + x, py) for px, py in reversed(plate))]
    canvas.fill(outline, PLATE, depth=0.08, bright=0.14)
    _eyes(canvas, lamp, pose)
    robot_mouth(canvas, traits, pose)
    canvas.line([(x - 0.5, -0.72), (x + 0.5, -0.72)], shade(metal, 0.45), 0.03)
    for side in (-1, 1):
        canvas.flat(oval(side * 0.62 + x * 0.5, 0.82, 0.05, 0.05), shade(metal, 0.5), round_=False)


def _eyes(canvas: Canvas, lamp: Colour, pose: Pose) -> None:
    for side in (-1, 1):
        at = side * 0.29 + pose.turn * 0.18
        canvas.glow((at, -0.02), (0.24, 0.24), lamp, 0.4)
        high = 0.03 if pose.blink > 0.5 else 0.14
        canvas.flat(oval(at, -0.02, 0.13, high), lamp, round_=False)
        if pose.blink <= 0.5:
            canvas.flat(oval(at + pose.look * 0.04, -0.06, 0.05, 0.05), (255, 255, 250), round_=False)


def robot_mouth(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint seven bars; they rise as the mouth opens."""
    lamp, x = lamp_colour(traits), pose.turn * 0.2
    for index in range(-3, 4):
        high = 0.03 + 0.17 * pose.mouth * (1 - abs(index) * 0.22) + (0.02 if index % 2 else 0.0)
        at = x + index * 0.095
        canvas.flat(oval(at, 0.48, 0.03, high), lamp, round_=False)
