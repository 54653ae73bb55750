"""Paints a whole head, person or robot, in the right order of layers."""

from generation.providers.sample import face, hair
from generation.providers.sample.canvas import Canvas
from generation.providers.sample.face import Pose
from generation.providers.sample.robot import robot_head
from generation.providers.sample.vocabulary import Traits

NECK = (0.0, 1.1)
"""Where the head turns when it tilts."""
DROP = (0.0, 0.2)
"""The head sits this much into the shoulders."""


def paint_back(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint what hangs behind the body: back hair and hood."""
    canvas.turned(pose.tilt, NECK, DROP)
    traits = hair.under_hat(traits)
    hair.behind(canvas, traits, pose)
    canvas.turned(0.0)


def paint_head(canvas: Canvas, traits: Traits, pose: Pose) -> None:
    """Paint the head over a body that is there already."""
    canvas.turned(pose.tilt, NECK, DROP)
    if traits.kind == "robot":
        robot_head(canvas, traits, pose)
    else:
        face.ears(canvas, traits, pose)
        face.skin(canvas, traits, pose)
        face.mark(canvas, traits, pose) if traits.mark != "patch" else None
        face.beard(canvas, traits, pose)
        face.nose(canvas, traits, pose)
        face.eyes(canvas, traits, pose)
        face.mouth(canvas, traits, pose)
    if traits.mark == "patch":
        face.mark(canvas, traits, pose)
    if traits.glasses != "none":
        face.glasses(canvas, traits, pose)
    traits = hair.under_hat(traits)
    hair.front(canvas, traits, pose)
    hair.hat(canvas, traits, pose)
    canvas.turned(0.0)
