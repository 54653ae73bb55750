"""What every failure at Replicate means: its code, whether it may pass, and whether something may have been bought.

Sources: the tables of replicate.com/docs/reference/http and /error-codes, and the SDK 1.0.7 driven on this machine.
"""

import re
from dataclasses import dataclass

import httpx
from replicate.exceptions import ReplicateError

from generation.ports import Interrupted, OutcomeUnknown
from generation.providers.replicate.client import LONGEST_WISH, Bounded, wish
from mvsite.common.errors import ProviderError
from mvsite.logs import redact

_SECONDS = re.compile(r"resets? in ~?(\d+)\s*s")
_PACE = re.compile(r"reduced to (\d+) requests per minute")
_REFUSED = re.compile(r"E005|sensitive|moderation", re.IGNORECASE)
_BROKEN_OFF = re.compile(r"code: PA\b")
_LONGEST_DETAIL = 500


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one HTTP status of a create means; nothing was started with any of these."""

    code: str
    transient: bool = False


STATUSES: dict[int, Meaning] = {
    400: Meaning("provider:call:invalid"),
    401: Meaning("provider:call:auth"),
    402: Meaning("provider:call:credit"),
    403: Meaning("provider:call:auth"),
    404: Meaning("provider:call:gone"),
    413: Meaning("provider:call:invalid"),
    422: Meaning("provider:call:invalid"),
    429: Meaning("provider:call:busy", transient=True),
    503: Meaning("provider:call:busy", transient=True),
}
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def of_create(error: Exception, answer: Bounded) -> ProviderError | OutcomeUnknown:
    """Say what a failed create means. Only what surely started nothing is an error; the rest is to be looked up."""
    if isinstance(error, ProviderError):
        return error
    meaning = STATUSES.get(answer.status or 0)
    if meaning is not None:
        detail = str((error.detail or "") if isinstance(error, ReplicateError) else "")
        return _as_error(meaning, detail, answer.retry_after)
    if isinstance(error, NOT_SENT):
        return ProviderError("provider:call:failed", "Replicate could not be reached.", transient=True)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return ProviderError("provider:call:failed", "REPLICATE_BASE_URL cannot be used.")
    return OutcomeUnknown(f"{type(error).__name__}, status {answer.status}")


def of_upload(error: httpx.HTTPError) -> ProviderError:
    """Say what a failed upload means: nothing was bought, so it may be tried again."""
    return ProviderError("provider:call:failed", f"A file could not be sent ({type(error).__name__}).", transient=True)


def of_answer(response: httpx.Response) -> ProviderError:
    """Say what a bad status of an upload means; nothing was bought."""
    meaning = STATUSES.get(response.status_code)
    if meaning is None:
        passing = response.status_code >= 500
        return ProviderError("provider:call:failed", f"Replicate answered {response.status_code}.", transient=passing)
    return _as_error(meaning, _detail(response), wish(response.headers.get("Retry-After")))


def of_look(problem: httpx.Response | httpx.HTTPError) -> ProviderError:
    """Say what it means that a prediction could not be read: it goes on there, so nearly everything may pass.

    Even a refused key: what was bought must not be given up because somebody is changing the key.
    """
    if not isinstance(problem, httpx.Response):
        text = f"Replicate does not answer ({type(problem).__name__})."
        return ProviderError("provider:call:failed", text, transient=True)
    if problem.status_code == 404:
        text = "Replicate does not know the prediction any more."
        return ProviderError("provider:answer:bad", text, billed=True)
    meaning = STATUSES.get(problem.status_code, Meaning("provider:call:failed"))
    wanted = wish(problem.headers.get("Retry-After"))
    return ProviderError(meaning.code, _detail(problem), transient=True, retry_after=wanted)


def of_failed_run(text: str) -> ProviderError | Interrupted:
    """Say what the error text of a failed prediction means; failed runs are not billed."""
    if _REFUSED.search(text):
        return ProviderError("provider:call:refused", _tidy(text))
    if _BROKEN_OFF.search(text):
        return Interrupted(_tidy(text))
    return ProviderError("provider:call:failed", _tidy(text))


def of_ended_run(status: str) -> ProviderError:
    """Say what a prediction that was stopped means: aborted before it began is free, canceled is billed."""
    if status == "aborted":
        return ProviderError("provider:call:slow", "Replicate did not begin in time; this cost nothing.")
    return ProviderError("provider:call:slow", "The prediction was stopped at Replicate, which bills it.", billed=True)


def _as_error(meaning: Meaning, detail: str, retry_after: float | None) -> ProviderError:
    said = _SECONDS.search(detail)
    pause = retry_after if retry_after is not None else (min(float(said[1]), LONGEST_WISH) if said else None)
    slowed = _PACE.search(detail)
    return ProviderError(
        meaning.code,
        _tidy(detail),
        transient=meaning.transient,
        retry_after=pause if meaning.transient else None,
        pace=max(1, int(slowed[1])) if slowed else None,
    )


def _detail(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return ""
    return _tidy(str(body.get("detail") or "")) if isinstance(body, dict) else ""


def _tidy(text: str) -> str:
    return redact(" ".join(text.split()))[:_LONGEST_DETAIL]
