"""Requests made from the OpenAPI document: right ones and wrong ones, to every operation, each answer held to it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mvsite.common.charsets import StudioHandler

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LOCAL = {"Host": "127.0.0.1"}
# what some programs send as Idempotency-Key: the same for other bodies and addresses, and what is no key
KEYS = ("key-1", "key-1", "key-2", "a b", "x" * 300, "a/../b?c=%00", "\u00e9")


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep the database open between requests, as Django's own test client does: the test's transaction is in it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@dataclass
class Storm:
    """What came of it: how many requests, which statuses, and every answer that broke the contract."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: dict[str, str] = field(default_factory=dict)
    operations: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)  # POSTs that did something
    headers: Mapping[str, str] = field(default_factory=dict)
    seen: Callable[[bytes], None] = lambda body: None

    def __str__(self) -> str:
        kinds = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        did = f"{sum(self.taken.values())} POSTs of {len(+self.taken)} operations did something"
        return f"{self.sent} requests to {len(self.operations)} operations ({kinds}), {did}, {len(self.broken)} broken"


def storm(
    *,
    count: int,
    ids: list[str],
    number: int = 0,
    headers: Mapping[str, str] = LOCAL,
    seen: Callable[[bytes], None] = lambda body: None,
) -> Storm:
    """Send `count` requests, spread over all operations; every second id is one of `ids`. `seen` hears each answer.

    `headers` go with each: the host, and who asks. POSTs carry an Idempotency-Key, some of them the same.
    """
    with one_connection():
        return _storm(count, ids, number, Storm(headers=headers, seen=seen))


def _storm(count: int, ids: list[str], number: int, weather: Storm) -> Storm:
    address = "/api/schema/?format=json"
    schema = schemathesis.openapi.from_wsgi(address, _local_studio(), headers=dict(weather.headers))
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    per_round = max(1, count // len(operations))
    while weather.sent < count:
        number += 1
        for operation in operations:
            _blow(operation, min(per_round, count - weather.sent), number, ids, weather)
            if weather.sent >= count:
                break
    return weather


def _local_studio() -> Callable[..., Iterable[bytes]]:
    """The studio as a WSGI application that is asked from its own machine: the client in between names no address."""
    studio = StudioHandler()
    return lambda environ, start_response: studio({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)


def _strategies(operation: Any) -> Iterator[st.SearchStrategy[Case[Any]]]:
    yield operation.as_strategy(GenerationMode.POSITIVE)
    # A path is text whatever is put into it: of one without body and query there is no wrong form to be drawn.
    if operation.body or operation.query:
        yield operation.as_strategy(GenerationMode.NEGATIVE)


def _blow(operation: Any, count: int, number: int, ids: list[str], weather: Storm) -> None:
    """Send up to `count` requests to one operation; a simple one has fewer that differ."""
    strategies = list(_strategies(operation))
    shares = [count // len(strategies) + (n < count % len(strategies)) for n in range(len(strategies))]
    for strategy, share in zip(strategies, shares, strict=True):
        if not share:
            continue

        @seed(number)
        @settings(
            max_examples=share,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=strategy,
            row=st.one_of(st.none(), st.sampled_from(ids)),
            inner=st.sampled_from(ids),
            key=st.sampled_from(("",) * 5 * len(KEYS) + ("new",) * 2 * len(KEYS) + KEYS),  # one in eight is odd
        )
        def one(case: Case[Any], row: str | None, inner: str, key: str) -> None:
            _send(_aimed(case, row, inner, key), weather)

        try:
            one()
        except Unsatisfiable:
            continue  # nothing wrong can be sent to it


def _aimed(case: Case[Any], row: str | None, inner: str, key: str) -> Case[Any]:
    """Let a case meet rows and keys that exist: random ones would only ever be unknown. None may wait for its job."""
    case.headers.pop("Prefer", None)
    case.headers.pop("Idempotency-Key", None)
    if key and case.method == "POST":
        case.headers["Idempotency-Key"] = key if key != "new" else uuid4().hex
    if row is None:
        return case
    for name in case.path_parameters:
        case.path_parameters[name] = row
    if isinstance(case.body, dict):
        for name in [name for name in case.body if name.endswith("_id")]:
            case.body[name] = inner
    return case


def _send(case: Case[Any], weather: Storm) -> None:
    name = f"{case.method} {case.operation.path}"
    weather.sent += 1
    weather.operations[name] += 1
    answer = case.call(headers=dict(weather.headers))
    weather.statuses[answer.status_code] += 1
    weather.taken[name] += case.method == "POST" and answer.status_code in {200, 201, 202}
    weather.seen(answer.content)
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        for failure in group.exceptions:
            weather.broken.setdefault(f"{name}: {type(failure).__name__} {answer.status_code}", str(failure)[:1500])
