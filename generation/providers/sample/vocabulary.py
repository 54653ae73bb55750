"""Reads a character out of the words of a description; what the words leave open comes from a stable hash."""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any

from generation.providers.sample.dice import Dice
from generation.providers.sample.palette import HAIR, NAMED, SKIN, Colour

STYLES: dict[str, str] = {
    "bald": "bald", "shaved": "bald", "buzz": "buzz", "cropped": "buzz", "short": "short", "pixie": "short",
    "long": "long", "straight": "long", "flowing": "long", "curly": "curly", "curls": "curly", "afro": "afro",
    "frizzy": "afro", "bob": "bob", "shoulder": "bob", "ponytail": "ponytail", "bun": "bun",
    "buns": "bun", "topknot": "bun",
    "braid": "braids", "braids": "braids", "braided": "braids", "dreadlocks": "braids", "locs": "braids",
    "mohawk": "mohawk", "spiky": "spiky", "punk": "spiky", "wavy": "wavy", "waves": "wavy", "tousled": "short",
    "messy": "spiky", "quiff": "quiff", "slicked": "quiff", "pompadour": "quiff",
}  # fmt: skip
GARMENTS: dict[str, str] = {
    "jacket": "jacket", "blazer": "suit", "suit": "suit", "tuxedo": "suit", "coat": "coat", "raincoat": "coat",
    "trench": "coat", "overcoat": "coat", "parka": "coat", "cloak": "cloak", "cape": "cloak", "robe": "cloak",
    "hoodie": "hoodie", "sweatshirt": "hoodie", "sweater": "sweater", "jumper": "sweater", "turtleneck": "sweater",
    "cardigan": "jacket", "dress": "dress", "gown": "dress", "skirt": "dress", "shirt": "shirt", "blouse": "shirt",
    "tshirt": "tee", "t-shirt": "tee", "tee": "tee", "top": "tee", "vest": "vest", "waistcoat": "vest",
    "dungarees": "overalls", "overalls": "overalls", "jumpsuit": "overalls", "armor": "armour", "armour": "armour",
    "spacesuit": "armour", "uniform": "suit", "kimono": "cloak", "poncho": "cloak",
}  # fmt: skip
HATS: dict[str, str] = {
    "cap": "cap", "beanie": "beanie", "hat": "brim", "fedora": "brim", "cowboy": "brim", "stetson": "brim",
    "beret": "beret", "crown": "crown", "tiara": "crown", "hood": "hood", "hooded": "hood", "helmet": "helmet",
    "headband": "band", "bandana": "band", "top-hat": "tall", "tophat": "tall", "straw": "brim",
}  # fmt: skip
MARKS: dict[str, str] = {
    "scar": "scar", "freckles": "freckles", "freckled": "freckles", "tattoo": "tattoo", "tattoos": "tattoo",
    "eyepatch": "patch", "eye-patch": "patch", "patch": "patch", "paint": "stripe", "painted": "stripe",
    "makeup": "stripe", "make-up": "stripe", "star": "star",
}  # fmt: skip
ACCESSORIES: dict[str, str] = {
    "earring": "earring", "earrings": "earring", "headphones": "headphones", "scarf": "scarf", "flower": "flower",
    "necklace": "necklace", "pendant": "necklace", "medallion": "necklace", "tie": "tie", "bow-tie": "tie",
    "bowtie": "tie",
}  # fmt: skip
_MEN = {"man", "boy", "he", "his", "him", "male", "king", "father", "guy", "cowboy", "gentleman", "prince", "sailor"}
_WOMEN = {"woman", "girl", "she", "her", "female", "queen", "mother", "lady", "princess", "diva", "witch"}
_ROBOTS = {"robot", "android", "cyborg", "droid", "machine", "automaton", "mech"}
_OLD = {"old", "elderly", "aged", "ageing", "aging", "grandmother", "grandfather", "wrinkled", "senior"}
_YOUNG = {"child", "kid", "boy", "girl", "little", "teen", "teenage", "teenager"}
_ETHNIC: dict[str, str] = {
    "african": "dark", "nigerian": "dark", "kenyan": "dark", "indian": "brown", "arab": "olive", "latina": "tan",
    "latino": "tan", "mexican": "tan", "brazilian": "tan", "asian": "light", "japanese": "light", "korean": "light",
    "chinese": "light", "nordic": "pale", "irish": "pale", "scottish": "pale", "mediterranean": "olive",
}  # fmt: skip
_STOP = {
    ",",
    ".",
    ";",
    "with",
    "and",
    "in",
    "wearing",
    "wears",
    "has",
    "on",
    "under",
    "over",
    "who",
    "plays",
    "holding",
}


