"""The clients of Google's doors: made once, however many orders come at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from google import genai
from pytest_django.fixtures import Settings

from generation.providers.gemini import client

AT_ONCE = 4


@pytest.mark.parametrize("door", [client.by_key, client.by_project])
def test_the_first_orders_of_a_process_share_one_client(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, door: Callable[[], Any]
) -> None:
    """A second one would be collected, and closed, under its order: nobody could tell what became of that."""
    settings.GEMINI_API_KEY = settings.MV_GOOGLE_CLOUD_PROJECT = f"of {door.__name__}"  # no other test has asked for it
    made: list[object] = []

    def slowly(**_: object) -> object:
        made.append(object())
        time.sleep(0.1)
        return made[-1]

    monkeypatch.setattr(genai, "Client", slowly)
    together = threading.Barrier(AT_ONCE)

    def ask(_: int) -> object:
        together.wait(10)
        return door()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        given = list(pool.map(ask, range(AT_ONCE)))
    assert given == made * AT_ONCE
