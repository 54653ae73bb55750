"""How much one account of a provider may do at once: the catalogue's figures, or the installation's own."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings

from generation.providers.registry import catalogue


@dataclass(frozen=True, slots=True)
class Limits:
    """One account's lane: orders under way at once, new orders a minute, questions a minute.

    `account` is a short hash of the key or project, so that two keys have two lanes and no key is written down.
    """

    name: str
    provider: str
    account: str
    concurrent: int
    per_minute: int
    looks_per_minute: int


def limits_of(model: str) -> Limits | None:
    """Give the limits for a model of the catalogue; None for one that runs on this machine."""
    needs = catalogue()["models"].get(model, {}).get("needs", ())
    found = (name for name, facts in catalogue()["lanes"].items() if facts["account"] in needs)
    name = next(found, None)
    return None if name is None else _limits(name, catalogue()["lanes"][name])


def limits_for(provider: str, account: str) -> Limits | None:
    """Give the limits of an account that is configured now; None when its key is no longer set."""
    known = (_limits(name, facts) for name, facts in catalogue()["lanes"].items())
    return next((each for each in known if (each.provider, each.account) == (provider, account)), None)


def _limits(name: str, facts: dict[str, Any]) -> Limits:
    concurrent, per_minute = settings.MV_LANES[name] or (facts["concurrent"], facts["per_minute"])
    account = sha256(f"lane {getattr(settings, facts['account'])}".encode()).hexdigest()[:12]
    return Limits(name, facts["provider"], account, concurrent, per_minute, facts["looks_per_minute"])
