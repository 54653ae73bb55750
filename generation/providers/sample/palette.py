"""Colours: names people use, and how a colour looks in light and in shade."""

Colour = tuple[int, int, int]

NAMED: dict[str, Colour] = {
    "black": (38, 36, 44),
    "white": (236, 232, 224),
    "grey": (138, 138, 146),
    "gray": (138, 138, 146),
    "silver": (196, 200, 208),
    "red": (196, 52, 48),
    "crimson": (170, 30, 54),
    "scarlet": (214, 58, 40),
    "burgundy": (112, 30, 48),
    "maroon": (112, 30, 48),
    "orange": (226, 122, 44),
    "copper": (184, 98, 56),
    "rust": (168, 82, 44),
    "gold": (214, 168, 66),
    "golden": (214, 168, 66),
    "yellow": (236, 196, 66),
    "mustard": (204, 156, 48),
    "green": (62, 132, 82),
    "emerald": (32, 138, 98),
    "olive": (116, 120, 62),
    "mint": (148, 208, 178),
    "teal": (34, 128, 132),
    "turquoise": (66, 178, 178),
    "cyan": (88, 190, 212),
    "blue": (58, 98, 178),
    "navy": (38, 52, 98),
    "indigo": (64, 62, 142),
    "purple": (118, 72, 156),
    "violet": (132, 84, 180),
    "lavender": (172, 156, 212),
    "pink": (226, 128, 164),
    "magenta": (198, 62, 138),
    "brown": (122, 82, 56),
    "tan": (190, 150, 108),
    "beige": (214, 194, 162),
    "cream": (238, 226, 200),
    "bronze": (150, 106, 62),
    "denim": (74, 102, 146),
    "khaki": (164, 148, 102),
    "peach": (240, 178, 144),
    "coral": (232, 112, 94),
}
HAIR: dict[str, Colour] = {
    "black": (40, 34, 40),
    "dark": (52, 40, 40),
    "brown": (92, 60, 42),
    "brunette": (84, 54, 40),
    "chestnut": (120, 68, 44),
    "auburn": (140, 62, 42),
    "red": (176, 72, 40),
    "ginger": (204, 104, 50),
    "copper": (188, 92, 48),
    "blond": (222, 182, 106),
    "blonde": (222, 182, 106),
    "golden": (226, 184, 92),
    "platinum": (234, 222, 196),
    "white": (232, 230, 226),
    "silver": (190, 196, 206),
    "grey": (156, 158, 164),
    "gray": (156, 158, 164),
}
SKIN: dict[str, Colour] = {
    "pale": (246, 216, 198),
    "fair": (242, 206, 182),
    "light": (236, 194, 164),
    "olive": (212, 166, 126),
    "tan": (204, 152, 112),
    "tanned": (204, 152, 112),
    "brown": (158, 106, 74),
    "dark": (118, 76, 54),
    "black": (94, 62, 48),
}
WARM: Colour = (255, 232, 196)
COOL: Colour = (74, 30, 78)


def mix(first: Colour, second: Colour, amount: float) -> Colour:
    """Blend: 0 is all `first`, 1 is all `second`."""
    keep = 1.0 - amount
    red, green, blue = (round(a * keep + b * amount) for a, b in zip(first, second, strict=True))
    return red, green, blue


def scaled(colour: Colour, factor: float) -> Colour:
    """Make brighter (above 1) or darker, kept in range."""
    red, green, blue = (max(0, min(255, round(part * factor))) for part in colour)
    return red, green, blue


def shade(colour: Colour, amount: float = 0.3) -> Colour:
    """Give the colour away from the light: darker and cooler."""
    return mix(scaled(colour, 1.0 - amount * 0.75), COOL, amount * 0.45)


def lit(colour: Colour, amount: float = 0.25) -> Colour:
    """Give the colour towards the light: brighter and warmer."""
    return mix(colour, WARM, amount)


def tinted(colour: Colour, tint: Colour, amount: float = 1.0) -> Colour:
    """Look at a colour under coloured light (255 in a channel leaves it alone)."""
    red, green, blue = (round(a * (1 - amount + amount * b / 255)) for a, b in zip(colour, tint, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Give the brightness, 0..1."""
    red, green, blue = colour
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
