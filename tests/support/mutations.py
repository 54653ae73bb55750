"""Real files and real bodies, hurt at random: the same seed hurts them the same way."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from assets.media.ffmpeg import run_ffmpeg

SOUND = ["-f", "lavfi", "-i", "sine=d=0.3"]
FILM = ["-f", "lavfi", "-i", "testsrc2=size=64x64:d=0.3", *SOUND, "-shortest"]
_MADE: dict[str, list[str]] = {
    "mp3": SOUND,
    "m4a": SOUND,
    "aac": SOUND,
    "wav": SOUND,
    "flac": SOUND,
    "ogg": [*SOUND, "-c:a", "libvorbis"],
    "opus": [*SOUND, "-c:a", "libopus"],
    "mp4": FILM,
    "mov": FILM,
    "webm": [*FILM, "-c:v", "libvpx", "-c:a", "libopus"],
}
_PICTURES = ("png", "jpeg", "webp")
_URLS = (
    "http://example.com/a.png",
    "https://example.com/a.mp4?b=1",
    "http://127.0.0.1/x",
    "http://localhost:6379/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://2130706433/",
    "http://0x7f.1/x.mp4",
    "http://10.0.0.1/a.png",
    "http://inside.example/a.mp3",
    "https://user:pw@192.168.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/",
    "http://example.com\\@127.0.0.1/",
    "http://example.com/\r\nHost: 127.0.0.1",
)
_PATHS = ("../../etc/passwd", "..\\..\\x", "/etc/passwd", "%2e%2e%2f", "mv/../../x", "C:\\x", "a\x00.png", "~/x", "|id")
_TEXTS = (
    "",
    "\x00",
    "\ud800",
    "\u202egnp.exe",
    "\ufeff",
    "e\u0301" * 50,
    "\u0430dmin",
    "\U0001f468\u200d\U0001f469",
    "x\r\nSet-Cookie: a=b",
    "\x1b[31mred",
    "${jndi:ldap://127.0.0.1/a}",
    "{{7*7}}{idea}{0.__class__}",
    "'; DROP TABLE users; --",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\u0000".join("abc"),
    "A" * 30_000,
    "\uff11\uff12",
    "NaN",
    "Infinity",
)
_NUMBERS = (0, -1, 1, 2**31, 2**32, 2**63, 2**64, 10**400, -(10**30), 0.1, -0.0, 1e308, 5e-324, 59.999999999999)


def samples(folder: Path) -> dict[str, bytes]:
    """Make a tiny whole file of every kind that is taken."""
    for kind, words in _MADE.items():
        target = ["-f", "ipod", str(folder / "a.m4a")] if kind == "m4a" else [str(folder / f"a.{kind}")]
        run_ffmpeg([*words, *target], timeout=60)
    for kind in _PICTURES:
        Image.effect_noise((32, 32), 40).convert("RGB").save(folder / f"a.{kind}", format=kind)
    return {path.suffix[1:]: path.read_bytes() for path in sorted(folder.iterdir())}


def hurt_file(chance: random.Random, files: dict[str, bytes]) -> tuple[str, bytes]:
    """Give the kind of a file and its bytes after one to six injuries."""
    kind = chance.choice(sorted(files))
    data = bytearray(files[kind])
    for _ in range(chance.randint(1, 6)):
        # Heads and indexes are where readers go wrong, so half of all injuries are at the front.
        at = chance.randrange(min(len(data), 600) if chance.random() < 0.5 else len(data)) if data else 0
        size = chance.choice((1, 2, 4, 8, 64, 1000))
        match chance.randrange(7):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                data[at : at + 4] = chance.choice(
                    (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0")
                )
            case 2:
                del data[at : at + size]
            case 3:
                data[at:at] = chance.randbytes(size)
            case 4:
                data[at:at] = data[at : at + size] * chance.randint(1, 20)
            case 5:
                other = files[chance.choice(sorted(files))]
                data[at : at + size] = other[:size]
            case _:
                del data[at:]
    return kind, bytes(data)


def hurt_body(chance: random.Random, body: dict[str, Any]) -> bytes:
    """Give a body as JSON after one to three members were replaced, removed, added or wrapped, or its text was cut."""
    hurt: dict[str, Any] = dict(body)
    for _ in range(chance.randint(1, 3)):
        name = chance.choice([*sorted(body), *hurt, "extra", "__proto__", "id", "owner"])
        if chance.random() < 0.15:
            hurt.pop(name, None)
        else:
            hurt[name] = _value(chance, 0)
    text = json.dumps(hurt)
    if chance.random() < 0.2:
        at = chance.randrange(len(text))
        text = (
            text[:at]
            + chance.choice(("", "\x00", '"', "[" * 5000, "9" * 5000, "NaN", '{"a":', "\\ud800"))
            + text[at + 1 :]
        )
    raw = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.05:
        raw = chance.choice((b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\xaf")) + raw
    return raw


def _value(chance: random.Random, depth: int) -> Any:
    kinds: list[Sequence[Any]] = [_URLS, _URLS, _PATHS, _TEXTS, _TEXTS, _NUMBERS, (None, True, False, [], {})]
    picked = chance.choice(chance.choice(kinds))
    if depth < 2 and chance.random() < 0.2:
        inner = [_value(chance, depth + 1) for _ in range(chance.choice((1, 2, 3 if depth else 300)))]
        return inner if chance.random() < 0.5 else {str(number): value for number, value in enumerate(inner)}
    return picked
