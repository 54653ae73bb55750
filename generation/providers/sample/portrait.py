"""Composes a portrait: the figure in front of a quiet painted ground, posed and cropped by the seed."""

import json
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter
from PIL.PngImagePlugin import PngInfo

from generation.providers.sample.canvas import Canvas
from generation.providers.sample.clothes import paint_torso
from generation.providers.sample.dice import Dice
from generation.providers.sample.face import Pose
from generation.providers.sample.head import paint_back, paint_head
from generation.providers.sample.limbs import paint_arm
from generation.providers.sample.palette import Colour, lit, mix, shade
from generation.providers.sample.vocabulary import Traits

SIZES: dict[str, tuple[int, int]] = {
    "1:1": (1024, 1024), "16:9": (1280, 720), "9:16": (720, 1280), "3:4": (896, 1152), "4:3": (1152, 896),
}  # fmt: skip
NOTE_KEY = "mv-studio-sample"
_POSES = (
    Pose(turn=0.0, tilt=0.0, smile=0.5),
    Pose(turn=0.55, tilt=0.07, smile=0.15, look=0.6),
    Pose(turn=-0.5, tilt=-0.06, smile=0.9),
    Pose(turn=0.18, tilt=-0.1, smile=0.7, mouth=0.3, look=-0.4),
)
_CROPS = ((0.0, 0.45, 0.19), (-0.04, 0.39, 0.158), (0.04, 0.5, 0.228), (0.0, 0.36, 0.142))
_GROUNDS: tuple[tuple[Colour, Colour], ...] = (
    ((232, 196, 152), (196, 120, 92)), ((150, 186, 190), (62, 96, 122)), ((226, 204, 176), (142, 132, 120)),
    ((236, 178, 148), (128, 72, 104)), ((172, 190, 158), (76, 104, 88)), ((186, 170, 206), (82, 74, 122)),
)  # fmt: skip


def paint_portrait(traits: Traits, *, description: str, seed: int, size: tuple[int, int]) -> Image.Image:
    """Paint one portrait in RGB; the description fixes the person, the seed pose, crop, light and ground."""
    dice = Dice("portrait", description, seed)
    pose, crop = _POSES[seed % 4], _CROPS[seed % 4]
    light = -1.0 if dice.chance("light", 0.65) else 1.0
    picture = _ground(size, light, _GROUNDS[(Dice("ground", description).number("first") + seed) % len(_GROUNDS)], dice)
    small = min(size)
    unit = small * crop[2]
    origin = (size[0] * 0.5 + small * crop[0], size[1] * 0.5 + small * (crop[1] - 0.5))
    canvas = Canvas(size, unit=unit, origin=origin, light=light)
    paint_back(canvas, traits, pose)
    for side in (-1, 1):
        raised = seed % 4 == 3 and side == (1 if light < 0 else -1)
        paint_arm(canvas, traits, side, *((0.42, 2.75) if raised else (0.1, 0.02)))
    paint_torso(canvas, traits)
    paint_head(canvas, traits, pose)
    figure = canvas.finish()
    shadow = Image.new("RGBA", size, (20, 14, 34, 0))
    shadow.putalpha(figure.getchannel("A").filter(ImageFilter.GaussianBlur(small * 0.03)).point(lambda v: int(v * 0.4)))
    picture.paste(shadow, (round(-light * small * 0.03), round(small * 0.02)), shadow)
    picture.paste(figure, (0, 0), figure)
    return _finish(picture, light)


def _ground(size: tuple[int, int], light: float, colours: tuple[Colour, Colour], dice: Dice) -> Image.Image:
    wide, high = 96, max(8, round(96 * size[1] / size[0]))
    small = Image.new("RGB", (wide, high))
    for y in range(high):
        for x in range(wide):
            across = x / wide if light < 0 else 1 - x / wide
            small.putpixel((x, y), mix(lit(colours[0], 0.25), colours[1], min(1.0, across * 0.6 + y / high * 0.5)))
    picture = small.resize(size, Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture, "RGBA")
    least = min(size)
    radius = least * dice.between("disc", 0.34, 0.42)
    cx, cy = size[0] * (0.5 + light * 0.06), size[1] * 0.42
    pen.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=(*lit(colours[0], 0.5), 120))
    for index in range(26):
        start = dice.between(f"x{index}", -0.1, 1.0) * size[0]
        level = dice.between(f"y{index}", 0.0, 1.0) * size[1]
        length = dice.between(f"l{index}", 0.1, 0.34) * size[0]
        tone = lit(colours[0], 0.3) if dice.chance(f"t{index}", 0.5) else shade(colours[1], 0.15)
        thick = round(least * dice.between(f"w{index}", 0.006, 0.026))
        pen.line((start, level, start + length, level - length * 0.18), fill=(*tone, 34), width=thick)
    return picture.filter(ImageFilter.GaussianBlur(least * 0.006))


def _finish(picture: Image.Image, light: float) -> Image.Image:
    """Let the light fall off towards the far lower corner, as a lamp at one side would."""
    fall = Image.new("L", (64, 64))
    for y in range(64):
        for x in range(64):
            across = x / 63 if light < 0 else 1 - x / 63
            fall.putpixel((x, y), min(255, round(150 * max(0.0, across * 0.55 + y / 63 * 0.65 - 0.45))))
    mask = fall.resize(picture.size, Image.Resampling.BICUBIC)
    picture.paste(Image.new("RGB", picture.size, (34, 22, 52)), (0, 0), mask)
    return picture


def encode(picture: Image.Image, *, output_format: str, note: dict[str, object]) -> bytes:
    """Give the bytes of a png or jpg; `note` rides along, so that a clip can find the figure again."""
    target = BytesIO()
    text = json.dumps(note, sort_keys=True)
    if output_format in {"jpg", "jpeg"}:
        picture.save(target, "JPEG", quality=92, comment=f"{NOTE_KEY} {text}".encode())
    else:
        info = PngInfo()
        info.add_text(NOTE_KEY, text)
        picture.save(target, "PNG", pnginfo=info, compress_level=6)
    return target.getvalue()


def read_note(picture: Image.Image) -> dict[str, object] | None:
    """Find the note in an opened picture; None when it is not one of ours."""
    text = picture.info.get(NOTE_KEY)
    comment = picture.info.get("comment")
    if text is None and isinstance(comment, bytes) and comment.startswith(NOTE_KEY.encode()):
        text = comment.decode("utf-8", "replace").removeprefix(NOTE_KEY).strip()
    if not isinstance(text, str):
        return None
    try:
        note = json.loads(text)
    except ValueError:
        return None
    return note if isinstance(note, dict) else None
