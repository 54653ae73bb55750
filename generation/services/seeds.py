"""Seeds: the same project seed gives the same pictures; without one a seed is drawn once and kept."""

import hashlib
import secrets

SEED_LIMIT = 2**31


def derived_seed(seed: int, *parts: object) -> int:
    """Derive a seed 0..2^31-1 from a seed and what it is for."""
    text = ":".join([str(seed), *map(str, parts)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % SEED_LIMIT


def fresh_seed() -> int:
    """Draw a seed 0..2^31-1."""
    return secrets.randbelow(SEED_LIMIT)


def first_known(*values: int | None) -> int:
    """Return the first seed that is not None, else a fresh one."""
    found = next((value for value in values if value is not None), None)
    return fresh_seed() if found is None else found
