"""Somebody who orders clips over HTTP and will not take no for an answer: each order is repeated with its key."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

_SHARE = 0.6  # of all orders, which may be out before everything has happened
FINAL = {"succeeded", "failed", "canceled", "needs_review"}


class Customer:
    """One client of the API. `jobs` are those it was promised, by the key of the order.

    It knows one or more addresses of the same studio, and goes to the next when one does not answer.
    """

    def __init__(self, *urls: str, seed: int, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._clients = [httpx.Client(base_url=url, timeout=20, trust_env=False, headers=headers) for url in urls]
        self._dice = random.Random(seed)
        self.jobs: dict[str, dict[str, Any]] = {}
        self.repeats = 0
        self.trouble: Exception | None = None

    @property
    def _client(self) -> httpx.Client:
        return self._clients[0]

    def ask(self, method: str, path: str, **words: Any) -> Any:
        """Ask until an answer comes. A refusal by the studio itself raises; a server that is away does not."""
        deadline = time.monotonic() + 90
        while True:
            try:
                answer = self._client.request(method, path, **words)
                said = answer.text
                if answer.status_code < 400:
                    return answer.json()
                if answer.status_code < 500:
                    break
            except httpx.TransportError as error:
                said = repr(error)
                self._clients = [*self._clients[1:], self._clients[0]]
            if time.monotonic() > deadline:
                break
            self.repeats += 1
            time.sleep(0.3)
        raise AssertionError(f"{method} {path}: {said}")

    def try_once(self, method: str, path: str, **words: Any) -> httpx.Response:
        """Ask once and take whatever is answered."""
        return self._client.request(method, path, **words)

    def order(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Order a clip once, however often it takes; now and then it asks again although it was answered."""
        words = {"json": body, "headers": {"Idempotency-Key": key}}
        job = self.ask("POST", "/api/mv/generate_video", **words)
        if self._dice.random() < 0.2:
            again = self.ask("POST", "/api/mv/generate_video", **words)
            assert again["id"] == job["id"], "one key, two jobs"
        self.jobs[key] = job
        return dict(job)

    def order_all(self, bodies: list[dict[str, Any]], *, progress: Callable[[], float]) -> threading.Thread:
        """Order these in the background, in step with `progress` 0..1 (but one every 8 to 12 s in any case); enough
        are kept back for what is still to happen.

        What goes wrong is in `trouble`.
        """

        def go() -> None:
            try:
                for number, body in enumerate(bodies):
                    self.order(f"order-{number}", body)
                    longest = time.monotonic() + self._dice.uniform(8, 12)
                    while progress() < 1 and number - 6 > _SHARE * len(bodies) * progress():
                        if time.monotonic() > longest:
                            break
                        time.sleep(0.05)
            except (AssertionError, httpx.HTTPError) as error:
                self.trouble = error

        thread = threading.Thread(target=go, name="customer")
        thread.start()
        return thread

    def job(self, job_id: str) -> dict[str, Any]:
        """Look at a job."""
        return dict(self.ask("GET", f"/api/mv/jobs/{job_id}"))

    def states(self) -> dict[str, str]:
        """Give the state of every promised job by its id."""
        return {job["id"]: self.job(job["id"])["state"] for job in self.jobs.values()}

    def bytes_of(self, path: str) -> bytes:
        """Download something."""
        return self._client.get(path, follow_redirects=True).raise_for_status().content
