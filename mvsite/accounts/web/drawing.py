"""What the pages of accounts have in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from mvsite.common.problems import problem_headers

Rest = ParamSpec("Rest")


def with_accounts(page: Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Draw a page only where people have accounts; in a local studio everybody is at home already."""

    @wraps(page)
    def drawn(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        return redirect("/") if settings.MV_AUTH == "local" else page(request, *args, **kwargs)

    return sensitive_post_parameters()(drawn)


def for_person(
    page: Callable[Concatenate[HttpRequest, User, Rest], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a page whoever is signed in as its second argument; strangers are sent to sign in."""

    @with_accounts
    @wraps(page)
    def drawn(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if isinstance(request.user, User):
            return page(request, request.user, *args, **kwargs)
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)

    return drawn


def draw(request: HttpRequest, template: str, *, status: int = 200, **told: Any) -> HttpResponse:
    """Draw one page; nothing of it may be kept by a cache or told to another site."""
    answer = render(request, f"account/{template}", told, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def draw_problem(request: HttpRequest, template: str, error: UserError, **told: Any) -> HttpResponse:
    """Draw a page again with what went wrong."""
    answer = draw(request, template, status=error.text.status, problem=error, **told)
    for name, value in problem_headers(error).items():
        answer[name] = value
    return answer
