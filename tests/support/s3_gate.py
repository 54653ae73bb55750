"""Signature version 4, checked as Amazon does: in headers, in presigned addresses, with expiry and payload hash.

moto stores and answers like S3 but believes every signature; this stands in front of it. The clock is the gate's own,
so that expiry is tried by moving it.
"""

import hashlib
import hmac
import io
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]
_LONGEST = 604_800
_SKEW = 900


class RefusedError(Exception):
    """A request that a real server would refuse."""

    def __init__(self, code: str, message: str, status: str = "403 Forbidden") -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says about its signature."""

    credential: list[str]
    when: str
    headers: list[str]
    signature: str
    query: list[tuple[str, str]]
    payload: str


class SignatureGate:
    """Lets only requests through that `secrets` (key id → secret) signed, and that are not too old."""

    def __init__(self, app: App, secrets: Mapping[str, str]) -> None:
        self.app = app
        self.secrets = secrets
        self.ahead = timedelta()
        self._since = datetime.min.replace(tzinfo=UTC)

    def expire(self) -> None:
        """Refuse every presigned address there is by now; those that are signed from now on hold."""
        self._since = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        time.sleep((self._since - datetime.now(UTC)).total_seconds())

    def __call__(self, environ: Environ, start: Any) -> Iterable[bytes]:
        try:
            self._check(environ)
        except RefusedError as refused:
            return self._refuse(environ, start, refused)
        except (KeyError, ValueError) as broken:
            malformed = RefusedError("AuthorizationHeaderMalformed", repr(broken), "400 Bad Request")
            return self._refuse(environ, start, malformed)
        return self.app(environ, start)

    def _check(self, environ: Environ) -> None:
        path, _, query = str(environ["RAW_URI"]).partition("?")
        pairs = [
            (unquote(name), unquote(value)) for name, _, value in (p.partition("=") for p in query.split("&") if p)
        ]
        claim = self._presigned(environ, pairs) if "X-Amz-Signature" in dict(pairs) else self._signed(environ, pairs)
        key_id, *scope = claim.credential
        if key_id not in self.secrets:
            raise RefusedError("InvalidAccessKeyId", "no such key")
        told = "".join(f"{name}:{' '.join(_header(environ, name).split())}\n" for name in claim.headers)
        asked = "&".join(f"{name}={value}" for name, value in sorted((_quoted(n), _quoted(v)) for n, v in claim.query))
        canonical = "\n".join([environ["REQUEST_METHOD"], path, asked, told, ";".join(claim.headers), claim.payload])
        text = "\n".join(
            ["AWS4-HMAC-SHA256", claim.when, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()]
        )
        expected = hmac.new(_key(self.secrets[key_id], scope), text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, claim.signature):
            raise RefusedError("SignatureDoesNotMatch", "the signature does not match")

    def _presigned(self, environ: Environ, pairs: list[tuple[str, str]]) -> Claim:
        if environ.get("HTTP_AUTHORIZATION"):
            raise RefusedError("InvalidArgument", "Only one auth mechanism allowed", "400 Bad Request")
        words = dict(pairs)
        seconds = int(words["X-Amz-Expires"])
        if not 0 < seconds <= _LONGEST:
            raise RefusedError("AuthorizationQueryParametersError", "expires is out of range", "400 Bad Request")
        signed = _time(words["X-Amz-Date"])
        if signed < self._since or self._now() > signed + timedelta(seconds=seconds):
            raise RefusedError("AccessDenied", "Request has expired")
        rest = [pair for pair in pairs if pair[0] != "X-Amz-Signature"]
        return Claim(
            words["X-Amz-Credential"].split("/"),
            words["X-Amz-Date"],
            words["X-Amz-SignedHeaders"].split(";"),
            words["X-Amz-Signature"],
            rest,
            "UNSIGNED-PAYLOAD",
        )

    def _signed(self, environ: Environ, pairs: list[tuple[str, str]]) -> Claim:
        told = environ.get("HTTP_AUTHORIZATION", "")
        if not told.startswith("AWS4-HMAC-SHA256 "):
            raise RefusedError("AccessDenied", "anonymous")
        words = dict(part.strip().split("=", 1) for part in told.partition(" ")[2].split(","))
        when = environ["HTTP_X_AMZ_DATE"]
        if abs(self._now() - _time(when)) > timedelta(seconds=_SKEW):
            raise RefusedError("RequestTimeTooSkewed", "the clocks differ")
        payload = environ["HTTP_X_AMZ_CONTENT_SHA256"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if payload != "UNSIGNED-PAYLOAD" and hashlib.sha256(body).hexdigest() != payload:
            raise RefusedError("XAmzContentSHA256Mismatch", "other bytes than were signed", "400 Bad Request")
        return Claim(
            words["Credential"].split("/"), when, words["SignedHeaders"].split(";"), words["Signature"], pairs, payload
        )

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @staticmethod
    def _refuse(environ: Environ, start: Any, refused: RefusedError) -> list[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return error_answer(start, refused.status, refused.code, refused.message)


def error_answer(start: Any, status: str, code: str, message: str) -> list[bytes]:
    """Answer an error in S3's words."""
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'.encode()
    start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]


def _header(environ: Environ, name: str) -> str:
    plain = name.upper().replace("-", "_")
    return str(environ.get(plain if name in {"content-type", "content-length"} else f"HTTP_{plain}", ""))


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _key(secret: str, scope: list[str]) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
