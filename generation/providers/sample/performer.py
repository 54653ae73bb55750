"""The performer of a clip: the chosen character as parts that move, and where the face is in every frame."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PIL import Image

from generation.providers.sample.air import Air
from generation.providers.sample.canvas import Canvas
from generation.providers.sample.clothes import paint_torso
from generation.providers.sample.dice import Dice
from generation.providers.sample.face import Pose
from generation.providers.sample.head import paint_back, paint_head
from generation.providers.sample.limbs import (
    arm_points,
    paint_arm,
    paint_forearm,
    paint_legs,
    paint_upper_arm,
)
from generation.providers.sample.look import Look
from generation.providers.sample.palette import mix
from generation.providers.sample.photo import round_head
from generation.providers.sample.props import paint_guitar, paint_microphone
from generation.providers.sample.sprite import Sprite, relit
from generation.providers.sample.vocabulary import Traits

NECK_Y = 1.3
HIP_Y = 4.8
FLOOR_Y = 9.4
HORIZON = 0.6
BPM = 110.0


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the figure's own zero (the middle of the face) is on the frame, pixels a unit, the turn of the head."""

    x: float
    y: float
    unit: float
    lean: float
    nod: float
    bob: float


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm that acts: where it turns (figure units), when it swings, and whether it is before the body."""

    sprite: Sprite
    joint: tuple[float, float]
    phase: float
    in_front: bool


class Performer:
    """A figure in parts, painted once for its size in the shot."""

    def __init__(
        self, traits: Traits, look: Look, air: Air, *, size: tuple[int, int], light: float, dice: Dice,
        photo: Image.Image | None = None,
    ) -> None:  # fmt: skip
        self.traits, self.look, self.size, self.light, self.dice, self.air = traits, look, size, light, dice, air
        # Lamps shine by themselves: a robot takes less of the hour's colour.
        self.tint = air.figure if traits.kind == "person" else mix(air.figure, (255, 255, 255), 0.5)
        self.unit, self.x, self.y = _placing(look, size, dice)
        self.pose = Pose(turn=dice.between("turn", -0.35, 0.35), smile=dice.between("smile", 0.1, 0.6))
        self.side = -1 if light > 0 else 1
        """The arm that acts: the one away from the light."""
        self._arms = _arm_angles(look.action, self.side)
        self.body = self._part(self._paint_body, low=FLOOR_Y + 0.6, pivot=(0.0, HIP_Y))
        self.legs = [self._legs(step / 8) for step in range(8)] if look.shot == "wide" else []
        self.heads = self._heads(photo)
        self.back = self._part(lambda canvas: paint_back(canvas, traits, self.pose), low=3.2, pivot=(0.0, NECK_Y))
        self.arms = [] if look.action == "stand" else self._acting_arms()
        self.photo = photo is not None

    def draw(self, frame: Image.Image, stand: Stand, *, number: int) -> None:
        """Draw the figure onto a frame."""
        beat = number / 24 * BPM / 60
        head_at, head_angle = self.neck(stand)
        hip = (stand.x, stand.y + (HIP_Y + stand.bob) * stand.unit)
        scale = stand.unit / self.unit
        if not self.photo:
            self.back.draw(frame, head_at, angle=head_angle, scale=scale)
        for arm in self.arms:
            if not arm.in_front:
                self._swing(frame, arm, stand, beat)
        if self.legs:
            walking = self.look.action == "walk"
            step = int((beat % 2) * 4) % 8 if walking else 0
            self.legs[step].draw(frame, (hip[0], stand.y + HIP_Y * stand.unit), scale=scale)
        self.body.draw(frame, hip, angle=stand.lean, scale=scale)
        blink = number % 79 in {40, 41, 42, 43} and not self.photo
        self.heads[1 if blink else 0].draw(frame, head_at, angle=head_angle, scale=scale)
        for arm in self.arms:
            if arm.in_front:
                self._swing(frame, arm, stand, beat)

    def stand_at(self, number: int, *, part: float, x: float, y: float, zoom: float) -> Stand:
        """Say how the figure stands in a frame at `part` (0..1) of the clip, after the camera's shift and zoom."""
        beat = number / 24 * BPM / 60
        energy = {"dance": 1.0, "guitar": 0.8, "sing": 0.6, "raise": 0.6, "walk": 0.7}.get(self.look.action, 0.4)
        calm = 0.55 if self.look.shot == "close" else 1.0
        lean = math.sin(beat * math.pi / 2 + 6 * self.dice.unit("sway")) * 0.032 * energy * calm
        nod = (
            math.sin(beat * math.pi + 6 * self.dice.unit("nod")) * 0.045 * energy * calm + math.sin(number / 37) * 0.03
        )
        bob = abs(math.sin(beat * math.pi)) * 0.12 * energy * calm
        middle = (self.size[0] / 2, self.size[1] / 2)
        # Who walks comes nearer: everything grows away from the vanishing point on the horizon.
        near = 0.87 + 0.15 * part if self.look.action == "walk" and self.look.shot == "wide" else 1.0
        vanish = (middle[0], self.size[1] * HORIZON)
        at = (vanish[0] + (self.x - vanish[0]) * near, vanish[1] + (self.y - vanish[1]) * near)
        return Stand(
            x=middle[0] + (at[0] - middle[0] - x) * zoom,
            y=middle[1] + (at[1] - middle[1] - y) * zoom,
            unit=self.unit * near * zoom,
            lean=lean,
            nod=nod,
            bob=bob,
        )

    def neck(self, stand: Stand) -> tuple[tuple[float, float], float]:
        """Give the pixel of the neck and the turn of the head."""
        return self._on_body(stand, (0.0, NECK_Y)), stand.lean + stand.nod

    def mouth(self, stand: Stand) -> tuple[float, float, float, float]:
        """Say where the mouth is: x, y, pixels a unit, turn in radians."""
        (x, y), angle = self.neck(stand)
        right, down = self.pose.turn * 0.22 * stand.unit, (0.62 + 0.2 - NECK_Y) * stand.unit
        if self.traits.kind == "robot":
            down = (0.48 + 0.2 - NECK_Y) * stand.unit
        cos, sin = math.cos(angle), math.sin(angle)
        return x + right * cos - down * sin, y + right * sin + down * cos, stand.unit, angle

    def _on_body(self, stand: Stand, point: tuple[float, float]) -> tuple[float, float]:
        cos, sin = math.cos(stand.lean), math.sin(stand.lean)
        x, y = point[0], point[1] - HIP_Y
        return (
            stand.x + (x * cos - y * sin) * stand.unit,
            stand.y + (HIP_Y + stand.bob + x * sin + y * cos) * stand.unit,
        )

    def _swing(self, frame: Image.Image, arm: Arm, stand: Stand, beat: float) -> None:
        swing = {"dance": 0.32, "raise": 0.12, "guitar": 0.1, "walk": 0.3}.get(self.look.action, 0.035)
        speed = 2.0 if self.look.action == "guitar" else 1.0
        angle = stand.lean + math.sin(beat * math.pi * speed + arm.phase) * swing
        arm.sprite.draw(frame, self._on_body(stand, arm.joint), angle=angle, scale=stand.unit / self.unit)

    def _part(self, paint: Callable[[Canvas], None], *, low: float, pivot: tuple[float, float]) -> Sprite:
        high, wide = -2.6, 4.4
        size = (round(wide * 2 * self.unit), round((low - high) * self.unit))
        floor = round((self.size[1] * 1.3 - self.y) / self.unit * self.unit - high * self.unit)
        size = (size[0], max(8, min(size[1], floor)))
        origin = (wide * self.unit, -high * self.unit)
        finer = 2 if self.unit > 40 else 3
        canvas = Canvas(size, unit=self.unit, origin=origin, light=self.light, finer=finer)
        paint(canvas)
        lit = relit(
            canvas.finish(),
            tint=self.tint,
            rim=self.air.rim,
            side=self.light,
            reach=max(1, round(self.unit * 0.05)),
        )
        return Sprite(lit, (origin[0] + pivot[0] * self.unit, origin[1] + pivot[1] * self.unit))

    def _paint_body(self, canvas: Canvas) -> None:
        for side in (-1, 1):
            angles = self._arms.get(side)
            if angles is None:
                paint_arm(canvas, self.traits, side, 0.12, 0.04)
        if self.look.action == "sing":
            paint_upper_arm(canvas, self.traits, self.side, self._arms[self.side][0])
        if self.look.shot != "wide":
            paint_legs(canvas, self.traits)
        paint_torso(canvas, self.traits)
        if self.look.action == "guitar":
            paint_guitar(canvas, self.traits, self.dice)

    def _legs(self, part: float) -> Sprite:
        stride = math.sin(part * 2 * math.pi) if self.look.action == "walk" else 0.12
        return self._part(lambda canvas: paint_legs(canvas, self.traits, stride), low=FLOOR_Y + 0.6, pivot=(0.0, HIP_Y))

    def _heads(self, photo: Image.Image | None) -> list[Sprite]:
        if photo is not None:
            cut = round_head(photo, round(self.unit * 3.0))
            lit = relit(cut, tint=self.tint, rim=self.air.rim, side=self.light, reach=max(1, round(self.unit * 0.05)))
            return [Sprite(lit, (lit.size[0] / 2, lit.size[1] / 2 + (NECK_Y - 0.0) * self.unit))] * 2
        poses = (self.pose, replace(self.pose, blink=1.0))
        return [self._part(partial(self._paint_head, pose=pose), low=2.6, pivot=(0.0, NECK_Y)) for pose in poses]

    def _paint_head(self, canvas: Canvas, *, pose: Pose) -> None:
        paint_head(canvas, self.traits, pose)

    def _acting_arms(self) -> list[Arm]:
        parts: list[Arm] = []
        for side, (upper, fore) in self._arms.items():
            shoulder, elbow, _ = arm_points(self.traits, side, upper, fore)
            if self.look.action == "sing":
                paint = partial(self._with_microphone, side=side, upper=upper, fore=fore)
                parts.append(Arm(self._part(paint, low=5.5, pivot=elbow), elbow, 0.0, in_front=True))
                continue
            paint = partial(self._whole_arm, side=side, upper=upper, fore=fore)
            sprite = self._part(paint, low=6.5, pivot=shoulder)
            guitar = self.look.action == "guitar"
            parts.append(Arm(sprite, shoulder, 0.0 if side > 0 else 2.0 if guitar else math.pi, in_front=guitar))
        return parts

    def _whole_arm(self, canvas: Canvas, *, side: int, upper: float, fore: float) -> None:
        paint_arm(canvas, self.traits, side, upper, fore)

    def _with_microphone(self, canvas: Canvas, *, side: int, upper: float, fore: float) -> None:
        wrist = arm_points(self.traits, side, upper, fore)[2]
        paint_microphone(canvas, wrist, -side)
        paint_forearm(canvas, self.traits, side, upper, fore)


