"""The event feed: what happened after a number, cheap to ask for again and again (UI.md 1.2)."""

import hashlib
import uuid

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from assets.addresses import freshened
from generation import events
from generation.api.tagged import tagged
from generation.models import Event, MemberRole
from generation.services.removed import Veil

PAGE = 500
_LAST_POSSIBLE = 2**63 - 1
AFTER = OpenApiParameter("after", int, description="The cursor of the answer before; 0 for everything.", default=0)


def feed_response(request: Request, *, stream: uuid.UUID, rows: QuerySet[Event], role: str) -> Response:
    """Answer the events of `rows` after `?after=N`, oldest first, at most 500; 304 when the client has seen them.

    Whose `role` in the project (`stream`) is to view hears of scenes that are removed by now only that they are.

    Numbers are committed in order (see `EventStream`), so going on from the cursor never skips one.
    """
    after = _after(request)
    found = list(rows.filter(stream_id=stream, number__gt=after).order_by("number")[:PAGE])
    # A cursor from beyond the end (of a studio that was restored from a backup) comes back to the end.
    cursor = found[-1].number if found else min(after, events.cursor(stream))
    told = [{"id": event.number, "kind": event.kind, "data": event.data} for event in found]
    tag = f"{stream.hex[:12]}-{after}-{cursor}"
    if role == MemberRole.VIEW and told:
        veil = Veil(stream)
        told = veil.events(told)
        tag += f"-{hashlib.sha256(' '.join(sorted(veil.hidden)).encode()).hexdigest()[:12]}"
    return tagged(request, tag, {"cursor": cursor, "events": freshened(told)})


def _after(request: Request) -> int:
    text = request.query_params.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= _LAST_POSSIBLE):
        raise ValidationError({"after": ["A cursor is a whole number, 0 or more."]})
    return int(text)
