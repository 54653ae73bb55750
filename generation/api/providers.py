"""`GET /api/mv/providers`: who can make what, for how much, and how they are doing."""

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from generation.api import examples_providers
from generation.api.answers import AnyObject, Shape
from generation.api.finding import owner_of
from generation.providers.health import Health
from generation.providers.overview import overview

_HEALTH = [each.value for each in Health]


class PriceSerializer(Shape):
    """Today's USD a unit (call, image, second, run); the first of `cases` that fits goes before it.

    `dated` is the day on which it was read; `later` are prices that are announced: `from` (a day in UTC), usd, cases.
    """

    unit = serializers.CharField()
    usd = serializers.CharField()
    cases = serializers.ListField(child=AnyObject())
    dated = serializers.DateField(allow_null=True)
    later = serializers.ListField(child=AnyObject())


class ProviderModelSerializer(Shape):
    """One model. `typical_seconds` is the catalogue's guess, `measured_seconds` the median of the last calls here."""

    model = serializers.CharField()
    makes = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    configured = serializers.BooleanField()
    missing_settings = serializers.ListField(child=serializers.CharField())
    health = serializers.ChoiceField(choices=_HEALTH)
    features = serializers.ListField(child=serializers.CharField())
    limits = AnyObject()
    bends = serializers.ListField(child=AnyObject())
    price = PriceSerializer()
    typical_seconds = serializers.FloatField()
    measured_seconds = serializers.FloatField(allow_null=True)
    measured_calls = serializers.IntegerField()
    retires = serializers.DateField(allow_null=True)
    retired = serializers.BooleanField()
    successor = serializers.CharField(allow_null=True)


class ProviderSerializer(Shape):
    """One provider; `missing_settings` names what its unconfigured models need, never a value."""

    name = serializers.CharField()
    configured = serializers.BooleanField()
    missing_settings = serializers.ListField(child=serializers.CharField())
    health = serializers.ChoiceField(choices=_HEALTH)
    models = ProviderModelSerializer(many=True)


@extend_schema_serializer(examples=examples_providers.PROVIDERS)
class ProvidersSerializer(Shape):
    """All providers, and by role the models that would be asked today, first choice first."""

    providers = ProviderSerializer(many=True)
    roles = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class ProvidersView(APIView):
    """`GET /api/mv/providers`."""

    @extend_schema(responses=ProvidersSerializer)
    def get(self, request: Request) -> Response:
        """List who can make what: settings that are missing, health, features, limits, prices and waiting times."""
        owner_of(request)
        return Response(overview(), headers={"Cache-Control": "private, max-age=5"})
