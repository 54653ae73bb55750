"""What was spent, what is held, and what the budgets still allow."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from generation.api import examples, examples_providers
from generation.api.answers import Shape
from generation.api.fields import an_id
from generation.api.finding import owner_of
from generation.choices import BudgetScope
from generation.models import Project
from generation.money.usage import Span, usage
from mvsite.accounts.quotas import standings
from mvsite.common.bodies import RequestSerializer
from mvsite.common.errors import UserError

_USUAL_DAYS = timedelta(days=29)
_LONGEST = timedelta(days=366)
_YEARS = range(2000, 9000)
_NO_SUCH_DAY = "There was no studio on that day."
_SPENT = {"cost_usd": "4.8036", "calls": 4}
_EXAMPLE: dict[str, Any] = {
    "from": "2026-10-23",
    "to": "2026-11-21",
    "project_id": None,
    **_SPENT,
    "held_usd": "1.6000",
    "by_day": [{"day": "2026-11-21", **_SPENT}],
    "by_provider": [
        {"provider": "replicate", "cost_usd": "4.8000", "calls": 3},
        {"provider": "gemini", "cost_usd": "0.0036", "calls": 1},
    ],
    "by_model": [
        {"provider": "replicate", "model": "google/veo-3.1", "cost_usd": "4.8000", "calls": 3},
        {"provider": "gemini", "model": "gemini-3.8-flash", "cost_usd": "0.0036", "calls": 1},
    ],
    "by_project": [{"project_id": examples.PROJECT_ID, "title": "Storm dance", **_SPENT}],
    "budgets": [examples_providers.BUDGET],
    "quotas": [{"name": "jobs", "used": 3, "limit": 20, "left": 17}],
}


class UsageQuerySerializer(RequestSerializer):
    """What may be asked: `from` and `to` (days, both counted) and `project_id`."""

    to = serializers.DateField(required=False)
    project_id = an_id()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the one whose name is a word of the language."""
        return {"from": serializers.DateField(required=False), **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Fill in the last 30 days; a span must not end before it begins."""
        far = {name: [_NO_SUCH_DAY] for name in ("from", "to") if attrs.get(name) and attrs[name].year not in _YEARS}
        if far:
            raise serializers.ValidationError(far)
        last = attrs.get("to") or max(timezone.now().date(), attrs.get("from") or timezone.now().date())
        first = attrs.get("from") or last - _USUAL_DAYS
        if first > last:
            raise serializers.ValidationError({"to": ["The span ends before it begins."]})
        if last - first >= _LONGEST:
            raise serializers.ValidationError({"from": ["Ask for a year at most."]})
        return {**attrs, "first": first, "last": last}


class SpentSerializer(Shape):
    """What some calls cost, and how many they were."""

    cost_usd = serializers.CharField()
    calls = serializers.IntegerField()


class DaySpentSerializer(SpentSerializer):
    """One day (UTC)."""

    day = serializers.DateField()


class ProviderSpentSerializer(SpentSerializer):
    """One provider."""

    provider = serializers.CharField()


class ModelSpentSerializer(ProviderSpentSerializer):
    """One model of a provider."""

    model = serializers.CharField()


class ProjectSpentSerializer(SpentSerializer):
    """One project; null for what belongs to none."""

    project_id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField(allow_null=True)


class BudgetSerializer(Shape):
    """One budget as it is now; `left_usd` is what neither is spent nor held, null without a limit."""

    scope = serializers.ChoiceField(choices=BudgetScope.choices)
    project_id = serializers.UUIDField(allow_null=True)
    day = serializers.DateField(allow_null=True)
    mode = serializers.CharField(help_text="At the limit: observe, warn or stop.")
    limit_usd = serializers.CharField(allow_null=True)
    spent_usd = serializers.CharField()
    held_usd = serializers.CharField()
    left_usd = serializers.CharField(allow_null=True)


class QuotaSerializer(Shape):
    """How much of a quota is used now; without a limit `limit` and `left` are null."""

    name = serializers.CharField(help_text="`jobs`: how many are under way; `storage`: bytes, the trash included.")
    used = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)


class UsageSerializer(SpentSerializer):
    """The bills of a span of days, what unfinished jobs hold now, budgets and quotas. Amounts are USD as texts."""

    to = serializers.DateField()
    project_id = serializers.UUIDField(allow_null=True)
    held_usd = serializers.CharField()
    by_day = DaySpentSerializer(many=True)
    by_provider = ProviderSpentSerializer(many=True)
    by_model = ModelSpentSerializer(many=True)
    by_project = ProjectSpentSerializer(many=True)
    budgets = BudgetSerializer(many=True)
    quotas = QuotaSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the one whose name is a word of the language."""
        return {"from": serializers.DateField(), **super().get_fields()}


class UsageView(APIView):
    """`GET /api/mv/usage`."""

    @extend_schema(
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, description="First day (UTC); 30 days before the last one."),
            OpenApiParameter("to", OpenApiTypes.DATE, description="Last day; today."),
            OpenApiParameter("project_id", OpenApiTypes.UUID, description="Only what belongs to this project."),
        ],
        responses=UsageSerializer,
        examples=[examples.answer("A project of one afternoon", _EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        """Read what was spent by day, provider, model and project, what is held, and what the budgets still allow."""
        owner = owner_of(request)
        query = UsageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        words = query.given
        project_id = words.get("project_id")
        if project_id is not None and not Project.objects.for_user(owner).filter(pk=project_id).exists():
            raise UserError("user:request:not_found")
        spent = usage(Span(owner.pk, words["first"], words["last"], project_id))
        return Response({**spent, "quotas": [each.told() for each in standings(owner.pk)]})
