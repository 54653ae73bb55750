"""Reads a prompt like a camera crew: place, time of day, weather, shot, camera move, action, crowd and band."""

import re
from dataclasses import dataclass

from generation.providers.sample.dice import Dice

PLACES: dict[str, str] = {
    "stadium": "stadium", "arena": "stadium", "festival": "stadium", "concert": "stadium", "stage": "stage",
    "club": "stage", "theatre": "stage", "theater": "stage", "band": "stage", "spotlight": "stage",
    "sea": "sea", "ocean": "sea", "beach": "sea", "pier": "sea", "harbour": "sea", "harbor": "sea", "coast": "sea",
    "lighthouse": "sea", "waves": "sea", "island": "sea", "boat": "sea", "ship": "sea", "shore": "sea", "lake": "sea",
    "city": "city", "street": "city", "rooftop": "city", "neon": "city", "tokyo": "city", "downtown": "city",
    "skyline": "city", "alley": "city", "subway": "city", "urban": "city", "town": "city", "bridge": "city",
    "traffic": "city", "taxi": "city", "forest": "forest", "woods": "forest", "wood": "forest", "jungle": "forest",
    "tree": "forest", "trees": "forest", "birches": "forest", "pines": "forest", "garden": "forest",
    "meadow": "mountains", "desert": "desert", "dune": "desert", "dunes": "desert", "canyon": "desert",
    "cactus": "desert", "sand": "desert", "sahara": "desert", "mountain": "mountains", "mountains": "mountains",
    "alps": "mountains", "valley": "mountains", "hill": "mountains", "hills": "mountains", "ridge": "mountains",
    "cliff": "mountains", "glacier": "mountains", "field": "mountains", "space": "space", "spaceship": "space",
    "planet": "space", "moon": "space", "mars": "space", "stars": "space", "galaxy": "space", "orbit": "space",
    "astronaut": "space", "room": "room", "kitchen": "room", "bedroom": "room", "studio": "room", "house": "room",
    "apartment": "room", "hall": "room", "cafe": "room", "bar": "room", "window": "room", "indoors": "room",
}  # fmt: skip
_STRONG_PLACES = ("stadium", "space", "desert", "sea", "forest", "mountains", "city", "stage", "room")
TIMES: dict[str, str] = {
    "dawn": "dawn", "sunrise": "dawn", "morning": "dawn", "daybreak": "dawn", "day": "day", "noon": "day",
    "sunny": "day", "midday": "day", "afternoon": "day", "daylight": "day", "dusk": "dusk", "sunset": "dusk",
    "twilight": "dusk", "evening": "dusk", "golden": "dusk", "night": "night", "midnight": "night",
    "moonlight": "night", "moonlit": "night", "dark": "night", "neon": "night", "starry": "night",
}  # fmt: skip
WEATHER: dict[str, str] = {
    "rain": "rain", "rainy": "rain", "raining": "rain", "storm": "rain", "stormy": "rain", "drizzle": "rain",
    "thunder": "rain", "snow": "snow", "snowy": "snow", "snowing": "snow", "blizzard": "snow", "winter": "snow",
    "fog": "fog", "foggy": "fog", "mist": "fog", "misty": "fog", "haze": "fog", "sparks": "sparks", "fire": "sparks",
    "embers": "sparks", "fireworks": "sparks", "fireflies": "sparks", "confetti": "confetti", "petals": "confetti",
    "leaves": "leaves", "autumn": "leaves", "dust": "dust",
}  # fmt: skip
_ACTIONS: tuple[tuple[str, str], ...] = (
    (r"\bguitar", "guitar"), (r"\bmicrophone|\bmic\b|\bsing(s|ing|er)?\b|\bvoice|\bshout", "sing"),
    (r"\brun(s|ning)?\b|\bstride", "walk"), (r"\bwalk(s|ing)?\b|\bsteps?\b", "walk"),
    (r"\bdanc|\bspin|\bjump|\bclap|\bstamp", "dance"), (r"\braise|\blift|\bfist|\barms? wide|\bopen arms", "raise"),
)  # fmt: skip
_MOVES: tuple[tuple[str, str], ...] = (
    (r"crane|tilt(s|ing)? up|rises? up|jib", "crane"),
    (r"push(es|ing)?[ -]in|zoom(s|ing)? in|dolly in|tracks? in", "push"),
    (r"pull(s|ing)? (back|out)|zoom(s|ing)? out|dolly out", "pull"), (r"hand-?held|shaky", "handheld"),
    (r"\b(pan|sweep)[^.]{0,24}left", "pan-left"), (r"\bpan(s|ning)?\b|sweep|tracking|orbit", "pan"),
    (r"static|locked|still frame|tripod", "still"),
)  # fmt: skip
_SHOTS: tuple[tuple[str, str], ...] = (
    (r"close-?\s?up|closeup|face fills|extreme close|portrait shot", "close"),
    (r"medium|waist|mid shot|half-length", "medium"),
    (r"wide|establishing|long shot|aerial|full shot|panorama", "wide"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """What the crew sets up for one clip."""

    place: str
    time: str
    weather: str
    shot: str
    move: str
    pace: float
    action: str
    crowd: bool
    band: bool


def read_look(prompt: str) -> Look:
    """Read the words; what they leave open comes from a stable hash of the prompt."""
    lower = prompt.lower()
    words = re.findall(r"[a-z]+", lower)
    dice = Dice("look", " ".join(words))
    place = _place(words, dice)
    known = set(words)
    crowd = bool(known & {"audience", "crowd", "fans"}) and not re.search(r"(no|without an?) (audience|crowd)", lower)
    usual = "night" if place in {"stage", "space"} else "dusk" if place == "stadium" else None
    time = _count(words, TIMES) or usual or dice.pick("time", ("dawn", "day", "dusk", "night"))
    return Look(
        place=place,
        time=time,
        weather=_count(words, WEATHER) or "none",
        shot=_shot(lower),
        move=_match(lower, _MOVES) or dice.pick("move", ("push", "pan", "pan-left", "crane")),
        pace=1.6 if known & {"fast", "sweeping", "quick"} else 0.7 if "very slow" in lower else 1.0,
        action=_match(lower, _ACTIONS) or "stand",
        crowd=crowd,
        band=bool(known & {"band", "drummer", "drums", "guitarist", "keyboards"}) and place in {"stage", "stadium"},
    )


def _place(words: list[str], dice: Dice) -> str:
    scores: dict[str, float] = {}
    for word in words:
        if word in PLACES:
            place = PLACES[word]
            scores[place] = scores.get(place, 0.0) + (2.0 if word == place else 1.0)
    if not scores:
        return dice.pick("place", ("city", "sea", "mountains", "stage"))
    if "stadium" in scores:
        return "stadium"
    return max(scores, key=lambda place: (scores[place], -_STRONG_PLACES.index(place)))


def _count(words: list[str], table: dict[str, str]) -> str | None:
    scores: dict[str, int] = {}
    for word in words:
        if word in table:
            scores[table[word]] = scores.get(table[word], 0) + 1
    return max(scores, key=lambda name: scores[name]) if scores else None


def _match(text: str, table: tuple[tuple[str, str], ...]) -> str | None:
    """Give what is named first; of two that start alike, the one higher in the table."""
    found = [(hit.start(), order) for order, (pattern, _) in enumerate(table) if (hit := re.search(pattern, text))]
    return table[min(found)[1]][1] if found else None


def _shot(text: str) -> str:
    return _match(text, _SHOTS) or "medium"
