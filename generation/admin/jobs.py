"""Jobs in the admin: lists by words and state, the timeline of one, stopping, starting again with its price told."""

import json
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation import jobs, money
from generation.admin.asking import Question
from generation.admin.base import ROWS_A_PIECE, CostFilter, MoneyColumns, OwnerFilter, ReadOnlyAdmin, WordsAdmin, csv_of
from generation.admin.stuck import stuck_work
from generation.choices import JobState
from generation.models import Event, Job, ProviderCall
from generation.providers.registry import every_provider
from generation.services.retrying import job_retry
from mvsite.accounts.admin_audit import is_whole
from mvsite.accounts.audit import showed
from mvsite.common.dollars import dollars
from mvsite.common.errors import StudioError
from mvsite.common.ids import parse_id

_MOST_EVENTS, _MOST_TOLD = 200, 20
_RETRY = {
    "action": "retry",
    "title": "Start again",
    "price": "May cost",
    "not_these": "cannot be started again: only failed and canceled jobs can.",
    "lead": "Starting these again may cost",
    "rest": "What was bought and has arrived is not bought again.",
}
_BOUGHT = {
    "action": "bought",
    "title": "Decide: it was bought",
    "price": "Is billed",
    "not_these": "do not wait for a decision.",
    "lead": "The provider's list has them: they end as failed, and are billed",
    "rest": "Nothing is sent; what arrived is not fetched.",
}
_NOT_BOUGHT = {
    "action": "not_bought",
    "title": "Decide: it was not bought",
    "price": "May cost",
    "not_these": "do not wait for a decision.",
    "lead": "The provider's list does not have them: they are sent again, which may cost",
    "rest": "Whatever was asked to stop meanwhile ends as canceled.",
}


