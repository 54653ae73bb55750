"""What one request of staff in the admin is about: one row, several chosen ones, or a search."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse

from mvsite.accounts.audit import audit, audit_rows, showed
from mvsite.accounts.models import User
from mvsite.common.ids import may_be_key
from mvsite.logs import redact

MOST_ROWS = 1_000  # of an action on all rows of a list; what is more is said in a last entry
_ROW = re.compile(r"(\w+)/(\w+)/([^/]+)/(?:change|history|delete|password|take-back)/")
_SEARCHED_EVERY = 3600
_LOOKS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class AdminRequest:
    """Who asks for what; `did` is the action on chosen rows, `before` has the texts of a list edited in place.

    `is_idle` is an action that Django will not do: it may lead back, or show the list as it is searched.
    """

    person: User
    rows: list[Any]
    unknown: tuple[str, str] | None
    before: dict[Any, tuple[Any, ...]]
    model_admin: Any
    did: str = ""
    has_more: bool = False
    is_idle: bool = False

    def write(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """Write one entry for each row; one for a change or a search that is about none."""
        changes = not self.is_idle and _has_changed(request, response)
        query = request.GET.get("q", "").strip()
        action, detail = "admin.changed" if changes else "admin.looked", {"method": request.method, "did": self.did}
        rows = [*self._changed(), *request.__dict__.get("audited_rows", ())]
        audit_rows(action, rows, request=request, by=self.person, detail=detail)
        if self.unknown:
            seen = dict(zip(("model", "row"), self.unknown, strict=True))
            audit("admin.looked", request=request, by=self.person, detail={**detail, **seen})
        if self.has_more or (changes and not (rows or self.unknown or self.before)):
            more = {"more": True} if self.has_more else {}
            audit(action, request=request, by=self.person, detail={**detail, **more})
        is_page = request.method in _LOOKS or (response.status_code == 200 and not changes)
        if query and is_page and not self._searched_lately(request.path, query):
            audit("admin.searched", request=request, by=self.person, detail={"query": redact(query)[:200]})

    def _changed(self) -> list[Any]:
        """Return the rows; of a list that was edited in place those whose texts are others now."""
        if not self.before:
            return self.rows
        after = _texts(self.model_admin, list(self.before))
        return [row for row in self.rows if after.get(row.pk) != self.before.get(row.pk)]

    def _searched_lately(self, path: str, query: str) -> bool:
        """Say whether the same search was noted in the last hour: turning its pages is no new one."""
        name = hashlib.sha256(f"{self.person.pk} {path} {query}".encode()).hexdigest()
        return not cache.add(f"searched:{name}", 1, timeout=_SEARCHED_EVERY)


class NamesAdditions:
    """Goes before `ModelAdmin` where rows are added: the audit log names them, whose id no address has yet."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log as Django does, and name the row."""
        showed(request, obj)
        return super().log_addition(request, obj, message)  # type: ignore[misc]  # ModelAdmin's, behind this class


def admin_request(request: HttpRequest, person: User, model_admin: Any, kwargs: dict[str, Any]) -> AdminRequest:
    """Look up what a request is about, before it is answered."""
    row = _ROW.fullmatch(request.path_info.removeprefix(settings.MV_ADMIN_PATH))
    if row:
        found = _found(_model(row[1], row[2]), [unquote(row[3])])
        unknown = None if found else (f"{row[1]}.{row[2]}", row[3][:80])
        return AdminRequest(person, found, unknown, {}, model_admin)
    if request.method == "POST" and model_admin is not None and not kwargs and not request.path.endswith("/add/"):
        if "_save" in request.POST:  # Django then does no action, whichever is chosen
            edited = _found(model_admin.model, _edited(request)) if model_admin.list_editable else []
            return AdminRequest(person, edited, None, _texts(model_admin, [each.pk for each in edited]), model_admin)
        did = _action(request)
        if not request.POST.getlist(ACTION_CHECKBOX_NAME) or did not in model_admin.get_actions(request):
            return AdminRequest(person, [], None, {}, model_admin, is_idle=True)
        found = _chosen(request, model_admin)
        more = len(found) > MOST_ROWS
        rows, is_idle = found[:MOST_ROWS], not found
        return AdminRequest(person, rows, None, {}, model_admin, did=did, has_more=more, is_idle=is_idle)
    return AdminRequest(person, [], None, {}, model_admin)


def is_whole(request: HttpRequest) -> bool:
    """Say whether an action is for the whole list as it is narrowed, not for what is ticked; read as Django does."""
    return request.POST.get("select_across", "").lower() not in ("", "0", "false")


def _has_changed(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Say whether an answer that is no error means a change: then Django redirects, or closes its popup.

    A page is a form with its mistakes, or a question; a file is a table. From a list narrowed by nonsense Django leads
    to the whole one (`?e=1`) and does nothing; what is done on that one leads there, too.
    """
    if isinstance(response, SimpleTemplateResponse):
        return "popup_response" in str(response.template_name) and request.method not in _LOOKS
    is_led_away = ERROR_FLAG not in request.GET and response.get("Location") == f"{request.path}?{ERROR_FLAG}=1"
    return request.method not in _LOOKS and not (is_led_away or response.has_header("Content-Disposition"))


def _action(request: HttpRequest) -> str:
    """Return the action that Django does: a list above and below its rows sends two, and the number of one.

    As its `response_action` reads them: what is no number is the first, and where there is no such one it is the last.
    """
    try:
        index = int(request.POST.get("index", "0"))
    except ValueError:
        index = 0
    try:
        return request.POST.getlist("action")[index]
    except IndexError:
        return request.POST.get("action", "")


def _edited(request: HttpRequest) -> list[str]:
    """Return the ids of a list that is edited in place."""
    return [str(value) for name, value in request.POST.items() if re.fullmatch(r"form-\d{1,4}-id", name)]


def _chosen(request: HttpRequest, model_admin: Any) -> list[Any]:
    """Return what Django does an action on: of the list as it is narrowed what is ticked, or all (`select_across`)."""
    try:
        shown = model_admin.get_changelist_instance(request).get_queryset(request)
        if not is_whole(request):
            shown = _with_ids(shown, request.POST.getlist(ACTION_CHECKBOX_NAME))
        return list(shown[: MOST_ROWS + 1])
    except (IncorrectLookupParameters, OverflowError):  # narrowed by nonsense, to which the page itself does nothing
        return []


def _found(model: Any, ids: list[str]) -> list[Any]:
    """Return the rows of these ids."""
    return [] if model is None else list(_with_ids(model._base_manager.all(), ids))  # noqa: SLF001  includes the trash


def _with_ids(rows: Any, ids: list[str]) -> Any:
    """Keep the rows of these ids; malformed ones are nobody's."""
    key = rows.query.get_meta().pk
    return rows.filter(pk__in=[each for each in ids[: MOST_ROWS + 1] if may_be_key(key, each)])


def _texts(model_admin: Any, ids: list[Any]) -> dict[Any, tuple[Any, ...]]:
    rows = model_admin.model._base_manager.filter(pk__in=ids)  # noqa: SLF001  includes the trash
    return {first: tuple(rest) for first, *rest in rows.values_list("pk", *model_admin.list_editable)}


def _model(app: str, name: str) -> Any:
    try:
        return apps.get_model(app, name)
    except LookupError:
        return None
