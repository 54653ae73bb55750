"""Writes scenes: the flavor's rules hold by construction, the character keeps its words, no two scenes are alike."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from flavors.rules import applicable, check
from generation.ports import SceneAnswer, SceneDraft, SceneRequest, Show, SongFacts, Tick
from generation.providers.sample import desk
from generation.providers.sample import scene_words as words
from generation.providers.sample.dice import Dice
from generation.providers.sample.look import PLACES, TIMES, WEATHER
from generation.providers.sample.scene_rules import Slot, contains, mend, mend_beside, plan
from generation.providers.scene_prompt import wanted
from mvsite.common.errors import ProviderError

T = TypeVar("T")

MODEL = "sample-writer-1"
_LONGEST_BEAT, _LONGEST_CHARACTER = 34, 60
_ENERGY = re.compile(r"chorus|hook|drop|refrain|high|peak|full", re.IGNORECASE)
_WHOLE_BODY = re.compile(r"feet|foot|heel|jump|runs|strid|walk|step|kneel|spin|sits|dance")
_WEATHER_WORDS = {
    "rain": "rain in the air", "snow": "snow falling", "fog": "thin fog", "sparks": "sparks drifting by",
    "confetti": "confetti coming down", "leaves": "leaves in the wind", "dust": "dust in the light",
}  # fmt: skip


class SampleScenes:
    """`SceneWriter` on this machine; the same request gives the same scenes."""

    provider = desk.PROVIDER

    def write(self, request: SceneRequest, tick: Tick, show: Show) -> SceneAnswer:
        """Write and show all scenes one by one, or the one asked for.

        Raises ProviderError when told to fail, and for 0 or over 60.
        """
        tick(0.0)
        desk.object_to(kind="scenes", text=f"{request.idea} {request.character_description}")
        if not 1 <= request.count <= 60:
            raise ProviderError("provider:call:invalid", "The sample writer writes 1 to 60 scenes.")
        story = _Story(request)
        only = request.only_index
        scenes: list[SceneDraft] = []
        for scene in story.all() if only is None else [story.another(only, request.avoid)]:
            scenes.append(scene)
            tick(len(scenes) / wanted(request))
            show([scene])
        broken = check(request.rules, scenes) if only is None else ()
        if broken:
            raise ProviderError("provider:answer:bad", " ".join(found.say for found in broken))
        return SceneAnswer(tuple(scenes), MODEL)


class _Story:
    """One request, read once: its world, its beats and its plan."""

    def __init__(self, request: SceneRequest) -> None:
        self.request = request
        self.rules = applicable(request.rules, request.count)[0]
        self.dice = Dice("story", request.idea, request.character_description, request.seed)
        self.place = _world(request)
        self.concert = self.place in {"stage", "stadium"}
        self.time = _word(request.idea, TIMES) or (
            "night" if self.concert else self.dice.pick("time", tuple(words.LIGHT)[:4])
        )
        self.beats = _beats(request.idea)
        self.slots: list[Slot] = plan(self.rules, request.count, concert=self.concert)

    def all(self) -> Iterator[SceneDraft]:
        told: list[str] = []
        for index in range(self.request.count):
            scene = self.another(index, tuple(told))
            told.append(scene.description)
            yield scene

    def another(self, index: int, avoid: tuple[str, ...]) -> SceneDraft:
        known = {" ".join(text.split()) for text in avoid}
        for attempt in range(500):
            scene = self.scene(index, attempt)
            if scene.description not in known:
                return scene
        raise ProviderError("provider:answer:bad", "The sample writer found no new scene.")

    def scene(self, index: int, attempt: int) -> SceneDraft:
        slot = self.slots[index]
        turn = index + attempt * 7
        strong = _is_strong(self.request.song, _middle(self.request, index), index)
        spot, detail = self._turn("spots", words.SPOTS[self.place], turn)
        actions = [text for text in (words.STRONG if strong else words.CALM) if _fits(text, slot.shot)]
        action = self._turn(f"{slot.shot}{strong}", actions, turn)
        moves = (words.STRONG_MOVES if strong else words.MOVES)[slot.shot]
        move = moves[self.dice.number(f"move:{index}:{attempt}") % len(moves)]
        lights = words.LIGHT["stage" if self.concert else self.time]
        light = lights[self.dice.number(f"light:{index}:{attempt}") % len(lights)]
        count = self.request.count
        place = mend(spot, "place", self.rules, index=index, count=count)
        description = self._text(slot, (place, detail, action, move, light), index)
        description = mend_beside(description, slot, place, self.rules, index=index, count=count)
        return SceneDraft(
            description=mend(description, "description", self.rules, index=index, count=count),
            negative_description=self._negative(slot, index),
            shot=slot.shot,
            place=place,
            audience=slot.audience,
        )

    def _turn(self, name: str, options: Sequence[T], turn: int) -> T:
        """Go through the options in a mixed order, in another order every round."""
        lap, place = divmod(turn, len(options))
        return self.dice.shuffled(f"{name}:{lap}", options)[place]

    def _text(self, slot: Slot, chosen: tuple[str, str, str, str, str], index: int) -> str:
        spot, detail, action, move, light = chosen
        face = "Close-up of the singer's face" if self.concert else "Close-up of the face"
        shot = {"wide": "Wide shot", "medium": "Medium shot", "close-up": face}[slot.shot]
        weather = _word(self.request.idea, WEATHER)
        air = f", {_WEATHER_WORDS[weather]}" if weather else ""
        others = ""
        if slot.audience or self.concert:
            pool = words.ALONE if not slot.audience else words.CROWD if self.concert else words.WATCHERS
            others = f" {_capital(pool[index % len(pool)])}."
        beat = self.beats[index * len(self.beats) // self.request.count]
        return (
            f"{shot}, {move}. {_subject(self.request.character_description, action)} "
            f"At {spot}, {self.time}{air}: {detail}. {_capital(light)}.{others} "
            f"The film: {beat}. {_capital(str(self.request.parameters.get('style') or words.STYLE))}."
        )

    def _negative(self, slot: Slot, index: int) -> str:
        extra = words.EXTRA_NEGATIVE
        avoid = str(self.request.parameters.get("avoid") or "")
        nouns = [part.strip() for part in avoid.split(",") if part.strip()] or list(words.NEGATIVE)
        nouns += [extra[index % len(extra)], extra[(index * 3 + 1) % len(extra)]]
        if not slot.audience:
            nouns.append("crowd of spectators" if self.concert else "passers-by")
        text = ", ".join(dict.fromkeys(nouns))
        return mend(text, "negative_description", self.rules, index=index, count=self.request.count)


def _world(request: SceneRequest) -> str:
    """Choose where it happens: what a rule wants of every place, else the idea's own word, else by the hash."""
    for rule in request.rules:
        if rule.field == "place" and rule.quantity == "every":
            for name in ("stadium", "stage", *words.SPOTS):
                if contains(name, rule.wanted):
                    return name
    named = _word(request.idea, PLACES)
    return named or Dice("world", request.idea).pick("place", ("city", "sea", "mountains", "forest", "desert"))


