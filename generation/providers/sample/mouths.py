"""Draws mouths onto finished frames: on the performer's face where the recipe says, else in a bubble."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from PIL import Image, ImageDraw, ImageFilter

from generation.providers.sample.canvas import Canvas
from generation.providers.sample.face import Pose, mouth
from generation.providers.sample.palette import Colour, tinted
from generation.providers.sample.robot import PLATE, robot_mouth
from generation.providers.sample.sprite import Sprite
from generation.providers.sample.vocabulary import Traits, traits_from_dict

_STEPS = 16
_HEIGHT = {"person": 0.62, "robot": 0.48}


class Mouth(Protocol):
    """Something that opens in time."""

    def draw(self, picture: Image.Image, number: int, level: float) -> None:
        """Draw the mouth of frame `number`, open by `level` (0..1), onto an RGB picture."""
        ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a sample clip says of its performer; `places` are x, y, pixels a unit and turn for every frame."""

    size: tuple[int, int]
    traits: Traits
    tint: Colour
    turn: float
    smile: float
    photo: bool
    places: tuple[tuple[float, float, float, float], ...]


def read_recipe(facts: dict[str, Any] | None) -> Recipe | None:
    """Check what stood in the file; None unless all of it makes sense (anybody may have written it)."""
    if not facts:
        return None
    try:
        wide, high = (int(part) for part in facts["size"])
        red, green, blue = (int(part) for part in facts["tint"])
        places = tuple((float(x), float(y), float(unit), float(turn)) for x, y, unit, turn in facts["mouths"])
        recipe = Recipe(
            size=(wide, high),
            traits=traits_from_dict(facts["traits"]),
            tint=(red, green, blue),
            turn=float(facts["turn"]),
            smile=float(facts["smile"]),
            photo=bool(facts["photo"]),
            places=places,
        )
    except (KeyError, TypeError, ValueError):
        return None
    sane = places and min(recipe.size) > 15 and all(1 <= unit <= 2000 for _, _, unit, _ in places)
    return recipe if sane else None


def mouth_for(facts: dict[str, Any] | None, *, size: tuple[int, int]) -> Mouth:
    """Give the mouth for a video of `size` with what its file says of itself."""
    recipe = read_recipe(facts)
    return Bubble(size) if recipe is None else FaceMouth(recipe, size)


class FaceMouth:
    """A mouth on the performer's own face."""

    def __init__(self, recipe: Recipe, size: tuple[int, int]) -> None:
        self.recipe = recipe
        self.factor = (size[0] / recipe.size[0], size[1] / recipe.size[1])
        self.unit = max(unit for _, _, unit, _ in recipe.places) * self.factor[1]
        self._sprites: dict[int, Sprite] = {}
        self._skin: Colour | None = None

    def draw(self, picture: Image.Image, number: int, level: float) -> None:
        """Draw the mouth of frame `number`, open by `level` (0..1), onto an RGB picture."""
        x, y, unit, turn = self.recipe.places[min(number, len(self.recipe.places) - 1)]
        at = (x * self.factor[0], y * self.factor[1])
        unit *= self.factor[1]
        if self._skin is None:
            self._skin = _cheek(picture, at, unit)
        step = round(min(1.0, max(0.0, level)) * _STEPS)
        if step not in self._sprites:
            self._sprites[step] = self._paint(step / _STEPS)
        self._sprites[step].draw(picture, at, angle=turn, scale=unit / self.unit)

    def _paint(self, level: float) -> Sprite:
        recipe, unit = self.recipe, self.unit
        size = (round(unit * 1.4), round(unit * 1.4))
        robot = recipe.traits.kind == "robot"
        height = _HEIGHT["robot" if robot else "person"]
        pose = Pose(turn=recipe.turn, smile=recipe.smile * (1 - 0.6 * level), mouth=level)
        middle = (pose.turn * (0.2 if robot else 0.22), height)
        origin = (size[0] / 2 - middle[0] * unit, size[1] / 2 - middle[1] * unit)
        canvas = Canvas(size, unit=unit, origin=origin, finer=3)
        if robot:
            robot_mouth(canvas, recipe.traits, pose)
        else:
            mouth(canvas, replace(recipe.traits, skin=tinted(recipe.traits.skin, recipe.tint)), pose)
        painted = canvas.finish()
        if recipe.photo or (recipe.traits.beard != "none" and not robot):
            return Sprite(painted, (size[0] / 2, size[1] / 2))
        cover = PLATE if robot else (self._skin or recipe.traits.skin)
        patch = _patch(size, unit, tinted(cover, recipe.tint) if robot else cover, robot=robot)
        patch.alpha_composite(painted)
        return Sprite(patch, (size[0] / 2, size[1] / 2))


def _patch(size: tuple[int, int], unit: float, colour: Colour, *, robot: bool) -> Image.Image:
    """Give a soft spot of skin that hides the mouth painted before."""
    mask = Image.new("L", size, 0)
    x, y = size[0] / 2, size[1] / 2
    wide, high = (unit * 0.37, unit * 0.15) if robot else (unit * 0.31, unit * 0.13)
    ImageDraw.Draw(mask).ellipse((x - wide, y - high, x + wide, y + high), fill=255)
    patch = Image.new("RGBA", size, (*colour, 0))
    patch.putalpha(mask.filter(ImageFilter.GaussianBlur(unit * 0.025)))
    return patch


def _cheek(picture: Image.Image, at: tuple[float, float], unit: float) -> Colour:
    """Look at the skin on both sides of the mouth."""
    found: list[Sequence[int]] = []
    for side in (-0.33, 0.33):
        x, y = round(at[0] + side * unit), round(at[1])
        if 2 <= x < picture.size[0] - 3 and 2 <= y < picture.size[1] - 3:
            spot = picture.crop((x - 2, y - 2, x + 3, y + 3)).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
            if isinstance(spot, tuple):
                found.append(spot)
    if not found:
        return (200, 150, 120)
    red, green, blue = (round(sum(spot[part] for spot in found) / len(found)) for part in range(3))
    return red, green, blue


class Bubble:
    """A mouth in a round bubble in the lower third, for clips whose face nobody can find."""

    def __init__(self, size: tuple[int, int]) -> None:
        least = min(size)
        self.radius = round(least * 0.1)
        self.centre = (round(size[0] * 0.5), round(size[1] - least * 0.17))

    def draw(self, picture: Image.Image, number: int, level: float) -> None:
        """Draw the mouth of frame `number`, open by `level` (0..1), onto an RGB picture."""
        around = self.radius * 2 + 8
        big = Image.new("RGBA", (around * 3, around * 3), (0, 0, 0, 0))
        pen = ImageDraw.Draw(big)
        middle, edge = around * 1.5, self.radius * 3
        wide, drop = edge * 0.62, edge * (0.05 + 0.5 * level)
        inner = max(2.0, drop - edge * 0.06)
        pen.ellipse(_around(middle, edge, edge), fill=(238, 214, 190, 235))
        pen.ellipse(_around(middle, wide, drop), fill=(176, 62, 66, 255))
        pen.ellipse(_around(middle, wide * 0.84, inner), fill=(72, 22, 32, 255))
        small = big.resize((around, around), Image.Resampling.LANCZOS)
        picture.paste(small, (self.centre[0] - around // 2, self.centre[1] - around // 2), small)


def _around(middle: float, wide: float, high: float) -> tuple[float, float, float, float]:
    return middle - wide, middle - high, middle + wide, middle + high
