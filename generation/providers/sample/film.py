"""A film: everything a clip shows, one frame at a time. Painted once are the set and the figure; then they move."""

from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from generation.ports import ClipRequest
from generation.providers.sample.air import air_of, light_side
from generation.providers.sample.camera import camera_at
from generation.providers.sample.dice import Dice
from generation.providers.sample.lights import Lights
from generation.providers.sample.look import Look, read_look
from generation.providers.sample.performer import FLOOR_Y, HORIZON, Performer, Stand
from generation.providers.sample.photo import dressed_like, open_reference
from generation.providers.sample.sets import build_set
from generation.providers.sample.view import Camera, View
from generation.providers.sample.vocabulary import Traits, read_traits
from generation.providers.sample.weather import Weather, grain_tile

FPS = 24
_SHOTS = {"wide": (1.0, HORIZON, 0.0), "medium": (1.55, 0.56, 1.1), "close": (2.3, 0.62, 3.0)}
"""Of each shot: the scale of the set, the height of the horizon, how far out of focus the set is."""


class Film:
    """The frames of one clip."""

    def __init__(
        self, look: Look, traits: Traits, *, size: tuple[int, int], seconds: int, dice: Dice,
        photo: Image.Image | None,
    ) -> None:  # fmt: skip
        self.look, self.traits, self.size, self.seconds = look, traits, size, seconds
        self.dice, self.photo = dice, photo is not None
        air = air_of(look)
        scale, horizon, blur = _SHOTS[look.shot]
        # What is out of focus has no detail to lose: a close-up composes its set at a quarter of the size.
        part = 4 if look.shot == "close" else 2
        self.small = (size[0] // part, size[1] // part)
        light = light_side(dice)
        view = View(self.small, scale, horizon, light, blur * min(size) / 720 * 2 / part)
        self.set = build_set(look, air, view, dice, full=size)
        self.performer = Performer(traits, look, air, size=size, light=light, dice=dice, photo=photo)
        self.lights = Lights(look, air, view, dice)
        self.weather = Weather(look, air, dice, size)
        self.grain = grain_tile(self.small, strength=6 // part)
        self.mark = _mark(size)
        self.shadow = _shadow(size, self.performer.unit) if look.shot == "wide" else None
        self.mood = {"night": "dark", "day": "bright"}.get(look.time, "warm")
        self.wind = {"sea": 0.8, "desert": 0.6, "mountains": 0.6, "forest": 0.4, "room": 0.05}.get(look.place, 0.25)

    def paint(self, number: int) -> Image.Image:
        """Paint one frame in RGB."""
        at = number / FPS
        camera = self.camera(number)
        behind = Image.new("RGB", self.small)
        for layer in self.set.behind:
            layer.draw(behind, camera)
        behind = self.lights.add(behind, camera, at)
        shift = (number * 37 % 61, number * 53 % 59)
        tile = self.grain.crop((*shift, shift[0] + self.small[0], shift[1] + self.small[1]))
        frame = ImageChops.add(behind, tile, 1, -128).resize(self.size, Image.Resampling.BILINEAR)
        stand = self.stand(number)
        if self.shadow is not None:
            floor = stand.y + FLOOR_Y * stand.unit
            box = (round(stand.x - self.shadow.size[0] / 2), round(floor - self.shadow.size[1] * 0.42))
            frame.paste((14, 10, 26), box, self.shadow)
        self.performer.draw(frame, stand, number=number)
        for layer in self.set.front:
            layer.draw(frame, camera)
        self.weather.draw(frame, at)
        frame.paste(self.mark, (self.size[0] - self.mark.size[0], 0), self.mark)
        return frame

    def part(self, number: int) -> float:
        """Give how far into the clip a frame is, 0..1."""
        return number / (self.seconds * FPS - 1)

    def camera(self, number: int) -> Camera:
        """Give the camera of a frame."""
        return camera_at(self.look, self.dice, part=self.part(number), seconds=self.seconds)

    def stand(self, number: int) -> Stand:
        """Say where and how the performer stands in a frame."""
        camera = self.camera(number)
        shift = (camera.x * self.size[0], camera.y * self.size[1])
        return self.performer.stand_at(number, part=self.part(number), x=shift[0], y=shift[1], zoom=camera.zoom)

    def recipe(self) -> dict[str, Any]:
        """Say what a lip-sync needs: the figure, and x, y, unit, turn of the mouth in every frame (pixels, radians)."""
        places = [self.performer.mouth(self.stand(number)) for number in range(self.seconds * FPS)]
        return {
            "size": list(self.size),
            "traits": self.traits.as_dict(),
            "turn": round(self.performer.pose.turn, 4),
            "smile": round(self.performer.pose.smile, 4),
            "photo": self.photo,
            "tint": list(self.performer.tint),
            "mouths": [[round(x, 2), round(y, 2), round(unit, 3), round(turn, 4)] for x, y, unit, turn in places],
        }


def film_for(request: ClipRequest, *, size: tuple[int, int]) -> Film:
    """Read the request and paint what does not change. Raises ProviderError for an unreadable reference."""
    look = read_look(request.prompt)
    traits, photo = read_traits(request.prompt), None
    if request.reference is not None:
        known, picture = open_reference(request.reference)
        if known is not None:
            traits = known
        else:
            traits, photo = dressed_like(traits, picture), picture
    dice = Dice("film", request.prompt, request.seed)
    return Film(look, traits, size=size, seconds=request.seconds, dice=dice, photo=photo)


def _mark(size: tuple[int, int]) -> Image.Image:
    """Write a small "sample" for the upper right corner."""
    least = min(size)
    font = ImageFont.load_default(least * 0.026)
    mark = Image.new("RGBA", (round(least * 0.15), round(least * 0.075)), (255, 255, 255, 0))
    pen = ImageDraw.Draw(mark)
    middle = (mark.size[0] * 0.46, mark.size[1] * 0.55)
    pen.text((middle[0] + 1, middle[1] + 1), "sample", font=font, fill=(0, 0, 0, 90), anchor="mm")
    pen.text(middle, "sample", font=font, fill=(255, 255, 255, 150), anchor="mm")
    return mark


def _shadow(size: tuple[int, int], unit: float) -> Image.Image:
    wide, high = round(unit * 5.2), round(unit * 1.3)
    mask = Image.new("L", (wide, high), 0)
    ImageDraw.Draw(mask).ellipse((wide * 0.16, high * 0.3, wide * 0.84, high * 0.72), fill=150)
    return mask.filter(ImageFilter.GaussianBlur(unit * 0.16))
