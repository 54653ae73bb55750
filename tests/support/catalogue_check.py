"""What must hold in a catalogue; every sentence names the entry and what is wrong with it."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

MAKES = {"scenes", "image", "clip", "lipsync"}
FEATURES = {
    "scenes": {"rules", "song", "one_scene", "seed", "temperature"},
    "image": {"seed", "aspect_ratio", "safety_filter_level", "negative_prompt", "person_generation"},
    "clip": {"seed", "negative_prompt", "reference_image", "first_frame", "audio", "silent"},
    "lipsync": {"video", "audio"},
}
LIMITS = {
    "scenes": {"scenes"},
    "image": {"aspect_ratio", "output_format"},
    "clip": {"duration", "aspect_ratio", "resolution"},
    "lipsync": {"seconds"},
}
NEEDED = {"provider", "makes", "features", "limits", "price", "typical_seconds", "retires"}
KNOWN = {*NEEDED, "needs", "bends", "always", "cancel_after_seconds", "successor"}
UNITS = {"call", "image", "second", "run"}
BY_TOKENS = {"input_per_million", "output_per_million"}
AMOUNTS = {"usd", "cases", *BY_TOKENS}
_NUMBER = re.compile(r"\d+(\.\d+)?")


def problems(catalogue: dict[str, Any], settings: object) -> list[str]:
    """Say everything that is wrong with a catalogue."""
    models, providers = catalogue["models"], catalogue["providers"]
    found = [f"model {name}: {say}" for name, facts in models.items() for say in _of_model(facts, catalogue, settings)]
    for role, names in catalogue["roles"].items():
        found += [f"role {role}: {name} is no model" for name in names if name not in models]
        kinds = {models[name]["makes"] for name in names if name in models}
        if kinds != {role.split(".")[0]}:
            found.append(f"role {role}: makes {sorted(kinds)}")
    for name, facts in providers.items():
        if facts.keys() != {"output_hosts", "quota"} or facts["quota"] not in {"account", "model"}:
            found.append(f"provider {name}: needs output_hosts and quota (account or model)")
    return found


def _of_model(facts: dict[str, Any], catalogue: dict[str, Any], settings: object) -> Iterator[str]:
    if facts.keys() - KNOWN or NEEDED - facts.keys():
        yield f"unknown {sorted(facts.keys() - KNOWN)}, missing {sorted(NEEDED - facts.keys())}"
        return
    makes, provider = facts["makes"], facts["provider"]
    if makes not in MAKES or provider not in catalogue["providers"]:
        yield f"makes {makes} at {provider}"
        return
    if set(facts["features"]) - FEATURES[makes]:
        yield f"features {sorted(set(facts['features']) - FEATURES[makes])} are none of {makes}"
    if facts["limits"].keys() != LIMITS[makes] or not all(facts["limits"].values()):
        yield f"limits must name {sorted(LIMITS[makes])}"
    if {"reference_image", "first_frame"} <= set(facts["features"]):
        yield "a picture is a reference or the first frame, not both"
    yield from (f"needs {name}, which is no setting" for name in facts.get("needs", ()) if not hasattr(settings, name))
    if (provider != "sample") != bool(facts.get("needs")):
        yield "needs settings, unless it is built in"
    if provider == "replicate" and not facts.get("cancel_after_seconds", 0) >= 5:
        yield "cancel_after_seconds must be 5 at least"
    if not facts["typical_seconds"] > 0:
        yield "typical_seconds must be positive"
    yield from _of_bends(facts)
    yield from _of_price(facts["price"], is_free=provider in {"sample", "mock"})
    yield from _of_end(facts, catalogue["models"])


def _of_bends(facts: dict[str, Any]) -> Iterator[str]:
    for bend in facts.get("bends", ()):
        if bend.keys() != {"when", "to", "because"}:
            yield "a bend has when, to and because"
            continue
        yield from (f"bends {name}, which has no limit" for name in bend["to"] if name not in facts["limits"])
        known = {*facts["limits"], "reference_image"}
        yield from (f"bends when {name}, which nobody says" for name in bend["when"] if name not in known)
        for name, value in bend["to"].items():
            if value not in facts["limits"].get(name, [value]):
                yield f"bends {name} to {value}, which is beyond its limits"


def _of_price(price: dict[str, Any], *, is_free: bool) -> Iterator[str]:
    if price.get("unit") not in UNITS:
        yield f"price: unit {price.get('unit')}"
    amounts = [price.get("usd"), *(case.get("usd") for case in price.get("cases", ()))]
    try:
        numbers = [Decimal(amount) for amount in amounts if isinstance(amount, str)]
    except InvalidOperation:
        numbers = []
    if len(numbers) != len(amounts) or any(number < 0 for number in numbers):
        yield "price: usd is a number in quotes"
    elif numbers[0] != max(numbers):
        yield "price: the base price must be the dearest, for what is not said"
    elif is_free != (numbers[0] == 0):
        yield "price: only what is built in is free"
    by_tokens = [price[name] for name in BY_TOKENS & price.keys()]
    if len(by_tokens) == 1 or not all(isinstance(each, str) and _NUMBER.fullmatch(each) for each in by_tokens):
        yield "price: a million tokens, in and out, are numbers in quotes"
    if not is_free and not isinstance(price.get("dated"), date):
        yield "price: dated says when it was read"
        return
    unknown = price.keys() - {"unit", "dated", "later", *AMOUNTS}
    if unknown:
        yield f"price: unknown {sorted(unknown)}"
    yield from _of_later(price, is_free=is_free)


def _of_later(price: dict[str, Any], *, is_free: bool) -> Iterator[str]:
    now = {name: value for name, value in price.items() if name != "later"}
    last = price.get("dated", date.min)
    for change in price.get("later", ()):
        day, amounts = change.get("from"), {name: value for name, value in change.items() if name != "from"}
        if not isinstance(day, date) or day <= last:
            yield "price: later is from a day, each after the one before"
            return
        last = day
        if amounts.keys() != now.keys() & AMOUNTS:
            yield f"price: later names {sorted(now.keys() & AMOUNTS)}"
        else:
            yield from (f"from {day}: {say}" for say in _of_price({**now, **amounts}, is_free=is_free))


def _of_end(facts: dict[str, Any], models: dict[str, Any]) -> Iterator[str]:
    successor = facts.get("successor")
    if facts["retires"] is not None and (not isinstance(facts["retires"], date) or not successor):
        yield "retires is a day, and needs a successor"
    if successor is not None and models.get(successor, {}).get("makes") != facts["makes"]:
        yield f"successor {successor} does not make {facts['makes']}"
