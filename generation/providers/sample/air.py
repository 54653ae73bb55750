"""The air of a scene: colours of sky, light and haze for a time of day and a place; paints the sky."""

from dataclasses import dataclass, replace

from PIL import Image, ImageDraw, ImageFilter

from generation.providers.sample.dice import Dice
from generation.providers.sample.look import Look
from generation.providers.sample.palette import Colour, lit, mix, tinted


@dataclass(frozen=True, slots=True)
class Air:
    """Colours of one hour: sky from top to horizon, the sun (or lamp), what light does to things, the edge light."""

    top: Colour
    middle: Colour
    horizon: Colour
    sun: Colour
    tint: Colour
    rim: Colour
    stars: float
    sun_height: float

    @property
    def figure(self) -> Colour:
        """Give the tint of the performer: the hour's, lifted as a lamp beside the camera would."""
        return mix(self.tint, (255, 244, 232), 0.5 if self.stars > 0.5 else 0.36)

    def far(self, colour: Colour, amount: float) -> Colour:
        """Show a colour through haze: 0 is near, 1 is lost in the horizon."""
        return mix(tinted(colour, self.tint), self.horizon, amount)


_HOURS: dict[str, Air] = {
    "dawn": Air(
        (92, 118, 170), (206, 168, 178), (250, 212, 176), (255, 236, 200), (236, 216, 222), (255, 206, 170), 0.1, 0.16
    ),
    "day": Air(
        (70, 140, 204), (140, 192, 226), (220, 234, 234), (255, 250, 226), (255, 252, 246), (255, 246, 220), 0.0, 0.5
    ),
    "dusk": Air(
        (52, 46, 96), (168, 82, 110), (250, 164, 98), (255, 214, 130), (232, 186, 176), (255, 168, 92), 0.25, 0.1
    ),
    "night": Air(
        (10, 14, 36), (24, 36, 78), (58, 78, 122), (226, 232, 246), (112, 128, 184), (170, 196, 255), 1.0, 0.44
    ),
}  # fmt: skip
_GREY: Colour = (150, 158, 170)


def air_of(look: Look) -> Air:
    """Give the air for a look; rain and fog take colour away, a stage brings its own light."""
    air = _HOURS[look.time]
    if look.place == "space":
        air = replace(
            _HOURS["night"], top=(6, 6, 18), middle=(14, 12, 36), horizon=(34, 26, 66), tint=(150, 152, 190), stars=1.0
        )
    if look.place == "stage":
        air = replace(
            _HOURS["night"], top=(10, 8, 20), middle=(24, 16, 44), horizon=(64, 36, 88), tint=(168, 148, 190),
            rim=(255, 196, 130), stars=0.0,
        )  # fmt: skip
    if look.place == "stadium":
        air = replace(air, rim=(255, 214, 150), tint=mix(air.tint, (210, 190, 220), 0.4))
    if look.weather in {"rain", "fog", "snow"}:
        grey = tinted(_GREY, mix(air.tint, (255, 255, 255), 0.15))
        air = replace(
            air, top=mix(air.top, grey, 0.4), middle=mix(air.middle, grey, 0.45), horizon=mix(air.horizon, grey, 0.4),
            stars=air.stars * 0.2, rim=mix(air.rim, grey, 0.3),
        )  # fmt: skip
    return air


def gradient(size: tuple[int, int], stops: list[tuple[float, Colour]]) -> Image.Image:
    """Paint a vertical gradient; `stops` are (0..1 from the top, colour) in order."""
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        at = y / max(1, size[1] - 1)
        below = next((index for index, stop in enumerate(stops) if stop[0] >= at), len(stops) - 1)
        first, second = stops[max(0, below - 1)], stops[below]
        span = second[0] - first[0]
        column.putpixel((0, y), mix(first[1], second[1], (at - first[0]) / span if span > 0 else 1.0))
    return column.resize(size, Image.Resampling.NEAREST)


