"""Before anything is ordered: a place in the provider's lane and the intent, in one transaction."""

from django.db import transaction

from generation import money
from generation.choices import JobState
from generation.jobs import Claim, lanes
from generation.models import ProviderCall
from generation.pipelines.outcomes import Park
from mvsite.accounts.models import User
from mvsite.common.errors import ProviderError, UserError

REFUSED_BUT_MAY_TRY = 8
"""How often one attempt of a job may be refused by a busy provider."""


class NoPlace(Exception):  # noqa: N818  nothing went wrong: it is a matter of time
    """There is no place yet; `park` says how long to wait."""

    def __init__(self, park: Park) -> None:
        super().__init__(park.stage)
        self.park = park


def intent_or_wait(claim: Claim, *, provider: str, model: str, request_hash: str) -> ProviderCall | Park:
    """Write down what is about to be ordered, or say how long to wait for a place.

    Raises user:account:shut for an owner who may not come in any more: nothing new is bought for them.
    """
    with transaction.atomic():
        if not User.objects.filter(pk=claim.job.owner_id, is_active=True).exists():
            raise UserError("user:account:shut")
        place = lanes.take_place(claim.job, model)
        if isinstance(place, lanes.InLine):
            return Park(place.after, place.stage, JobState.WAITING)
        return money.intent(claim.job, provider=provider, model=model, request_hash=request_hash, lane=place)


def refused_by(claim: Claim, call: ProviderCall, error: ProviderError, *, pause: float) -> None:
    """Free the place of a call that was refused; "busy" means the whole account, so its lane is closed for a while."""
    if error.code == "provider:call:busy":
        lanes.pause_lane(call, claim.job, pause, pace=error.pace)
    lanes.place_freed(call)
