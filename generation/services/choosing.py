"""Choosing who makes something by the features asked for, who may step in, and asking back when it costs much."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.conf import settings

from flavors.selectors import ResolvedFlavor
from generation.choices import FailOver, JobKind
from generation.providers import fitting
from generation.providers.health import Health, health_of
from generation.providers.prices import price_of
from generation.providers.registry import catalogue, model_facts, offered
from mvsite.common.errors import ProviderError, UserError
from mvsite.common.usd import usd_at_most

_SHAPE = ("duration", "aspect_ratio", "resolution")
_CHARACTER_WEIGHS = 10  # another face is worse than another shape


@dataclass(frozen=True, slots=True)
class Option:
    """What one model makes of a request: the words as it makes them, USD a call, and what it leaves out.

    `lost` names the wishes that come to nothing; `stand_ins` are those who may take over, best first.
    """

    provider: str
    model: str
    words: Mapping[str, Any]
    usd: Decimal
    not_sent: tuple[str, ...]
    warnings: tuple[str, ...]
    lost: frozenset[str]
    stand_ins: tuple["Option", ...] = ()

    @property
    def most_usd(self) -> Decimal:
        """The price of the dearest who may make it in the end."""
        return max(each.usd for each in (self, *self.stand_ins))

    def snapshot(self) -> dict[str, Any]:
        """Give what a job keeps of the choice, beside the words."""
        return {
            "model": self.model,
            "parameters_not_sent": list(self.not_sent),
            "own_warnings": list(self.warnings),
            "stand_ins": [each.as_stand_in() for each in self.stand_ins],
        }

    def as_stand_in(self) -> dict[str, Any]:
        """Give what a job must know to let this one take over."""
        return {
            "provider": self.provider,
            "model": self.model,
            "words": {name: self.words[name] for name in _SHAPE if name in self.words},
            "usd": str(self.usd),
            "parameters_not_sent": list(self.not_sent),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Offer:
    """What one call would buy: `times` things of this option. The estimate and the call itself are made of it."""

    kind: JobKind
    option: Option
    flavor: ResolvedFlavor
    times: int = 1
    words: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def usd(self) -> Decimal:
        """The price of all of it."""
        return self.option.usd * self.times

    @property
    def most_usd(self) -> Decimal:
        """What it can cost at most when others step in."""
        return self.option.most_usd * self.times

    def confirm(self, confirmed: Decimal | None) -> None:
        """Ask back when it may cost much. Raises user:cost:confirm."""
        confirm_price(estimate=self.most_usd, confirmed=confirmed)

    def bought(self) -> dict[str, Any]:
        """Give the job's own columns: who makes it, and for how much."""
        return {
            "kind": self.kind,
            "provider": self.option.provider,
            "model": self.option.model,
            "flavor_revision_id": self.flavor.revision_id,
            "estimated_cost_usd": self.usd,
        }

    def snapshot(self) -> dict[str, Any]:
        """Give what the job's parameters hold of it."""
        return {**self.words, **self.option.words, **self.option.snapshot(), "warnings": [*self.warnings]}


@dataclass(frozen=True, slots=True)
class Naming:
    """Who was named: a model or a backend by the call, a role or model by the flavor; and who may step in."""

    model: str | None = None
    flavor_model: str | None = None
    backend: str | None = None
    fail_over: FailOver | None = None

    def name(self, makes: str) -> str:
        """Give the role or model that counts; a backend named by the call goes before the flavor's model."""
        role = f"{makes}.default"
        own = self.flavor_model or role
        if self.model is None and self.backend and own not in catalogue()["roles"]:
            return own if model_facts(own)["provider"] == self.backend else role
        return self.model or own

    def may_fail_over(self, name: str) -> FailOver:
        """Say who may step in: who was named is obeyed, unless the call allows more."""
        free = name in catalogue()["roles"] and not self.backend
        return FailOver(self.fail_over or (FailOver.NO_DEARER if free else FailOver.NEVER))


def choose(makes: str, words: Mapping[str, Any], wishes: Iterable[str], naming: Naming) -> Option:
    """Choose who makes this: the first that can do all that is wished, else the first that loses least.

    `makes` is the catalogue's word (scenes, image, clip, lipsync). One that is down is passed over while another can
    do it at no higher price. Raises provider:feature:missing, user:model:retired.
    """
    name = naming.name(makes)
    asked = frozenset(wishes)
    options = _options(makes, name, naming.backend, words, asked)
    first = min(options, key=lambda option: _weight(option.lost))
    rule = naming.may_fail_over(name)
    if rule is FailOver.NEVER or first.provider == "sample":
        return first
    role = name if name in catalogue()["roles"] else f"{makes}.default"
    pool = [each for each in _options(makes, role, None, words, asked) if each.provider != "sample"]
    first = replace(first, stand_ins=_stand_ins(first, pool, rule))
    return _well(first, pool, rule)


def confirm_price(*, estimate: Decimal, confirmed: Decimal | None) -> None:
    """Pass when the estimate is below the threshold or was confirmed; else raise user:cost:confirm with it.

    The amount that is told, rounded up, confirms it.
    """
    if estimate == 0 or estimate < settings.MV_CONFIRM_ABOVE_USD:
        return
    if confirmed is None or confirmed < estimate:
        raise UserError(
            "user:cost:confirm",
            f"This costs about ${estimate:.2f}.",
            extra={"estimated_cost_usd": usd_at_most(estimate)},
        )


def _options(
    makes: str, name: str, backend: str | None, words: Mapping[str, Any], wishes: frozenset[str]
) -> list[Option]:
    """Return what each who is asked for `name` makes of it, without those who cannot make its shape at all."""
    found, wrong = [], ""
    for choice in offered(name, backend):
        if model_facts(choice.model)["makes"] != makes:
            sentence = f"{choice.model} makes {model_facts(choice.model)['makes']}, not {makes}."
            raise ProviderError("provider:feature:missing", sentence)
        objection = fitting.objection(choice.model, words)
        wrong = wrong or objection
        if not objection:
            found.append(_option(choice.provider, choice.model, words, wishes))
    if not found:
        raise ProviderError("provider:feature:missing", wrong)
    return found


def _option(provider: str, model: str, words: Mapping[str, Any], wishes: frozenset[str]) -> Option:
    made, changed = fitting.bent(model, words)
    lost, said = fitting.losses(model, words, wishes)
    left_out = fitting.not_sent(model, words)
    return Option(provider, model, made, price_of(model, words), left_out, (*changed, *said), lost)


def _weight(lost: frozenset[str]) -> int:
    return sum(_CHARACTER_WEIGHS if name == fitting.REFERENCE else 1 for name in lost)


def _stand_ins(first: Option, pool: Iterable[Option], rule: FailOver) -> tuple[Option, ...]:
    """Return those of the pool that do all that the first does, and cost no more unless that is allowed."""
    others = [each for each in pool if each.model != first.model and each.lost <= first.lost]
    return tuple(each for each in others if rule is FailOver.ANY_PRICE or each.usd <= first.usd)


def _well(first: Option, pool: list[Option], rule: FailOver) -> Option:
    """Put a stand-in first while the provider of the first is down."""
    if health_of(first.model) is not Health.DOWN:
        return first
    other = next((each for each in first.stand_ins if health_of(each.model) is not Health.DOWN), None)
    if other is None:
        return first
    say = f"{first.provider} is down at the moment; {other.model} makes it instead of {first.model}."
    return replace(other, warnings=(*other.warnings, say), stand_ins=_stand_ins(other, pool, rule))
