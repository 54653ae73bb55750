"""What the stand-in for Replicate knows, and how its predictions go on."""

import io
import re
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from tests.support.replicate_models import RUN_ERRORS

TOKEN = "r8_standinStandinStandinStandin00"
SIZES = {"1:1": (512, 512), "16:9": (640, 360), "9:16": (360, 640), "3:4": (384, 512), "4:3": (512, 384)}


@dataclass
class Replicate:
    """Everything the stand-in knows; `film` is what clips and lip-syncs come out as."""

    film: Path
    api: str = ""
    outputs: str = ""
    words: str = ""
    page: int = 100
    list_fails: bool = False
    strict: bool = True
    predictions: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    creates: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def told(self, prompt: str, kind: str) -> str:
        """Return the word of this kind (`create`, `read`, `file`) that counts now, without `-once`."""
        for found in re.finditer(rf"\b{kind}-[\w-]+", f"{prompt} {self.words}"):
            word = found[0]
            plain = word.removesuffix("-once")
            with self.lock:
                self.times[f"{prompt} {word}"] += 1
                if plain == word or self.times[f"{prompt} {word}"] == 1:
                    return plain.removeprefix(f"{kind}-")
        return ""

    def make(self, model: str, given: dict[str, Any]) -> dict[str, Any]:
        """Make a prediction, which is what costs money."""
        number = uuid.uuid4().hex[:26]
        urls = {"get": f"{self.api}/v1/predictions/{number}", "cancel": f"{self.api}/v1/predictions/{number}/cancel"}
        made = {
            "id": number, "model": model, "version": "hidden", "input": given, "logs": "", "output": None,
            "data_removed": False, "error": None, "status": "starting", "source": "api", "urls": urls,
            "created_at": stamp(),
        }  # fmt: skip
        with self.lock:
            self.predictions[number] = made
            self.creates.append({"id": number, "model": model, "input": given})
        return made

    def go_on(self, made: dict[str, Any]) -> None:
        """Take a prediction one step further, as happens while somebody looks."""
        prompt = f"{made['input'].get('prompt', '')} {self.words}"
        if made["status"] == "starting":
            made.update(status="processing", started_at=stamp())
        elif made["status"] == "processing" and "slow" not in prompt:
            made.update(self.outcome(made, prompt), completed_at=stamp(), metrics={"predict_time": 1.5})

    def outcome(self, made: dict[str, Any], prompt: str) -> dict[str, Any]:
        """Say how a prediction ends."""
        ending = next((word for word in RUN_ERRORS if word in prompt), "")
        if ending and not ("broken-off" in ending and sum(c["input"] == made["input"] for c in self.creates) > 1):
            return {"status": "failed", "error": RUN_ERRORS[ending]}
        if "strange-error" in prompt:
            return {"status": "failed", "error": {"code": 7}}
        for status in ("aborted", "canceled"):
            if status in prompt:
                return {"status": status}
        if "empty" in prompt:
            return {"status": "succeeded", "output": None}
        if "removed" in prompt:
            return {"status": "succeeded", "output": None, "input": None, "data_removed": True}
        suffix = "png" if made["input"].get("output_format") == "png" else "jpg" if is_picture(made["model"]) else "mp4"
        host = "https://evil.example" if "file-elsewhere" in prompt else self.outputs
        address = f"{host}/out/{made['id']}.{suffix}"
        return {"status": "succeeded", "output": [address] if "listed" in prompt else address}

    def result(self, made: dict[str, Any]) -> tuple[str, bytes]:
        """Return kind and bytes of a result: real media."""
        if not is_picture(made["model"]):
            return "video/mp4", self.film.read_bytes()
        form = "PNG" if made["input"].get("output_format") == "png" else "JPEG"
        out = io.BytesIO()
        Image.new("RGB", SIZES[made["input"].get("aspect_ratio", "1:1")], "teal").save(out, form)
        return f"image/{form.lower()}", out.getvalue()


def is_picture(model: str) -> bool:
    return "imagen" in model or "nano-banana" in model


def stamp(later: float = 0.0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=later)).isoformat().replace("+00:00", "Z")