@dataclass(frozen=True, slots=True)
class Traits:
    """Everything the painters need to know of a character; made of words and numbers, so that it can be kept."""

    kind: str
    gender: str
    age: str
    skin: Colour
    hair: str
    hair_colour: Colour
    garment: str
    garment_colour: Colour
    under_colour: Colour
    legs_colour: Colour
    hat: str
    hat_colour: Colour
    glasses: str
    beard: str
    mark: str
    mark_colour: Colour
    accessory: str
    accessory_colour: Colour
    eyes: Colour
    face: float

    def as_dict(self) -> dict[str, Any]:
        """Give the facts as JSON can hold them."""
        return asdict(self)


def traits_from_dict(facts: dict[str, Any]) -> Traits:
    """Read `Traits.as_dict` again; raises KeyError, TypeError or ValueError when it is something else."""
    known: dict[str, Any] = {}
    for name in Traits.__slots__:
        value = facts[name]
        known[name] = tuple(int(part) for part in value) if isinstance(value, list | tuple) else value
    return Traits(**known)


def words_of(text: str) -> list[str]:
    """Split into lower-case words; commas and full stops stay as words of their own."""
    return re.findall(r"[a-zà-ÿ][a-zà-ÿ'-]*|[,.;]", text.lower())


def _near(words: list[str], nouns: set[str], wanted: dict[str, Colour]) -> Colour | None:
    """Find the colour word that belongs to one of `nouns`: before it, or shortly after ("hair dyed green")."""
    for place, word in enumerate(words):
        if word not in nouns:
            continue
        if word in wanted:
            return wanted[word]
        for back in range(place - 1, max(-1, place - 6), -1):
            if words[back] in wanted:
                return wanted[words[back]]
            if words[back] in _STOP:
                break
        for after in words[place + 1 : place + 4]:
            if after in wanted:
                return wanted[after]
            if after in _STOP:
                break
    return None


def _before(words: list[str], noun: str) -> list[str]:
    """Give the two words before a noun."""
    place = words.index(noun) if noun in words else 0
    return words[max(0, place - 2) : place]


def _first(words: list[str], table: dict[str, str]) -> str | None:
    return next((table[word] for word in words if word in table), None)


def _hair(words: list[str], dice: Dice, gender: str, age: str) -> tuple[str, Colour]:
    nouns = {"hair", "haired", "curls", "bob", "braids", "braid", "ponytail", "bun", "buns", "mohawk", "afro", "fringe"}
    nouns |= {"locs", "dreadlocks", "quiff", "pompadour", "topknot"}
    joined = [part for word in words for part in word.split("-")]
    colour = _near(joined, nouns, {**NAMED, **HAIR})
    colour = colour or _near(joined, {"beard", "bearded", "moustache", "mustache"}, {**NAMED, **HAIR})
    direct = next((HAIR[word] for word in joined if word in {"blonde", "blond", "brunette", "ginger"}), None)
    if "redhead" in joined or "redheaded" in joined:
        direct = HAIR["red"]
    style = None
    for place, word in enumerate(joined):
        if word in nouns or word in {"bald", "shaved"}:
            style = _first(joined[max(0, place - 4) : place + 1][::-1], STYLES) or style
    common = ["short", "quiff", "buzz", "curly", "spiky"] if gender == "man" else ["long", "bob", "wavy", "ponytail"]
    if gender == "any":
        common = ["short", "bob", "curly", "wavy", "spiky", "bun"]
    grey = age == "old" and dice.chance("grey", 0.8)
    default = HAIR["silver"] if grey else dice.pick("hair-colour", [HAIR[name] for name in list(HAIR)[:11]])
    return style or dice.pick("hair", common), colour or direct or default


