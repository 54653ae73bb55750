"""Jobs: list, read, follow, cancel, retry, decide."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assets.addresses import freshened
from generation.api.answers import FeedSerializer, JobSerializer
from generation.api.bodies import EmptySerializer, ResolveSerializer, RetrySerializer
from generation.api.feed import AFTER, feed_response
from generation.api.filters import JobFilter
from generation.api.finding import owner_of
from generation.api.resources import ResourceViewSet, checked
from generation.api.waiting import start_work
from generation.choices import JobKind
from generation.jobs import jobs_data, request_cancel, resolve
from generation.models import Event, Job
from generation.services.members import role_of
from generation.services.retrying import agreed_to, job_retry
from mvsite.accounts.throttles import count_fetch


@extend_schema_view(
    list=extend_schema(responses=JobSerializer(many=True)), retrieve=extend_schema(responses=JobSerializer)
)
class JobViewSet(ResourceViewSet):
    """`/api/mv/jobs/`."""

    queryset = Job.objects.all()
    filterset_class = JobFilter
    search_fields = ("kind", "stage", "provider", "model")
    ordering_fields = ("created_at", "updated_at", "queued_at")

    def shape(self, row: Job) -> dict[str, Any]:
        """Answer a job."""
        return self.shapes([row])[0]

    def shapes(self, rows: Sequence[Job]) -> list[dict[str, Any]]:
        """Answer jobs, each with who is before it."""
        return [freshened(told) for told in jobs_data(rows)]

    @extend_schema(request=EmptySerializer, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Ask a job to stop; what was bought and arrives all the same is kept. 409 while it waits for a decision."""
        job = self.get_object()
        checked(EmptySerializer, request)
        return self.post_once(lambda: self.answer(request_cancel(job)))

    @extend_schema(request=RetrySerializer, responses={202: JobSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Start a failed or canceled job again, with the same ids; 409 for a film that a newer one has replaced.

        A price above the limit is asked back first; `estimate` tells it as the call `retry`. A download counts as
        something fetched in this minute, as its first call does.
        """
        job = self.get_object()
        agree = agreed_to(checked(RetrySerializer, request).given.get("confirm_cost_usd"))

        def start() -> Job:
            if job.kind == JobKind.DOWNLOAD:
                count_fetch(owner_of(request))
            return job_retry(job, agree=agree)

        return start_work(request, start)

    @extend_schema(request=ResolveSerializer, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Decide about a job in `needs_review`, after a look at the provider's list.

        What is sent again may cost as much again: above the limit that is asked back, as for `retry`.
        """
        job = self.get_object()
        words = checked(ResolveSerializer, request).given
        bought, agree = words["outcome"] == "bought", agreed_to(words.get("confirm_cost_usd"))
        return self.post_once(lambda: self.answer(resolve(job, bought=bought, agree=agree)))

    @extend_schema(parameters=[AFTER], responses={200: FeedSerializer, 304: None})
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def events(self, request: Request, pk: str) -> Response:
        """Read what happened to a job and its children after a cursor."""
        job = self.get_object()
        rows = Event.objects.filter(Q(job=job) | Q(job__parent=job))
        return feed_response(request, stream=job.stream_id, rows=rows, role=role_of(owner_of(request), job))
