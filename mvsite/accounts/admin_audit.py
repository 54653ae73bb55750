"""What one request of staff in the admin is about: one row, several chosen ones, or a search."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from mvsite.accounts.audit import audit, showed
from mvsite.accounts.models import User
from mvsite.logs import redact

MOST_ROWS = 1_000  # of an action on all rows of a list; what is more is said in a last entry
_ROW = re.compile(r"^/admin/(\w+)/(\w+)/([^/]+)/(?:change|history|delete|password)/$")
_SEARCHED_EVERY = 3600


@dataclass(frozen=True, slots=True)
class AdminRequest:
    """Who asks for what; `before` has the texts of a list that is edited in place, by id."""

    person: User
    rows: list[Any]
    unknown: tuple[str, str] | None
    before: dict[Any, tuple[Any, ...]]
    model_admin: Any
    has_more: bool = False

    def write(self, request: HttpRequest) -> None:
        """Write one entry for each row; one for a change or a search that is about none."""
        changes = request.method not in ("GET", "HEAD", "OPTIONS")
        did, query = request.POST.get("action", "")[:80], request.GET.get("q", "").strip()
        action, detail = "admin.changed" if changes else "admin.looked", {"method": request.method, "did": did}
        rows = [*self._changed(), *request.__dict__.get("audited_rows", ())]
        for row in rows:
            seen = {"model": row._meta.label_lower, "row": str(row.pk)}  # noqa: SLF001  Django's public name for it
            audit(action, request=request, by=self.person, about=row, detail={**detail, **seen})
        if self.unknown:
            seen = dict(zip(("model", "row"), self.unknown, strict=True))
            audit(action, request=request, by=self.person, detail={**detail, **seen})
        if changes and (self.has_more or not (rows or self.unknown)):
            more = {"more": True} if self.has_more else {}
            audit(action, request=request, by=self.person, detail={**detail, **more})
        if query and not changes and not self._searched_lately(request.path, query):
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
    row = _ROW.match(request.path)
    if row:
        found = _found(_model(row[1], row[2]), [unquote(row[3])])
        unknown = None if found else (f"{row[1]}.{row[2]}", row[3][:80])
        return AdminRequest(person, found, unknown, {}, model_admin)
    if request.method == "POST" and model_admin is not None and not kwargs:
        if request.POST.get("action"):
            found = _chosen(request, model_admin)
            return AdminRequest(person, found[:MOST_ROWS], None, {}, model_admin, has_more=len(found) > MOST_ROWS)
        if model_admin.list_editable and "_save" in request.POST:
            ids = [str(value) for name, value in request.POST.items() if re.fullmatch(r"form-\d{1,4}-id", name)]
            edited = _found(model_admin.model, ids)
            return AdminRequest(person, edited, None, _texts(model_admin, [each.pk for each in edited]), model_admin)
    return AdminRequest(person, [], None, {}, model_admin)


def _chosen(request: HttpRequest, model_admin: Any) -> list[Any]:
    """Return what an action is for: what is ticked, or with `select_across` the whole list as it is narrowed."""
    if request.POST.get("select_across") in (None, "", "0"):
        return _found(model_admin.model, request.POST.getlist(ACTION_CHECKBOX_NAME))
    shown = model_admin.get_changelist_instance(request).get_queryset(request)
    return list(shown[: MOST_ROWS + 1])


def _found(model: Any, ids: list[str]) -> list[Any]:
    """Return the rows of these ids; malformed ones are nobody's."""
    try:
        rows = model._base_manager.filter(pk__in=ids[: MOST_ROWS + 1]) if model else []  # noqa: SLF001  includes the trash
        return list(rows)
    except (ValueError, ValidationError):
        return []


def _texts(model_admin: Any, ids: list[Any]) -> dict[Any, tuple[Any, ...]]:
    rows = model_admin.model._base_manager.filter(pk__in=ids)  # noqa: SLF001  includes the trash
    return {first: tuple(rest) for first, *rest in rows.values_list("pk", *model_admin.list_editable)}


def _model(app: str, name: str) -> Any:
    try:
        return apps.get_model(app, name)
    except LookupError:
        return None
