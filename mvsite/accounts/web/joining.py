"""Coming in by a link: an invitation, or a new password."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from mvsite.accounts.audit import audit
from mvsite.accounts.letters import letters_later
from mvsite.accounts.links import LinkGoneError, invitation_accept, link_behind, password_set
from mvsite.accounts.models import LinkKind, OneTimeLink
from mvsite.accounts.signing import signed_in
from mvsite.accounts.web.drawing import draw, draw_problem, with_accounts
from mvsite.accounts.web.forms import ForgotForm, JoinForm, NewPasswordForm
from mvsite.common.errors import UserError
from mvsite.common.limits import take
from mvsite.common.links import absolute_url
from mvsite.common.visitors import counted_as

_FORM = ("GET", "HEAD", "POST")


@require_http_methods(_FORM)
@csrf_protect
@with_accounts
def join(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Make the account of whoever was invited, and let them in."""
    link = link_behind(LinkKind.INVITATION, secret)
    form = JoinForm(request.POST if request.method == "POST" else None)
    return _entered(request, link, form, "join.html")


@require_http_methods(_FORM)
@csrf_protect
@with_accounts
def new_password(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Take a new password, and let its owner in."""
    link = link_behind(LinkKind.PASSWORD, secret)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    return _entered(request, link, form, "new_password.html")


@require_http_methods(_FORM)
@csrf_protect
@with_accounts
def forgot(request: HttpRequest) -> HttpResponseBase:
    """Mail a link for a new password; what is answered does not tell who has an account."""
    form = ForgotForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {"form": form, "sends_mail": settings.MV_SENDS_MAIL}
    if request.method != "POST" or not settings.MV_SENDS_MAIL or not form.is_valid():
        return draw(request, "forgot.html", **told)
    wait = take(f"forgot:{counted_as(request)}", limit=settings.MV_RATE_LOGIN)
    if wait is not None:
        error = UserError("user:request:throttled", extra={"retry_after": wait})
        return draw_problem(request, "forgot.html", error, **told)
    site = absolute_url(request, "/").rstrip("/")
    letters_later(email=form.cleaned_data["email"], site=site, language=get_language() or settings.LANGUAGE_CODE)
    return draw(request, "forgot.html", is_sent=True, **told)


def _entered(request: HttpRequest, link: OneTimeLink | None, form: NewPasswordForm, template: str) -> HttpResponseBase:
    if link is None:
        return draw(request, "link_gone.html", status=404)
    if request.method != "POST" or not form.is_valid():
        return draw(request, template, form=form, person=link.user)
    words = {name: value for name, value in form.cleaned_data.items() if name != "again"}
    try:
        person = password_set(link=link, **words) if link.user else invitation_accept(link=link, **words)
    except LinkGoneError:
        return draw(request, "link_gone.html", status=404)
    except IntegrityError:
        form.add_error("username", _("A user with that username already exists."))
        return draw(request, template, form=form)
    except ValidationError as error:
        _explain(form, error)
        return draw(request, template, form=form, person=link.user)
    did = "password.set" if link.user else "invitation.accepted"
    audit(did, request=request, by=person, about=link, owner_id=person.pk)
    signed_in(request, person)
    return redirect("/")


def _explain(form: NewPasswordForm, error: ValidationError) -> None:
    """Put what is wrong beside the field it is about."""
    if not hasattr(error, "error_dict"):
        form.add_error("password", error)
        return
    for name, inner in error.error_dict.items():
        form.add_error(name if name in form.fields else None, inner)
