"""The two files of a writing: scenes.json for programs, scenes.md for people."""

import hashlib
import json
from pathlib import Path

from assets import storage
from generation.ports import SceneAnswer, SceneRequest


def store(*, generation_id: str, answer: SceneAnswer, request: SceneRequest) -> dict[str, str]:
    """Write both files into the vault and return their keys under `json` and `markdown`.

    A key holds a digest of what is written: a writing whose rows could not be kept is done again by another answer.
    """
    first = request.only_index or 0
    scenes = [
        {"index": first + n, "description": scene.description, "negative_description": scene.negative_description}
        for n, scene in enumerate(answer.scenes)
    ]
    lines = [f"# {request.idea}", "", request.character_description, ""]
    for scene in scenes:
        lines += [f"## Scene {int(str(scene['index'])) + 1}", "", str(scene["description"]), ""]
        if scene["negative_description"]:
            lines += [f"Not: {scene['negative_description']}", ""]
    texts = {
        "json": ("scenes.json", json.dumps({"idea": request.idea, "scenes": scenes}, indent=2, ensure_ascii=False)),
        "markdown": ("scenes.md", "\n".join(lines)),
    }
    keys = {}
    with storage.temp_dir() as folder:
        for kind, (name, text) in texts.items():
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8")
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            keys[kind] = storage.store(key=f"mv/scenes/{generation_id}/{digest}/{name}", source=path).key
    return keys
