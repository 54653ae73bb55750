"""Predictions: made once through the SDK, then read, listed and stopped by plain calls that bear any answer."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from generation.ports import OutcomeUnknown
from generation.providers.registry import model_facts
from generation.providers.replicate import errors, files
from generation.providers.replicate.client import ask, ordering
from generation.providers.replicate.inputs import Prepared
from generation.providers.replicate.webhooks import EVENTS
from mvsite.common.errors import ProviderError

_PAGES = 20


def create(order: Prepared, webhook: str | None = None) -> str:
    """Buy it: one POST, never repeated; `webhook` is rung when it has ended. Returns the prediction's id.

    Raises ProviderError, OutcomeUnknown.
    """
    sent = {
        name: [files.send(each) for each in file] if isinstance(file, tuple) else files.send(file)
        for name, file in order.files.items()
    }
    told: dict[str, Any] = {"webhook": webhook, "webhook_events_filter": EVENTS} if webhook else {}
    cancel_after = int(model_facts(order.model)["cancel_after_seconds"])
    with ordering(cancel_after=cancel_after) as (client, answer):
        try:
            made = client.models.predictions.create(order.model, input={**order.values, **sent}, **told)
        except Exception as error:  # noqa: BLE001  the SDK lets anything through: its own, httpx's, pydantic's, a KeyError
            raise errors.of_create(error, answer) from None  # the chain would carry the request, and with it the token
    if not made.id:
        raise OutcomeUnknown("an answer without an id")
    return str(made.id)


def read(prediction_id: str) -> dict[str, Any]:
    """Return a prediction as the provider tells it. Raises ProviderError, transient unless it is gone."""
    try:
        response = ask("GET", _path(prediction_id))
    except httpx.HTTPError as error:
        raise errors.of_look(error) from None
    if response.status_code != 200:
        raise errors.of_look(response)
    body = _json(response)
    if not isinstance(body, dict) or not isinstance(body.get("status"), str):
        raise ProviderError("provider:answer:bad", "Replicate's answer is no prediction.", transient=True)
    return body


def stop(prediction_id: str) -> bool:
    """Ask for an end; True when it was stopped, or is gone: what ended by itself is read. Raises ProviderError."""
    try:
        response = ask("POST", f"{_path(prediction_id)}/cancel")
    except httpx.HTTPError as error:
        raise errors.of_look(error) from None
    if response.status_code == 404:
        return True
    body = _json(response) if response.status_code == 200 else None
    status = body.get("status") if isinstance(body, dict) else read(prediction_id)["status"]
    return bool(status == "canceled")


def matching(order: Prepared, since: datetime) -> tuple[str, ...]:
    """Return the ids of predictions made since then of this very order, oldest first.

    Raises httpx.HTTPError or ValueError when the list cannot be read to its end, or holds one of this model whose
    input is gone, as it is after an hour: that could be ours.
    """
    found = []
    for each in _listed(since):
        if each.get("model") != order.model or not each.get("id"):
            continue
        if each.get("data_removed") or not isinstance(each.get("input"), dict):
            raise ValueError("a prediction without its input")
        if _is_of(order, each["input"]):
            found.append((str(each.get("created_at")), str(each["id"])))
    return tuple(prediction_id for _, prediction_id in sorted(found))


def _is_of(order: Prepared, given: dict[str, Any]) -> bool:
    """Compare an order with a listed input. Names that we never send are the provider's own defaults."""
    asked = set(order.values) | set(order.files)
    if any(given.get(name) != value for name, value in order.values.items()):
        return False
    if any(name in order.names and name not in asked and value is not None for name, value in given.items()):
        return False
    for name, file in order.files.items():
        ours = file if isinstance(file, tuple) else (file,)
        listed = given.get(name)
        theirs = listed if isinstance(listed, list) else [listed]
        if len(ours) != len(theirs) or not all(map(files.is_same, ours, theirs)):
            return False
    return True


def _listed(since: datetime) -> Iterator[dict[str, Any]]:
    path = "/v1/predictions"
    words: dict[str, Any] = {"params": {"created_after": since.astimezone(UTC).isoformat()}}
    for _ in range(_PAGES):
        response = ask("GET", path, **words)
        response.raise_for_status()
        body = response.json()
        yield from (each for each in body["results"] if isinstance(each, dict) and _at_least(each, since))
        if not body.get("next"):
            return
        there = urlsplit(str(body["next"]))  # its path only: the token stays with our own address
        path, words = f"{there.path}?{there.query}", {}
    raise ValueError("the list does not end")


def _at_least(prediction: dict[str, Any], since: datetime) -> bool:
    """Trust the dates rather than the filter: one that is too old belongs to somebody else."""
    made = made_at(prediction)
    return made is not None and made >= since


def made_at(prediction: dict[str, Any]) -> datetime | None:
    """Tell when a prediction was made, None when it does not say."""
    try:
        made = datetime.fromisoformat(str(prediction.get("created_at")))
    except ValueError:
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _path(prediction_id: str) -> str:
    return f"/v1/predictions/{quote(prediction_id, safe='')}"


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
