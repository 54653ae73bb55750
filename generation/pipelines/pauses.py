"""How long to wait before the next look or the next try, in seconds."""

import random

from django.conf import settings

_LONGEST = 120.0
_SLOWER_EVERY, _SLOWER_AT_MOST = 30.0, 5.0


def between_polls(age: float = 0.0, least: float = 0.0) -> float:
    """Return the pause between two looks at a provider, jittered so that many jobs do not ask at once.

    It grows with the age of the order (seconds) to five times `MV_POLL_SECONDS`, and is at least about `least`.
    """
    pause = float(settings.MV_POLL_SECONDS) * min(_SLOWER_AT_MOST, 1 + age / _SLOWER_EVERY)
    return max(pause, least) * random.uniform(0.8, 1.4)  # noqa: S311  jitter is no secret


def backed_off(failures: int, wish: float | None = None) -> float:
    """Return a pause that doubles from 1 s with each failure, jittered, at least `wish` (Retry-After), at most 120."""
    pause = 2.0 ** min(failures, 10) * random.uniform(0.75, 1.25)  # noqa: S311  jitter is no secret
    return min(max(pause, wish or 0.0), _LONGEST)
