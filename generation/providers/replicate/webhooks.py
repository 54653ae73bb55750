"""Replicate's calls back: the address we give it, and whether what comes there is really from it.

A webhook is a doorbell. Its body is never read; it only makes us look, and all works without it.
"""

import time
from dataclasses import dataclass
from hashlib import sha256

import httpx
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from replicate.webhook import Webhooks, WebhookSigningSecret

from generation.providers.replicate import errors
from generation.providers.replicate.client import ask
from mvsite.common.errors import ProviderError

TOLERANCE_SECONDS = 300
EVENTS = ["completed"]
_SALT = "generation.webhooks.replicate"
_ASK_AGAIN_AFTER = 300.0  # seconds: a signature that does not fit may mean that the secret was changed there


@dataclass(frozen=True, slots=True)
class _Secret:
    key: str
    asked_at: float


_known: dict[str, _Secret] = {}


def address(call_id: str) -> str | None:
    """Return where Replicate shall ring for one call; None when the studio has no public address."""
    if not settings.MV_PUBLIC_URL:
        return None
    return f"{settings.MV_PUBLIC_URL}/api/mv/webhooks/replicate/{call_id}/{_seal(call_id, settings.SECRET_KEY)}"


def is_ours(call_id: str, seal: str) -> bool:
    """Say whether we made this address, with the key of today or one that is going out of use."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(seal, _seal(call_id, key)) for key in keys)


def is_signed(headers: dict[str, str], body: bytes) -> bool:
    """Say whether Replicate signed this within the last five minutes. Raises ProviderError when it cannot be asked."""
    secret = _secret()
    if _fits(headers, body, secret):
        return True
    if time.monotonic() - secret.asked_at < _ASK_AGAIN_AFTER:
        return False
    _known.clear()
    return _fits(headers, body, _secret())


def _fits(headers: dict[str, str], body: bytes, secret: _Secret) -> bool:
    try:
        Webhooks.validate(
            headers=headers,
            body=body.decode(),
            secret=WebhookSigningSecret(key=secret.key),
            tolerance=TOLERANCE_SECONDS,
        )
    except ValueError:  # all of the SDK's own, and what odd headers and bodies make of it
        return False
    return True


def _seal(call_id: str, key: str) -> str:
    return salted_hmac(_SALT, call_id, secret=key, algorithm="sha256").hexdigest()


def _secret() -> _Secret:
    """Ask for the signing secret once in this process; it is kept in memory only."""
    account = sha256(f"{settings.REPLICATE_BASE_URL} {settings.REPLICATE_API_TOKEN}".encode()).hexdigest()
    if account not in _known:
        _known[account] = _Secret(_asked(), time.monotonic())
    return _known[account]


def _asked() -> str:
    try:
        response = ask("GET", "/v1/webhooks/default/secret")
    except httpx.HTTPError as error:
        raise errors.of_look(error) from None
    if response.status_code != 200:
        raise errors.of_look(response)
    try:
        key = response.json()["key"]
    except (ValueError, TypeError, KeyError):
        key = None
    if not isinstance(key, str):
        raise ProviderError("provider:answer:bad", "Replicate named no signing secret.", transient=True)
    return key