def _placing(look: Look, size: tuple[int, int], dice: Dice) -> tuple[float, float, float]:
    """Give pixels a unit, and where the middle of the face is."""
    wide, high = size
    tall = high > wide
    # Not always in the middle: a third of the shots stand to one side, as a camera would frame them.
    aside = dice.pick("aside", (-1, 0, 0, 1)) * (0.03 if tall else 0.05 if look.shot == "close" else 0.09)
    x = wide * (0.5 + aside)
    if look.shot == "wide":
        unit = high * (0.038 if tall else 0.054)
        return unit, x, high * (0.9 if not tall else 0.84) - FLOOR_Y * unit
    if look.shot == "medium":
        unit = min(high * 0.115, wide * 0.155)
        return unit, x, high * (0.36 if not tall else 0.42)
    unit = min(high * 0.235, wide * 0.3)
    return unit, x, high * (0.44 if not tall else 0.46)


def _arm_angles(action: str, side: int) -> dict[int, tuple[float, float]]:
    """Give, for the arms that act, the angles of upper and lower arm."""
    if action == "sing":
        return {side: (0.14, -2.62)}
    if action == "guitar":
        return {-1: (0.5, -1.15), 1: (0.75, 1.75)}
    if action == "raise":
        return {side: (2.3, 2.95)}
    if action == "dance":
        return {-1: (1.25, 2.2), 1: (1.25, 2.2)}
    return {-1: (0.12, 0.04), 1: (0.12, 0.04)} if action == "walk" else {}