def paint_sky(size: tuple[int, int], air: Air, look: Look, dice: Dice, horizon: float) -> Image.Image:
    """Paint the sky in RGB; `horizon` is its height in pixels from the top, `dice` places sun, clouds and stars."""
    line = horizon / size[1]
    sky = gradient(size, [(0.0, air.top), (line * 0.62, air.middle), (line, air.horizon), (1.0, air.horizon)])
    if air.stars:
        _stars(sky, air, dice, horizon)
    if look.place != "stage":
        _sun(sky, air, look, dice, horizon)
        if look.place != "space":
            _clouds(sky, air, look, dice, horizon)
    return sky


def sun_at(size: tuple[int, int], air: Air, dice: Dice, horizon: float) -> tuple[float, float]:
    """Say where the sun or the moon stands, in pixels; it is on the side the light comes from."""
    across = dice.between("sun", 0.16, 0.3)
    return size[0] * (across if light_side(dice) < 0 else 1 - across), horizon - size[1] * air.sun_height * 0.75


def light_side(dice: Dice) -> float:
    """Say where the light comes from: -1 left, 1 right."""
    return -1.0 if dice.chance("side", 0.6) else 1.0


def _sun(sky: Image.Image, air: Air, look: Look, dice: Dice, horizon: float) -> None:
    x, y = sun_at(sky.size, air, dice, horizon)
    high = float(sky.size[1])
    cloudy = 0.35 if look.weather in {"rain", "fog", "snow"} else 1.0
    for reach, alpha in ((0.75, 60), (0.36, 70), (0.17, 90)):
        spot = Image.new("L", (64, 64), 0)
        ImageDraw.Draw(spot).ellipse((14, 14, 50, 50), fill=round(alpha * cloudy))
        radius = round(high * reach)
        mask = spot.filter(ImageFilter.GaussianBlur(9)).resize((radius * 2, radius * 2), Image.Resampling.BICUBIC)
        sky.paste(air.sun, (round(x - radius), round(y - radius)), mask)
    if cloudy == 1.0:
        disc_radius = high * (0.045 if look.time == "night" else 0.06)
        disc = Image.new("L", (128, 128), 0)
        ImageDraw.Draw(disc).ellipse((2, 2, 125, 125), fill=240)
        whole = max(2, round(disc_radius * 2))
        sky.paste(lit(air.sun, 0.3), (round(x - disc_radius), round(y - disc_radius)), disc.resize((whole, whole)))


def _stars(sky: Image.Image, air: Air, dice: Dice, horizon: float) -> None:
    pen = ImageDraw.Draw(sky, "RGBA")
    for index in range(round(240 * air.stars)):
        x, y = dice.unit(f"sx{index}") * sky.size[0], dice.unit(f"sy{index}") ** 1.3 * horizon
        big = 0.5 + 1.1 * dice.unit(f"sr{index}") ** 4
        pen.ellipse(
            (x - big, y - big, x + big, y + big), fill=(255, 250, 240, round(60 + 190 * dice.unit(f"sa{index}")))
        )


def _clouds(sky: Image.Image, air: Air, look: Look, dice: Dice, horizon: float) -> None:
    wide, high = sky.size
    heavy = look.weather in {"rain", "snow", "fog"}
    for bank in range(9 if heavy else 5):
        mask = Image.new("L", (wide // 2, high // 2), 0)
        pen = ImageDraw.Draw(mask)
        level = dice.between(f"cy{bank}", 0.1, 0.86) * horizon / 2
        middle, span = dice.between(f"cx{bank}", 0.0, 1.0) * wide / 2, dice.between(f"cw{bank}", 0.08, 0.24) * wide
        for puff in range(16):
            shift = dice.between(f"p{bank}:{puff}", -1.0, 1.0)
            radius = (1 - abs(shift)) * span * 0.13 + 2
            x = middle + shift * span * 0.5
            pen.ellipse((x - radius * 2.2, level - radius * 0.62, x + radius * 2.2, level + radius * 0.3), fill=255)
        mask = mask.filter(ImageFilter.GaussianBlur(1.6)).resize((wide, high), Image.Resampling.BILINEAR)
        near_sun = mix(air.middle, air.sun, 0.5) if not heavy else mix(air.middle, (90, 96, 110), 0.4)
        strength = dice.between(f"ca{bank}", 0.35, 0.75)
        sky.paste(
            mix(near_sun, air.top, dice.between(f"ct{bank}", 0.0, 0.4)),
            (0, 0),
            mask.point([round(v * strength) for v in range(256)]),
        )
