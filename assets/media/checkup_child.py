"""The program that decodes what came from outside: an order as JSON on stdin, one line of JSON on stdout.

Run it by `-m` only, limited (`checkup`). It imports what it needs for the order and nothing of Django.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assets.media.errors import MediaProblem


def main() -> None:
    """Do one order; `{"problem", "detail"}` when the file is at fault, `{"errno"}` when the disk is."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # libraries print what they like, but not into the answer
    order = json.loads(sys.stdin.buffer.read())
    try:
        told = _DO[order["what"]](order)
    except MediaProblem as problem:
        told = {"problem": problem.reason, "detail": problem.detail}
    except MemoryError:
        told = {"problem": "unreadable", "detail": "it needs more memory than a file may use"}
    except OSError as error:
        told = {"errno": error.errno}
    out.write(json.dumps(told))
    out.flush()
    os._exit(0)  # what a damaged file left of a decoder's state is not tidied up


def _song(order: dict[str, Any]) -> dict[str, Any]:
    from assets.media.films import check_length
    from assets.media.probe import opened, probe
    from assets.media.samples import SOUND_KINDS, sound_frames
    from assets.media.tags import read_tags

    path, longest = Path(order["path"]), float(order["longest"])
    facts = probe(path, formats=SOUND_KINDS - {"mov"})
    if facts.video is not None:
        raise MediaProblem("type", "this is a film; a song is taken here")
    if facts.audio is None or facts.duration <= 0:
        raise MediaProblem("unreadable", "there is no sound in it")
    check_length(facts.duration, longest)
    heard = 0.0
    with opened(path, formats=SOUND_KINDS) as (_, container):
        for _, frame in sound_frames(container):  # what it states of its length counts for nothing
            heard += frame.samples / frame.sample_rate
            check_length(heard, longest)
    if heard == 0:
        raise MediaProblem("unreadable", "not one sound can be decoded")
    sound = facts.audio
    return {
        "codec": sound.codec,
        "sample_rate": sound.sample_rate,
        "channels": sound.channels,
        "seconds": facts.duration,
        "name": read_tags(path).name[:1000],
    }


def _film(order: dict[str, Any]) -> dict[str, Any]:
    from assets.media.films import look_at_film

    return asdict(look_at_film(Path(order["path"]), poster=Path(order["target"]), longest=float(order["longest"])))


def _picture(order: dict[str, Any]) -> dict[str, Any]:
    from assets.media.pictures import clean_picture

    return asdict(clean_picture(Path(order["path"]), Path(order["target"])))


def _strip(order: dict[str, Any]) -> dict[str, Any]:
    from assets.media.sprite import Strip, write_strip

    write_strip(Path(order["path"]), Path(order["target"]), Strip(**order["strip"]))
    return {}


def _peaks(order: dict[str, Any]) -> dict[str, Any]:
    from assets.media.waveform import write_peaks

    write_peaks(Path(order["path"]), Path(order["target"]))
    return {}


def _analysis(order: dict[str, Any]) -> dict[str, Any]:
    from assets.media.analysis import analyse

    told = analyse(Path(order["path"])).as_dict()
    Path(order["target"]).write_text(json.dumps(told, separators=(",", ":")), encoding="ascii")
    return {}


_DO = {"song": _song, "film": _film, "picture": _picture, "strip": _strip, "peaks": _peaks, "analysis": _analysis}

if __name__ == "__main__":
    main()
