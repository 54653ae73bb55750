"""Jobs in the admin: lists by words and state, the timeline of one, stopping, starting again with its price told."""

import json
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation import jobs
from generation.admin.base import ROWS_A_PIECE, CostFilter, OwnerFilter, ReadOnlyAdmin, WordsAdmin, csv_of
from generation.admin.stuck import stuck_work
from generation.choices import JobState
from generation.models import Event, Job, ProviderCall
from generation.services.retrying import job_retry
from mvsite.accounts.audit import showed
from mvsite.common.errors import StudioError
from mvsite.common.ids import parse_id
from mvsite.common.usd import usd, usd_at_most

_MOST_EVENTS = 200


class ProviderFilter(admin.SimpleListFilter):
    """Who makes it."""

    title, parameter_name = "provider", "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name them all: asking the rows would read every one of them."""
        return [(name, name) for name in ("replicate", "gemini", "sample")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one's."""
        return queryset.filter(provider=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(WordsAdmin, ReadOnlyAdmin):
    """Everybody's jobs; only the engine writes them, so here they are asked to stop or to start again."""

    search_title, search_told = "model", ("params",)
    list_display = (
        *("kind", "status", "owner", "project", "provider", "model", "estimated_cost_usd", "cost_usd"),
        *("failure", "created_at", "finished_at"),
    )
    list_filter = ("state", "kind", ProviderFilter, "created_at", CostFilter, OwnerFilter)
    list_select_related = ("owner", "project")
    fields = (
        *("kind", "status", "stage", "progress", "owner", "project", "scene", "parent", "family"),
        *("provider", "model", "flavor_revision", "estimated_cost_usd", "cost_usd", "held_usd"),
        *("failure", "request_id"),
        *("queued_at", "started_at", "finished_at", "deadline_at", "next_at", "lease_owner", "lease_until"),
        *("attempts", "failures", "steps", "timeline", "orders", "asked", "answered"),
    )
    readonly_fields = fields
    actions = ("cancel", "retry", "as_table")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Look words up, or the id of a request as a failure tells it: that finds all that was done for it."""
        wanted = search_term.strip().replace("\x00", "")
        asked = queryset.filter(request_id=wanted) if wanted else queryset.none()
        return (asked, False) if asked.exists() else super().get_search_results(request, queryset, search_term)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of what is stuck."""
        own = [path("stuck/", self.admin_site.admin_view(self.stuck), name="generation_job_stuck")]
        return [*own, *super().get_urls()]

    def stuck(self, request: HttpRequest) -> HttpResponse:
        """Show what does not move, the queues and the workers; ring again for what is chosen."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            self._must(request)
            rung = [job for job in Job.objects.active().filter(pk__in=_ids(request)) if jobs.hasten(job.pk)]
            showed(request, *rung)
            for job in rung:
                self.log_change(request, job, "rung again")
            self.message_user(request, f"{len(rung)} rung again: a worker looks at each now.")
            return HttpResponseRedirect(request.path)
        words = {
            **self.admin_site.each_context(request),
            "title": "Stuck work",
            "work": stuck_work(),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/generation/stuck.html", {**words, "may": self._may(request)})

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Say who may stop and start work: whoever may change jobs, though nobody changes their rows."""
        return self._may(request)

    @admin.action(description="Stop", permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Ask the chosen to stop."""
        self._each(request, queryset, jobs.request_cancel, "asked to stop")

    @admin.action(description="Start again …", permissions=["act"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> HttpResponse | None:
        """Tell what it may cost, ask for a reason, then start the chosen again."""
        chosen = list(queryset.filter(state__in=(JobState.FAILED, JobState.CANCELED)).select_related("owner"))
        if request.POST.get("confirmed"):
            reason = request.POST.get("reason", "").strip()[:200]
            self._each(request, chosen, job_retry, f"started again: {reason}" if reason else "started again")
            return None
        prices = [(job, jobs.retry_cost(job)) for job in chosen]
        words = {
            **self.admin_site.each_context(request),
            "title": "Start again",
            "opts": self.opts,
            "jobs": [(job, usd_at_most(price)) for job, price in prices],
            "left_out": queryset.count() - len(chosen),
            "total": usd_at_most(sum((price for _, price in prices), Decimal(0))),
        }
        return TemplateResponse(request, "admin/generation/retry.html", words)

    @admin.action(description="Save the chosen as a table (CSV)", permissions=["view"])
    def as_table(self, request: HttpRequest, queryset: QuerySet[Job]) -> StreamingHttpResponse:
        """Give the table of all of them, however many they are."""
        names = ("id", "kind", "state", "provider", "model", "estimated_cost_usd", "cost_usd", "created_at")
        rows = queryset.select_related("owner").iterator(chunk_size=ROWS_A_PIECE)
        table = ([*(getattr(job, name) for name in names), job.owner.username, _code(job)] for job in rows)
        return csv_of("jobs", (*names, "owner", "error"), table)

    def _each(self, request: HttpRequest, chosen: Any, act: Any, said: str) -> None:
        done = 0
        for job in chosen:
            try:
                act(job)
            except StudioError as error:
                self.message_user(request, f"{job.kind} {job.pk}: {error.text.title}. {error.detail}", messages.WARNING)
                continue
            self.log_change(request, job, said)
            done += 1
        self.message_user(request, f"{done} {said}.")

    def _may(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("generation.change_job"))

    def _must(self, request: HttpRequest) -> None:
        if not self._may(request):
            raise PermissionDenied

    @admin.display(description="state", ordering="state")
    def status(self, job: Job) -> str:
        """Give the state as a mark and a word."""
        return format_html('<span class="state {}">{}</span>', job.state, JobState(job.state).label)

    @admin.display(description="error")
    def failure(self, job: Job) -> str:
        """Give the code, and on the job's own page what it said."""
        detail = (job.error or {}).get("detail", "")
        return format_html("<code>{}</code> {}", _code(job), detail) if job.error else ""

    @admin.display(description="children")
    def family(self, job: Job) -> str:
        """Lead to the jobs it has started."""
        rows = (
            (child.pk, child.kind, JobState(child.state).label) for child in job.children.order_by("created_at")[:100]
        )
        return _rows('<li><a href="/admin/generation/job/{}/change/">{}</a> {}</li>', rows)

    @admin.display(description="what happened")
    def timeline(self, job: Job) -> str:
        """List its newest events, oldest first."""
        newest = list(Event.objects.filter(job=job).order_by("-number")[:_MOST_EVENTS])
        rows = ((f"{event.created_at:%Y-%m-%d %H:%M:%S}", event.kind, _state(event.data)) for event in reversed(newest))
        return _rows("<li><time>{}</time> <b>{}</b> {}</li>", rows)

    @admin.display(description="orders at providers")
    def orders(self, job: Job) -> str:
        """List what was asked of providers, with their own ids and the bills."""
        calls = ProviderCall.objects.filter(job=job).order_by("number")
        rows = (
            (
                *(call.pk, call.number, f"{call.sent_at:%Y-%m-%d %H:%M:%S}", call.provider, call.model, call.outcome),
                *(call.error_code, call.provider_id or "no id", usd(call.cost_usd)),
            )
            for call in calls
        )
        line = (
            '<li><a href="/admin/generation/providercall/{}/change/">{}.</a> <time>{}</time> {} {} <b>{}</b> {} '
            "<code>{}</code> ${}</li>"
        )
        return _rows(line, rows)

    @admin.display(description="what was asked")
    def asked(self, job: Job) -> str:
        """Fold the snapshot of every input."""
        return _folded(job.params)

    @admin.display(description="what came out")
    def answered(self, job: Job) -> str:
        """Fold the result."""
        return _folded(job.result if job.result is not None else job.reserved)


def _rows(line: str, rows: Any) -> SafeString | str:
    told = format_html_join("", line, rows)
    return format_html('<ol class="told">{}</ol>', told) if told else "Nothing."


def _folded(value: Any) -> SafeString:
    text = json.dumps(value, indent=1, ensure_ascii=False, default=str)
    return format_html("<details><summary>Show</summary><pre>{}</pre></details>", text[:100_000])


def _code(job: Job) -> str:
    return str((job.error or {}).get("code", ""))


def _state(data: Any) -> str:
    return " ".join(str(data.get(name) or "") for name in ("state", "stage")) if isinstance(data, dict) else ""


def _ids(request: HttpRequest) -> list[str]:
    return [str(parse_id(text)) for text in request.POST.getlist("job")[:1000]]
