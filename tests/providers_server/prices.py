"""The stand-in's own price list in USD, from the vendors' pages: what it charges for what it has received.

It is no copy of the studio's catalogue and is never read from there: a test compares the two.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

PER_PIECE = {
    "google/imagen-4": "0.04",
    "google/imagen-4-fast": "0.02",
    "google/imagen-4-ultra": "0.06",
    "google/nano-banana-2": "0.067",
    "google/nano-banana-2-lite": "0.034",
    "google/nano-banana-pro": "0.15",
    "bytedance/latentsync": "0.13",
}
# A second, with sound and silent; sizes in `_BY_SIZE` go before.
PER_SECOND = {
    "google/veo-3.1": ("0.40", "0.20"),
    "google/veo-3.1-fast": ("0.15", "0.10"),
    "google/veo-3.1-lite": ("0.05", "0.05"),
    "sync/lipsync-2": ("0.05", "0.05"),
    "sync/lipsync-2-pro": ("0.08325", "0.08325"),
    "kwaivgi/kling-lip-sync": ("0.014", "0.014"),
    "gemini-omni-1.2-flash": ("0.07", "0.07"),
    "veo-3.1-generate-001": ("0.40", "0.20"),
    "veo-3.1-fast-generate-001": ("0.10", "0.10"),
    "veo-3.1-lite-generate-001": ("0.05", "0.05"),
}
_BY_SIZE = {
    ("google/veo-3.1-lite", "1080p"): "0.08",
    ("veo-3.1-lite-generate-001", "1080p"): "0.08",
    ("veo-3.1-fast-generate-001", "1080p"): "0.12",
    ("gemini-omni-1.2-flash", "360p"): "0.023",
    ("gemini-omni-1.2-flash", "1080p"): "0.105",
    ("gemini-omni-1.2-flash", "4k"): "0.21",
}
# A million tokens in, a million out (thoughts included).
PER_MILLION = {
    "gemini-3.8-flash": ("0.75", "3.75"),
    "gemini-3.5-flash": ("1.50", "9"),
    "gemini-3.5-flash-lite": ("0.30", "2.50"),
    "gemini-3.1-pro-preview": ("2", "12"),
    "gemini-2.5-pro": ("1.25", "10"),
}
# What is announced: from that day on (UTC) a million tokens cost this.
PER_MILLION_LATER = {"gemini-3.8-flash": (date(2027, 1, 1), ("1.50", "7.50"))}


def per_million(model: str, day: date) -> tuple[str, str]:
    """Say what a million tokens in and out cost on a day."""
    later = PER_MILLION_LATER.get(model)
    return later[1] if later and day >= later[0] else PER_MILLION.get(model, ("0", "0"))


def price(model: str, *, seconds: float = 0.0, sound: bool = True, resolution: str = "") -> Decimal:
    """Say what one order costs."""
    if model in PER_PIECE:
        return Decimal(PER_PIECE[model])
    usual = PER_SECOND[model][0 if sound else 1]
    return Decimal(_BY_SIZE.get((model, resolution), usual)) * Decimal(str(round(seconds, 3)))


def price_of_words(model: str, usage: Mapping[str, Any]) -> Decimal:
    """Say what an answer in words costs, by its `usageMetadata`."""
    one_in, one_out = (Decimal(each) for each in per_million(model, today()))
    out = usage.get("candidatesTokenCount", 0) + usage.get("thoughtsTokenCount", 0)
    return (one_in * int(usage.get("promptTokenCount", 0)) + one_out * int(out)) / 1_000_000


def today() -> date:
    """Give the day in UTC."""
    return datetime.now(UTC).date()
