"""How PostgreSQL is to work for a studio: many small questions."""

from typing import Any


def without_compiling(connection: Any, **_: Any) -> None:
    """Let a new connection compile no plans: a list whose cost is guessed too high took 200 ms instead of 40.

    Takes Django's signal `connection_created`. A setting of the session, as poolers in between refuse options in
    the start-up message.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
