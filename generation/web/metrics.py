"""Numbers for Prometheus, all from the rows that every process shares: whichever web process is asked says the same."""

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from generation import measures
from mvsite.common.visitors import is_from_here


class StudioNumbers(Collector):
    """Turns each measure of the studio into a gauge; counts of things past are those of a window that ends now."""

    def describe(self) -> list[GaugeMetricFamily]:
        """Name nothing beforehand: reading the rows is for whoever asks."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Measure now."""
        for measure in measures.all_measures():
            family = GaugeMetricFamily(f"mv_{measure.name}", measure.text, labels=measure.labels)
            for values, number in measure.numbers:
                family.add_metric([str(value) for value in values], number)
            yield family


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give all numbers; 404 for whoever comes neither with the token nor from this machine itself."""
    if not _may_read(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(StudioNumbers())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    """Let in who names the token; without one only this machine itself."""
    if settings.MV_METRICS_TOKEN:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.MV_METRICS_TOKEN}")
    return is_from_here(request)
