"""A film: everything a clip shows, one frame at a time."""

from PIL import Image

from generation.ports import ClipRequest
from generation.providers.sample.look import read_look
from generation.providers.sample.portrait import paint_portrait
from generation.providers.sample.vocabulary import read_traits


class Film:
    """The frames of one clip."""

    mood = "warm"
    wind = 0.3

    def __init__(self, request: ClipRequest, size: tuple[int, int]) -> None:
        self.size = size
        self.frames = request.seconds * 24
        self.look = read_look(request.prompt)
        big = (round(size[0] * 1.2), round(size[1] * 1.2))
        if request.reference:
            self.picture = Image.open(request.reference).convert("RGB").resize(big)
        else:
            self.picture = paint_portrait(
                read_traits(request.prompt), description=request.prompt, seed=request.seed, size=big
            )

    def paint(self, number: int) -> Image.Image:
        """Paint one frame."""
        x = self.size[0] * 0.2 * number / self.frames
        return self.picture.resize(self.size, Image.Resampling.BILINEAR, box=(x, 0, x + self.size[0], self.size[1]))

    def recipe(self) -> dict[str, object]:
        """Say what a lip-sync needs to know."""
        return {}


def film_for(request: ClipRequest, *, size: tuple[int, int]) -> Film:
    """Read the request and set everything up."""
    return Film(request, size)
