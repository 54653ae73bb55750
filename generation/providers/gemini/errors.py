"""What Google's errors mean to the studio: one table by status, and what a broken line means for each kind of call.

The SDK has two families of errors (`models`, `operations` and `files`; `interactions`), the second in a private
module, and lets the HTTP library's through: all are read by what they carry, not by their class.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from google.auth.exceptions import GoogleAuthError, TransportError

from generation.ports import OutcomeUnknown
from mvsite.common.errors import ProviderError
from mvsite.logs import redact


class Call(Enum):
    """What was being done: it decides what a lost answer means."""

    ASK = "ask"  # scenes: no id, cannot be looked up; money may be spent
    SUBMIT = "submit"  # a clip: money may be spent
    FOLLOW = "follow"  # polls, downloads, cancels: cost nothing, can be repeated


@dataclass(frozen=True, slots=True)
class Meaning:
    """The studio's code, and whether it is worth another try by itself."""

    code: str
    transient: bool = False


_BY_STATUS: dict[int, Meaning] = {
    400: Meaning("provider:call:invalid"),
    401: Meaning("provider:call:auth"),
    402: Meaning("provider:call:credit"),
    403: Meaning("provider:call:auth"),
    404: Meaning("provider:call:gone"),
    429: Meaning("provider:call:busy", transient=True),
    503: Meaning("provider:call:busy", transient=True),
}
_OTHER_4XX = Meaning("provider:call:invalid")
_LONGEST_WAIT = 120.0
# By name, because the SDK works with httpx or httpx2 as its environment says.
_NEVER_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
_BROKEN_LINE = {"HTTPError", "StreamError", "APIConnectionError"}
_UNREADABLE = {"APIError", "UnknownApiResponseError", "JSONDecodeError", "ValidationError"}


@contextmanager
def translated(call: Call) -> Iterator[None]:
    """Turn whatever the SDK raises into ProviderError, or into OutcomeUnknown when something may have been bought."""
    try:
        yield
    except Exception as error:
        found = _translation(error, call)
        if found is None:
            raise
        raise found from None  # the vendor's own text may hold anything


def refused(why: str) -> ProviderError:
    """Say that the safety filter stopped it; `why` is what the provider named."""
    return ProviderError("provider:call:refused", f"Gemini refused it: {short(why)}.")


def _translation(error: Exception, call: Call) -> ProviderError | OutcomeUnknown | None:
    ours = next((each for each in (error, error.__cause__) if isinstance(each, ProviderError)), None)
    if ours is not None:
        return ours
    status, body = _read(error)
    if status is not None and status >= 400:
        return _answered(status, body, call)
    if isinstance(error, GoogleAuthError):
        return _of_sign_in(error, call)
    names = {kind.__name__ for each in (error, error.__cause__) if each for kind in type(each).__mro__}
    if "UnsupportedProtocol" in names:
        return ProviderError("provider:call:failed", "The address set for Gemini cannot be used.")
    if names & _NEVER_SENT:
        return ProviderError("provider:call:failed", "Gemini cannot be reached.", transient=True)
    if "TimeoutException" in names:
        return _lost("provider:call:slow", call, "Gemini did not answer in time.")
    if names & (_BROKEN_LINE | _UNREADABLE) or _is_of_the_sdk(error):
        return _lost("provider:call:failed", call, "The line to Gemini broke.")
    return None


def _of_sign_in(error: GoogleAuthError, call: Call) -> ProviderError:
    if isinstance(error, TransportError) or error.retryable:
        return ProviderError("provider:call:failed", "Google's sign-in cannot be reached.", transient=True)
    say = "Signing in to Google Cloud did not work."
    return ProviderError("provider:call:auth", say, transient=call is Call.FOLLOW)


def _is_of_the_sdk(error: Exception) -> bool:
    """Say whether the SDK stumbled over an answer: JSON of another shape ends in its code as any kind of error."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith("google.genai")


def _lost(code: str, call: Call, say: str) -> ProviderError | OutcomeUnknown:
    """Judge an answer that did not come or cannot be read: only what costs nothing is tried again."""
    return ProviderError(code, say, transient=True) if call is Call.FOLLOW else OutcomeUnknown(say)


def _answered(status: int, body: Mapping[str, Any], call: Call) -> ProviderError | OutcomeUnknown:
    if status >= 500 and status not in _BY_STATUS:
        if call is Call.ASK:  # Google writes that a failed request is not charged
            return ProviderError("provider:call:failed", f"Gemini failed (HTTP {status}).")
        return _lost("provider:call:failed", call, f"Gemini failed (HTTP {status}).")
    said = short(str(body.get("message") or "")) or f"HTTP {status}"
    if status == 404 and call is Call.FOLLOW:
        return ProviderError("provider:answer:bad", f"Gemini no longer has it: {said}", billed=True)
    meaning = _refined(status, body) or _BY_STATUS.get(status, _OTHER_4XX)
    # What was bought goes on there: it is not given up because somebody is changing a key.
    passing = meaning.transient or call is Call.FOLLOW
    return ProviderError(
        meaning.code, f"Gemini: {said}", transient=passing, retry_after=_delay(body) if passing else None
    )


def _refined(status: int, body: Mapping[str, Any]) -> Meaning | None:
    """Tell what a status alone does not: a bad key is a 400, and a daily quota does not come back in a minute."""
    if status == 400 and any(each.get("reason") == "API_KEY_INVALID" for each in _details(body)):
        return Meaning("provider:call:auth")
    if status == 429 and any(
        "perday" in str(violation.get("quotaId", "")).lower()
        for each in _details(body)
        for violation in each.get("violations", ())
    ):
        return Meaning("provider:call:credit")
    return None


def _delay(body: Mapping[str, Any]) -> float | None:
    """Read RetryInfo's wish in seconds, capped: a provider must not park a job for days."""
    for each in _details(body):
        found = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(each.get("retryDelay", "")))
        if found:
            return min(float(found[1]), _LONGEST_WAIT)
    return None


def _read(error: Exception) -> tuple[int | None, Mapping[str, Any]]:
    """Give the HTTP status an error carries, and the `error` object of its JSON body, empty when it was no JSON."""
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    body = getattr(error, "body", None) or getattr(error, "details", None)
    if isinstance(body, list) and body:
        body = body[0]
    inner = body.get("error") if isinstance(body, Mapping) else None
    return (status if isinstance(status, int) else None), (inner if isinstance(inner, Mapping) else {})


def _details(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = body.get("details")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def short(text: str) -> str:
    """Make a vendor's text fit to be shown: no secrets, one line, at most 300 characters."""
    return redact(" ".join(text.split()))[:300].rstrip(". ")