def _word(text: str, table: dict[str, str]) -> str | None:
    return next((table[word] for word in re.findall(r"[a-z]+", text.lower()) if word in table), None)


def _beats(idea: str) -> list[str]:
    """Cut the idea into its own sentences, each short enough for a prompt."""
    sentences = [" ".join(part.split()) for part in re.split(r"[.!?\n]+", idea)]
    short = [" ".join(sentence.split()[:_LONGEST_BEAT]) for sentence in sentences if sentence]
    return short or ["a song and the one who sings it"]


def _subject(description: str, action: str) -> str:
    who = " ".join(description.split()[:_LONGEST_CHARACTER]).rstrip(" .,;")
    if not who:
        return f"The singer {action}."
    if re.search(r"[.!?]\s", who):
        return f"{_capital(who)}. This character {action}."
    return f"{_capital(who)} {action}."


def _middle(request: SceneRequest, index: int) -> float:
    """Give the second of the song in the middle of a scene."""
    begins = request.song.begins if request.song is not None else ()
    begin = begins[index] if index < len(begins) else index * request.seconds_each
    return begin + request.seconds_each / 2


def _is_strong(song: SongFacts | None, at: float, index: int) -> bool:
    """Say whether a scene is loud: in a chorus when the song is known, else every third one."""
    if song is not None and song.sections:
        return any(start <= at < end and _ENERGY.search(name) for name, start, end in song.sections)
    return index % 3 == 2


def _fits(action: str, shot: str) -> bool:
    """Leave to the wider shots what happens below the chest."""
    return shot != "close-up" or not _WHOLE_BODY.search(action)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
