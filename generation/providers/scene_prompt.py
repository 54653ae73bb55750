"""What a scene writer is told, whoever it is: the flavor's words, then what this very request adds to them."""

from flavors.rules import told
from generation.ports import SceneRequest, SongFacts


def wanted(request: SceneRequest) -> int:
    """Say how many scenes the answer must hold."""
    return 1 if request.only_index is not None else request.count


def whole_prompt(request: SceneRequest) -> str:
    """Write everything the writer reads."""
    parts = [
        request.prompt,
        f"HOW LONG\nEvery scene lasts {request.seconds_each:g} seconds and is filmed in one take.",
        _song(request.song, request.seconds_each),
        _rules(request),
        _only(request),
        _wrong(request.complaints),
        f'THE SHAPE OF THE ANSWER\nOne JSON object with the key "scenes": a list of exactly {wanted(request)}.',
    ]
    return "\n\n".join(part for part in parts if part)


def _rules(request: SceneRequest) -> str:
    lines = told(request.rules)
    return f"RULES FOR THE WHOLE SET OF SCENES\n{lines}" if lines else ""


def _song(song: SongFacts | None, seconds_each: float) -> str:
    if song is None:
        return ""
    places = f"scene n begins at (n - 1) x {seconds_each:g} seconds"
    if song.begins:
        places = f"the scenes begin at {', '.join(f'{begin:.1f}' for begin in song.begins)} seconds"
    lines = [f"It lasts {song.seconds:.0f} seconds; {places}."]
    if song.bpm:
        lines.append(f"Its tempo is {song.bpm:.0f} beats a minute.")
    lines += [f"- {name}: {start:.0f} to {end:.0f} seconds" for name, start, end in song.sections]
    return "\n".join(["THE SONG", *lines])


def _only(request: SceneRequest) -> str:
    if request.only_index is None:
        return ""
    lines = [f"Write scene {request.only_index + 1} of the {request.count} only, anew; the others stay as they are."]
    if request.avoid:
        lines += ["It must be clearly different from each of these:", *(f"- {text}" for text in request.avoid)]
        lines.append("But it names the character, and the look of the film, in the very words that they use.")
    return "\n".join(["THIS TIME ONE SCENE", *lines])


def _wrong(complaints: tuple[str, ...]) -> str:
    if not complaints:
        return ""
    return "\n".join(["WHAT WAS WRONG WITH YOUR LAST ANSWER (mend it)", *(f"- {each}" for each in complaints)])
