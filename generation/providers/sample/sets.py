"""Builds the set of a clip: the layers behind and in front of the performer."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from generation.providers.sample import sets_built, sets_nature, sets_show
from generation.providers.sample.air import Air, paint_sky
from generation.providers.sample.dice import Dice
from generation.providers.sample.look import Look
from generation.providers.sample.view import Layer, Scenery, View, soften

Painter = Callable[[Scenery], None]
_PAINTERS: dict[str, Painter] = {
    "sea": sets_nature.sea,
    "forest": sets_nature.forest,
    "desert": sets_nature.desert,
    "mountains": sets_nature.mountains,
    "city": sets_built.city,
    "room": sets_built.room,
    "space": sets_built.space,
    "stage": sets_show.stage,
    "stadium": sets_show.stadium,
}


@dataclass(frozen=True, slots=True)
class Set:
    """The painted layers: behind the performer (far ones first), and in front (nothing in a close-up)."""

    behind: tuple[Layer, ...]
    front: tuple[Layer, ...]


def build_set(look: Look, air: Air, view: View, dice: Dice, *, full: tuple[int, int]) -> Set:
    """Paint everything once; `full` is the size of the finished frame, in which the front layer is kept."""
    far, middle, near = view.canvas(), view.canvas(), view.canvas()
    _PAINTERS[look.place](Scenery(far, middle, near, view, air, dice))
    if look.band:
        sets_show.band(middle, air, dice)
    if look.crowd and look.place in {"stage", "stadium"}:
        near = view.canvas()
        sets_show.crowd(near, view, air, dice)
    sky = paint_sky(view.size, air, look, dice, view.level)
    behind = (
        Layer(soften(sky, view.blur), 0.12, view.frame),
        Layer(soften(far.finish(), view.blur * 1.2), 0.35, view.frame),
        Layer(soften(middle.finish(), view.blur), 0.85, view.frame),
    )
    if look.shot == "close":
        return Set(behind, ())
    factor = full[0] / view.frame[0]
    image = soften(near.finish(), 2.2 if not look.crowd else 1.2)
    large = image.resize((round(image.size[0] * factor), round(image.size[1] * factor)), Image.Resampling.BICUBIC)
    # In two halves: what stands at both sides would else make one layer as large as the frame.
    middle_x = large.size[0] // 2
    halves = []
    for left, right in ((0, middle_x), (middle_x, large.size[0])):
        half = Image.new("RGBA", large.size, (0, 0, 0, 0))
        half.paste(large.crop((left, 0, right, large.size[1])), (left, 0))
        halves.append(Layer(half, 1.25, full))
    return Set(behind, tuple(halves))
