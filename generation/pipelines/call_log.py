"""What is said in the log of one call to a provider (`MV_DEBUG_MODE=true`, docs/events.md)."""

from django.utils import timezone

from generation.models import ProviderCall
from mvsite.logs import debug_event


def log_call(name: str, call: ProviderCall, *, reason: str = "") -> None:
    """Log a call under its event's name: seconds since it was sent, and its bill, before that its estimate."""
    debug_event(
        name,
        provider=call.provider,
        model=call.model,
        number=call.number,
        provider_id=call.provider_id or "",
        status=call.outcome,
        seconds=round((timezone.now() - call.sent_at).total_seconds(), 3),
        cost_usd=float(call.estimated_cost_usd if call.settled_at is None else call.cost_usd),
        reason=reason,
    )