class ProviderFilter(admin.SimpleListFilter):
    """Who makes it."""

    title, parameter_name = "provider", "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name them all: asking the rows would read every one of them."""
        return [(name, name) for name in every_provider()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one's."""
        return queryset.filter(provider=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(MoneyColumns, WordsAdmin, ReadOnlyAdmin):
    """Everybody's jobs; only the engine writes them, so here they are asked to stop or to start again."""

    search_title, search_told = "model", ("params",)
    list_display = (
        *("kind", "status", "owner", "project", "provider", "model", "estimate", "cost"),
        *("failure_code", "created_at", "finished_at"),
    )
    list_filter = ("state", "kind", ProviderFilter, "created_at", CostFilter, OwnerFilter)
    list_select_related = ("owner", "project")
    fields = (
        *("kind", "status", "stage", "progress", "owner", "project", "scene", "parent", "family"),
        *("provider", "model", "flavor_revision", "estimate", "cost", "whole_cost", "held"),
        *("failure", "request_id"),
        *("queued_at", "started_at", "finished_at", "deadline_at", "next_at", "lease_owner", "lease_until"),
        *("attempts", "failures", "steps", "timeline", "orders", "asked", "answered"),
    )
    readonly_fields = fields
    actions = ("cancel", "retry", "bought", "not_bought", "as_table")

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
        question = Question(chosen, queryset.count() - len(chosen), jobs.retry_costs, is_whole(request))
        if question.is_agreed(request):
            self._each(request, chosen, job_retry, _with_reason(request, "started again"))
            return None
        return self._ask(request, question, _RETRY)

    @admin.action(description="Decide: it was bought …", permissions=["act"])
    def bought(self, request: HttpRequest, queryset: QuerySet[Job]) -> HttpResponse | None:
        """Tell what is billed, ask for a reason, then end the chosen as failed and paid."""
        return self._decide(request, queryset, _BOUGHT, bought=True)

    @admin.action(description="Decide: it was not bought …", permissions=["act"])
    def not_bought(self, request: HttpRequest, queryset: QuerySet[Job]) -> HttpResponse | None:
        """Tell what it may cost, ask for a reason, then send the chosen again."""
        return self._decide(request, queryset, _NOT_BOUGHT, bought=False)

    def _decide(
        self, request: HttpRequest, queryset: QuerySet[Job], words: dict[str, str], *, bought: bool
    ) -> HttpResponse | None:
        waiting = list(queryset.filter(state=JobState.NEEDS_REVIEW).select_related("owner"))
        costs = partial(jobs.decision_costs, bought=bought)
        question = Question(waiting, queryset.count() - len(waiting), costs, is_whole(request))
        if question.is_agreed(request):
            said = _with_reason(request, "decided: it was bought" if bought else "decided: it was not bought")
            chosen = waiting if question.is_whole else queryset  # a ticked one that was decided meanwhile says so
            self._each(request, chosen, partial(jobs.resolve, bought=bought), said)
            return None
        return self._ask(request, question, words)

    def _ask(self, request: HttpRequest, question: Question, words: dict[str, str]) -> HttpResponse:
        """Show what an action costs for each of the chosen, with a button that does it."""
        told = {**question.words(request), **self.admin_site.each_context(request), **words, "opts": self.opts}
        return TemplateResponse(request, "admin/generation/asked.html", told)

    @admin.action(description="Save the chosen as a table (CSV)", permissions=["view"])
    def as_table(self, request: HttpRequest, queryset: QuerySet[Job]) -> StreamingHttpResponse:
        """Give the table of all of them, however many they are."""
        names = ("id", "kind", "state", "provider", "model", "estimated_cost_usd", "cost_usd", "created_at")
        rows = queryset.select_related("owner").iterator(chunk_size=ROWS_A_PIECE)
        table = ([*(getattr(job, name) for name in names), job.owner.username, _code(job)] for job in rows)
        return csv_of("jobs", (*names, "owner", "error"), table)

    def _each(self, request: HttpRequest, chosen: Any, act: Any, said: str) -> None:
        done, refused = 0, 0
        for job in chosen:
            try:
                act(job)
            except StudioError as error:
                refused += 1
                if refused <= _MOST_TOLD:
                    why = f"{job.kind} {job.pk}: {error.text.title}. {error.detail}"
                    self.message_user(request, why, messages.WARNING)
                continue
            self.log_change(request, job, said)
            done += 1
        if refused > _MOST_TOLD:
            self.message_user(request, f"And {refused - _MOST_TOLD} more were refused.", messages.WARNING)
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
        """Give the code and all that it said: on the job's own page."""
        detail = (job.error or {}).get("detail", "")
        return format_html("<code>{}</code> {}", _code(job), detail) if job.error else ""

    @admin.display(description="error")
    def failure_code(self, job: Job) -> str:
        """Give the code alone: in a list the texts would make the rows many times as high."""
        return format_html("<code>{}</code>", _code(job)) if job.error else ""

    @admin.display(description="cost with its children")
    def whole_cost(self, job: Job) -> str:
        """Tell what the API tells; lists and tables have each row's own cost, so that they can be added up."""
        return dollars(money.whole_costs([job])[job.pk])

    @admin.display(description="children")
    def family(self, job: Job) -> str:
        """Lead to the jobs it has started."""
        rows = (
            (reverse("admin:generation_job_change", args=[child.pk]), child.kind, JobState(child.state).label)
            for child in job.children.order_by("created_at")[:100]
        )
        return _rows('<li><a href="{}">{}</a> {}</li>', rows)

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
                *(reverse("admin:generation_providercall_change", args=[call.pk]), call.number),
                *(f"{call.sent_at:%Y-%m-%d %H:%M:%S}", call.provider, call.model, call.outcome),
                *(call.error_code, call.provider_id or "no id", dollars(call.cost_usd)),
            )
            for call in calls
        )
        line = '<li><a href="{}">{}.</a> <time>{}</time> {} {} <b>{}</b> {} <code>{}</code> {}</li>'
        return _rows(line, rows)

    @admin.display(description="what was asked")
    def asked(self, job: Job) -> str:
        """Fold the snapshot of every input."""
        return _folded(job.params)

    @admin.display(description="what came out")
    def answered(self, job: Job) -> str:
        """Fold the result."""
        return _folded(job.result if job.result is not None else job.reserved)


def _with_reason(request: HttpRequest, said: str) -> str:
    reason = request.POST.get("reason", "").strip()[:200]
    return f"{said}: {reason}" if reason else said


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
