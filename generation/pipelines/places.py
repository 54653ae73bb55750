"""Before anything is ordered: a place in the provider's lane and the intent, in one transaction."""

from django.db import transaction

from generation import money
from generation.choices import JobState
from generation.jobs import Claim, lanes
from generation.models import ProviderCall
from generation.pipelines.outcomes import Park


def intent_or_wait(claim: Claim, *, provider: str, model: str, request_hash: str) -> ProviderCall | Park:
    """Write down what is about to be ordered, or say how long to wait for a place."""
    with transaction.atomic():
        place = lanes.take_place(claim.job, model)
        if isinstance(place, lanes.InLine):
            return Park(place.after, place.stage, JobState.WAITING)
        return money.intent(claim.job, provider=provider, model=model, request_hash=request_hash, lane=place)
