"""Draws mouths onto finished frames."""

from PIL import Image, ImageDraw


class Bubble:
    """A mouth in a round bubble in the lower third, for clips whose face nobody can find."""

    def __init__(self, size: tuple[int, int]) -> None:
        least = min(size)
        self.radius = round(least * 0.1)
        self.centre = (round(size[0] * 0.5), round(size[1] - least * 0.17))

    def draw(self, picture: Image.Image, number: int, level: float) -> None:
        """Draw the mouth open by `level` (0..1)."""
        wide, high = self.radius * 2 + 8, self.radius * 2 + 8
        big = Image.new("RGBA", (wide * 3, high * 3), (0, 0, 0, 0))
        pen = ImageDraw.Draw(big)
        middle = wide * 1.5
        edge = self.radius * 3
        pen.ellipse((middle - edge, middle - edge, middle + edge, middle + edge), fill=(238, 214, 190, 235))
        mouth, drop = edge * 0.62, edge * (0.05 + 0.5 * level)
        pen.ellipse((middle - mouth, middle - drop, middle + mouth, middle + drop), fill=(176, 62, 66, 255))
        inner = max(2.0, drop - edge * 0.06)
        pen.ellipse(
            (middle - mouth * 0.84, middle - inner, middle + mouth * 0.84, middle + inner), fill=(72, 22, 32, 255)
        )
        if level > 0.3:
            pen.ellipse(
                (middle - mouth * 0.6, middle - inner * 0.95, middle + mouth * 0.6, middle - inner * 0.55),
                fill=(246, 242, 236, 255),
            )
        small = big.resize((wide, high), Image.Resampling.LANCZOS)
        picture.paste(small, (self.centre[0] - wide // 2, self.centre[1] - high // 2), small)
