"""What sample pictures show: words become people, the chosen portrait becomes the performer, words become sets."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from generation.ports import ClipRequest, ImageRequest
from generation.providers.sample.film import Film, film_for
from generation.providers.sample.look import read_look
from generation.providers.sample.palette import HAIR, NAMED
from generation.providers.sample.portraits import SamplePortraits
from generation.providers.sample.vocabulary import read_traits, traits_from_dict
from mvsite.common.errors import ProviderError

SMALL = (640, 360)


def quiet(progress: float) -> None:
    assert 0.0 <= progress <= 1.0


def film(prompt: str, *, reference: Path | None = None, seed: int = 1) -> Film:
    request = ClipRequest(prompt, 4, "16:9", "720p", generate_audio=False, seed=seed, reference=reference)
    return film_for(request, size=SMALL)


def difference(first: Image.Image, second: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).mean)


def test_words_become_traits() -> None:
    traits = read_traits("A woman with short silver hair, a long red coat and round glasses, a gold earring")
    assert (traits.gender, traits.hair, traits.hair_colour) == ("woman", "short", HAIR["silver"])
    assert (traits.garment, traits.garment_colour) == ("coat", NAMED["red"])
    assert (traits.glasses, traits.accessory, traits.accessory_colour) == ("round", "earring", NAMED["gold"])
    old = read_traits("old dark-skinned sailor with a long white beard, blue eyes and a green cap")
    assert (old.age, old.beard, old.hair_colour, old.hat) == ("old", "long", HAIR["white"], "cap")
    assert (old.hat_colour, old.eyes) == (NAMED["green"], NAMED["blue"])
    assert read_traits("a copper robot with teal eyes").kind == "robot"
    assert traits_from_dict(traits.as_dict()) == traits


@pytest.mark.parametrize("text", ["", "💃", "x" * 50_000, "hair hair hair", "..,,;;"])
def test_any_text_is_somebody(text: str) -> None:
    assert read_traits(text) == read_traits(text)


def test_different_words_are_different_pictures(tmp_path: Path) -> None:
    pictures = []
    for number, words in enumerate(["woman, red coat", "woman, green coat", "bald man, red coat", "robot"]):
        target = tmp_path / f"{number}.png"
        SamplePortraits().fetch("x", ImageRequest("", words, "1:1", 0, "png"), target, quiet)
        with Image.open(target) as picture:
            pictures.append(picture.convert("RGB").resize((64, 64)))
    for index, first in enumerate(pictures):
        for second in pictures[index + 1 :]:
            assert difference(first, second) > 8


@pytest.mark.parametrize("output_format", ["png", "jpg"])
def test_chosen_portrait_is_the_performer(tmp_path: Path, output_format: str) -> None:
    words = "a man with a pink mohawk, green jacket and sunglasses"
    portrait = tmp_path / f"p.{output_format}"
    SamplePortraits().fetch("x", ImageRequest("", words, "1:1", 2, output_format), portrait, quiet)
    assert film("Wide shot. somebody walks by the sea", reference=portrait).traits == read_traits(words)


def test_photo_of_a_stranger_is_seen_in_the_clip(tmp_path: Path) -> None:
    photo = tmp_path / "me.jpg"
    picture = Image.new("RGB", (600, 800), (0, 255, 0))
    ImageDraw.Draw(picture).rectangle((0, 500, 600, 800), fill=(20, 40, 200))
    picture.save(photo)
    frame = film("Close-up. somebody stands in the desert, day", reference=photo).paint(10)
    green = sum(1 for red, high, blue in _pixels(frame) if high > 140 and red < 80 and blue < 80)
    assert green > frame.size[0] * frame.size[1] * 0.05


def _pixels(frame: Image.Image) -> list[tuple[int, int, int]]:
    data = frame.tobytes()
    return list(zip(data[::3], data[1::3], data[2::3], strict=True))


def test_reference_that_is_no_picture_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "x.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n not really")
    with pytest.raises(ProviderError) as caught:
        film("x", reference=broken)
    assert caught.value.code == "provider:call:invalid"


@pytest.mark.parametrize("place", ["sea", "city", "forest", "desert", "mountains", "room", "space", "stage", "stadium"])
def test_every_place_moves_from_the_first_frame_to_the_last(place: str) -> None:
    made = film(f"Wide shot, pan. A woman walks, {place}, dusk")
    assert made.look.place == place
    frames = [made.paint(number) for number in (0, 1, 60, 95)]
    assert all(frame.size == SMALL and frame.mode == "RGB" for frame in frames)
    assert 0.05 < difference(frames[0], frames[1]) < difference(frames[0], frames[3])
    # A full frame at both ends: nothing is faded in or out.
    for frame in (frames[0], frames[-1]):
        assert sum(ImageStat.Stat(frame).mean) > 40


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (
            "Close-up, hand-held. She sings in the rain, neon city at night",
            ("city", "night", "rain", "close", "handheld"),
        ),
        ("Wide shot, slow crane up over the dunes at noon", ("desert", "day", "none", "wide", "crane")),
        ("Medium shot, slow push in, snow in the mountains, dawn", ("mountains", "dawn", "snow", "medium", "push")),
        ("Wide shot, sweeping pan to the left, outdoor stadium", ("stadium", "dusk", "none", "wide", "pan-left")),
    ],
)
def test_words_of_a_prompt_become_the_shot(prompt: str, expected: tuple[str, ...]) -> None:
    look = read_look(prompt)
    assert (look.place, look.time, look.weather, look.shot, look.move) == expected


def test_no_audience_means_none() -> None:
    assert read_look("wide shot of the stage, the crowd raises its hands").crowd
    assert not read_look("wide shot of the stage without an audience").crowd