def _skin(words: list[str], dice: Dice) -> Colour:
    named = _near(words, {"skin", "skinned", "complexion"}, SKIN)
    split = [part for word in words for part in word.split("-")]
    named = named or _near(split, {"skinned", "skin"}, SKIN)
    group = _first(words, _ETHNIC)
    return named or (SKIN[group] if group else dice.pick("skin", [SKIN[n] for n in ("fair", "light", "tan", "brown")]))


def _clothes(words: list[str], dice: Dice) -> tuple[str, Colour]:
    garment = (
        _first(words, GARMENTS)
        or ("jacket" if "leather" in words else None)
        or dice.pick("garment", ["jacket", "coat", "hoodie", "sweater", "shirt"])
    )
    strong = ["red", "teal", "mustard", "navy", "olive", "rust", "purple", "emerald", "coral", "denim"]
    colour = _near(words, set(GARMENTS) | {"clothes", "outfit"}, NAMED)
    return garment, colour or NAMED[dice.pick("garment-colour", strong)]


def _beard(words: list[str]) -> str:
    if "beard" in words or "bearded" in words:
        return (
            "long"
            if {"long", "bushy", "full"}
            & set(words[max(0, words.index("beard") - 3) :][:4] if "beard" in words else [])
            else "short"
        )
    if "moustache" in words or "mustache" in words:
        return "moustache"
    return "stubble" if "stubble" in words or "unshaven" in words else "none"


def _glasses(words: list[str]) -> str:
    if {"sunglasses", "shades"} & set(words):
        return "sun"
    if {"glasses", "spectacles"} & set(words):
        return "square" if "square" in words else "round"
    return "goggles" if "goggles" in words else "none"


def read_traits(description: str) -> Traits:
    """Look at the words and fill in the rest; the same description always gives the same person."""
    words = words_of(description)
    known = set(words)
    dice = Dice("traits", " ".join(words))
    gender = (
        "woman" if known & _WOMEN else "man" if known & _MEN or known & {"beard", "bearded", "moustache"} else "any"
    )
    age = "old" if known & _OLD else "child" if known & _YOUNG else "adult"
    hair, hair_colour = _hair(words, dice, gender, age)
    garment, garment_colour = _clothes(words, dice)
    mark, accessory = _first(words, MARKS), _first(words, ACCESSORIES)
    if mark is None and accessory is None:
        mark = dice.pick("mark", ("freckles", "star", "none"))
        accessory = dice.pick("accessory", ("earring", "scarf", "necklace"))
    hat = _first(words, HATS) or "none"
    if hat == "brim" and {"tall", "top", "pointed"} & set(_before(words, "hat")):
        hat = "tall"
    eyes = _near(words, {"eyes", "eyed"}, NAMED)
    accents = [NAMED[name] for name in ("gold", "coral", "turquoise", "cream", "crimson", "mint")]
    traits = Traits(
        kind="robot" if known & _ROBOTS else "person",
        gender=gender,
        age=age,
        skin=_skin(words, dice),
        hair=hair,
        hair_colour=hair_colour,
        garment=garment,
        garment_colour=garment_colour,
        under_colour=dice.pick("under", [NAMED[name] for name in ("white", "cream", "black", "grey", "navy")]),
        legs_colour=dice.pick("legs", [NAMED[name] for name in ("black", "navy", "denim", "brown", "olive")]),
        hat=hat,
        hat_colour=_near(words, set(HATS), NAMED) or dice.pick("hat-colour", accents),
        glasses=_glasses(words),
        beard=_beard(words),
        mark=mark or "none",
        mark_colour=_near(words, set(MARKS), NAMED) or dice.pick("mark-colour", accents),
        accessory=accessory or "none",
        accessory_colour=_near(words, set(ACCESSORIES), NAMED) or dice.pick("accessory-colour", accents),
        eyes=eyes or dice.pick("eyes", [(70, 48, 40), (60, 90, 110), (70, 96, 70)]),
        face=dice.unit("face"),
    )
    if traits.kind != "robot":
        return traits
    shell = _near(words, _ROBOTS, {**NAMED, **HAIR})
    lamps = eyes or traits.mark_colour
    return replace(traits, hair="bald", hair_colour=shell or hair_colour, mark_colour=lamps)
