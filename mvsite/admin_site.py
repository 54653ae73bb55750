"""The admin's site: Django's own, under our policy but for one part of it."""

from functools import wraps
from itertools import chain
from typing import Any

from csp.decorators import csp_replace
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from mvsite.common.errors import UserError
from mvsite.common.ids import may_be_key

# Django's admin scripts make markup out of texts, as its jQuery does; scripts and styles still come from here only.
_without_trusted_types = csp_replace({"require-trusted-types-for": None, "trusted-types": None})


class StudioAdminSite(AdminSite):
    """Every page of the admin but the sign-in, which needs no exception."""

    site_header = site_title = "MV Studio"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  Django's signature
        """Guard a page as Django does, and let its scripts run."""
        return _without_trusted_types(super().admin_view(_decent(view), cacheable))


def _decent(view: Any) -> Any:
    """Answer 400 to what no browser sends from these pages: NUL, which PostgreSQL cannot look up, and odd ids.

    Times that SQLite's calendar has not (the year 1 in another time zone; PostgreSQL knows it) are led to the whole
    list, as Django does with other nonsense in an address. Words to search for are cleaned where they are looked up.
    """
    options: Any = getattr(getattr(view, "__self__", None), "opts", None)

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        values = chain.from_iterable(request.GET.getlist(name) for name in request.GET if name != SEARCH_VAR)
        if "\0" in request.path or any("\0" in value for value in values):
            raise BadRequest("No address of the admin has NUL in it.")
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME) if options else []
        if not all(may_be_key(options.pk, each) for each in chosen):
            raise BadRequest("This is no id.")
        try:
            answer: HttpResponseBase = view(request, *args, **kwargs)
        except OverflowError:
            if ERROR_FLAG in request.GET:
                raise
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        except (ValidationError, UserError) as error:
            raise BadRequest("This is no id.") from error
        return answer

    return answered
