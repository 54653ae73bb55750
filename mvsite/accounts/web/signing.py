"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from mvsite.accounts.links import link_create
from mvsite.accounts.models import LinkKind
from mvsite.accounts.signing import password_checked, signed_in
from mvsite.accounts.web.drawing import draw, draw_problem, with_accounts
from mvsite.accounts.web.forms import SignInForm
from mvsite.common.errors import UserError


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
@with_accounts
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Let somebody in who knows name and password, and lead to where they wanted to go."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {"form": form, "next": _next(request), "sends_mail": settings.MV_SENDS_MAIL}
    if request.method != "POST" or not form.is_valid():
        return draw(request, "sign_in.html", **told)
    try:
        person = password_checked(request, **form.cleaned_data)
    except UserError as error:
        return draw_problem(request, "sign_in.html", error, **told)
    if person is None:
        form.add_error(None, _("Name and password do not belong together."))
        return draw(request, "sign_in.html", status=401, **told)
    if person.password_is_one_time:
        return redirect(link_create(kind=LinkKind.PASSWORD, user=person))
    signed_in(request, person)
    return redirect(_next(request))


@require_POST
@csrf_protect
@with_accounts
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    logout(request)
    return redirect(settings.LOGIN_URL)


def admin_login(request: HttpRequest) -> HttpResponseBase:
    """Lead from the admin's own door to the one that counts tries; a local studio keeps the admin's."""
    if settings.MV_AUTH == "local":
        return admin.site.login(request)
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"), settings.LOGIN_URL)


def _next(request: HttpRequest) -> str:
    wished = request.POST.get("next") or request.GET.get("next") or "/"
    ours = url_has_allowed_host_and_scheme(wished, {request.get_host()}, require_https=request.is_secure())
    return wished if ours else "/"
