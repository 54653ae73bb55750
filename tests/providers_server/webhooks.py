"""Replicate's webhooks: the prediction as JSON, signed, sent when it changes; the last one is tried again.

Words in the prompt: `hook-lost` (never sent), `hook-twice`, `hook-forged` (a wrong signature), `hook-old` (signed an
hour ago).
"""

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid

import httpx

from tests.providers_server.orders import Order
from tests.providers_server.replicate import HOOK_SECRET, NAME, Replicate
from tests.providers_server.standin import Standin

_PAUSES = (0.5, 2.0, 8.0, 20.0)
_EVENTS = {"processing": "start"}


class Hooks:
    """Sends them, each in a thread of its own."""

    def __init__(self, standin: Standin, replicate: Replicate) -> None:
        self._standin = standin
        self._replicate = replicate
        standin.hear = self.heard

    def heard(self, order: Order, became: str) -> None:
        """Send what the order wants to be told."""
        event = _EVENTS.get(became, "completed")
        if order.provider != NAME or not order.webhook or (order.events and event not in order.events):
            return
        told = self._standin.faults.due(NAME, "hook", order.prompt)
        if told == "lost":
            return
        body = json.dumps(self._replicate.prediction(order)).encode()
        for _ in range(2 if told == "twice" else 1):
            threading.Thread(target=self._send, args=(order, body, told, event), daemon=True).start()

    def _send(self, order: Order, body: bytes, told: str, event: str) -> None:
        number = f"msg_{uuid.uuid4().hex}"
        for pause in (0.0, *_PAUSES) if event == "completed" else (0.0,):
            if self._standin.over.wait(pause):
                return
            moment = int(time.time()) - (3600 if told == "old" else 0)
            headers = {
                "Content-Type": "application/json", "webhook-id": number, "webhook-timestamp": str(moment),
                "webhook-signature": signature(number, moment, body, forged=told == "forged"),
            }  # fmt: skip
            status = _post(order.webhook, body, headers)
            self._standin.log.write("hook", id=order.id, event=event, url=order.webhook, status=status)
            if 200 <= status < 300:
                return


def signature(number: str, moment: int, body: bytes, *, forged: bool = False) -> str:
    """Sign a webhook as Replicate does."""
    key = base64.b64decode(HOOK_SECRET.removeprefix("whsec_"))
    signed = hmac.new(key, f"{number}.{moment}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed[::-1] if forged else signed).decode()


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        return httpx.post(url, content=body, headers=headers, timeout=10, trust_env=False).status_code
    except httpx.HTTPError:
        return 0
