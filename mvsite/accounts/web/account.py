"""One's account: tokens, password, and for staff with the right to it the people of the studio."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from mvsite.accounts.audit import audit
from mvsite.accounts.links import link_create
from mvsite.accounts.models import ApiToken, LinkKind, User
from mvsite.accounts.quotas import standings
from mvsite.accounts.rights import may_change, may_invite, may_reset_passwords
from mvsite.accounts.signing import count_password
from mvsite.accounts.tokens import token_create, token_revoke
from mvsite.accounts.web.drawing import draw, draw_problem, for_person
from mvsite.accounts.web.forms import ChangePasswordForm, TokenForm
from mvsite.common.errors import UserError
from mvsite.common.links import absolute_url

PEOPLE_SHOWN = 200


@require_safe
@for_person
def account(request: HttpRequest, person: User) -> HttpResponseBase:
    """Show what belongs to one's account."""
    return _drawn(request, person)


@require_POST
@csrf_protect
@for_person
def change_password(request: HttpRequest, person: User) -> HttpResponseBase:
    """Change the password; every other session ends. Tries are counted as those to sign in are, by the name."""
    form = ChangePasswordForm(request.POST, person=person)
    try:
        count_password(person.get_username())
    except UserError as error:
        return _drawn(request, person, problem=error)
    if not form.is_valid():
        if form.has_error("current", "wrong"):
            audit("password.refused", request=request, by=person)
        return _drawn(request, person, password_form=form, status=400)
    person.set_password(form.cleaned_data["password"])
    person.save(update_fields=["password"])
    update_session_auth_hash(request, person)
    audit("password.changed", request=request, by=person)
    return _drawn(request, person, said=_("The password is changed; all other sessions have ended."))


@require_POST
@csrf_protect
@for_person
def make_token(request: HttpRequest, person: User) -> HttpResponseBase:
    """Make a token and show its key, once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _drawn(request, person, token_form=form, status=400)
    words = form.cleaned_data
    until = timezone.now() + timedelta(days=words["days"]) if words["days"] else None
    token, key = token_create(owner=person, name=words["name"], scopes=words["scopes"], expires_at=until)
    audit("token.made", request=request, by=person, about=token, detail={"scopes": token.scopes})
    return _drawn(request, person, shown_once=key, said=_("Copy the key now: it is not kept and not shown again."))


@require_POST
@csrf_protect
@for_person
def revoke_token(request: HttpRequest, person: User, token_id: UUID) -> HttpResponseBase:
    """End a token."""
    token = get_object_or_404(ApiToken, pk=token_id, owner=person)
    audit("token.revoked", request=request, by=person, about=token_revoke(token=token))
    return _drawn(request, person, said=_("The token no longer works."))


@require_POST
@csrf_protect
@for_person
def invite(request: HttpRequest, person: User) -> HttpResponseBase:
    """Make an invitation and show its link, once; for staff who may add people."""
    if not may_invite(person):
        raise Http404
    address = absolute_url(request, link_create(kind=LinkKind.INVITATION, made_by=person))
    audit("invitation.made", request=request, by=person)
    return _drawn(request, person, shown_once=address, said=_("Send this link; it works once, for seven days."))


@require_POST
@csrf_protect
@for_person
def reset_password(request: HttpRequest, person: User, user_id: UUID) -> HttpResponseBase:
    """Make a link with which somebody else chooses a new password; for staff who may change that person."""
    other = get_object_or_404(User, pk=user_id, is_active=True)
    if not may_change(person, other):
        raise Http404
    address = absolute_url(request, link_create(kind=LinkKind.PASSWORD, user=other, made_by=person))
    audit("password.link_made", request=request, by=person, about=other, owner_id=other.pk)
    said = _("Send this link to %(name)s; it works once, for a day.") % {"name": other.get_username()}
    return _drawn(request, person, shown_once=address, said=said)


def _drawn(
    request: HttpRequest, person: User, *, status: int = 200, problem: UserError | None = None, **told: Any
) -> HttpResponseBase:
    told.setdefault("password_form", ChangePasswordForm(person=person))
    told.setdefault("token_form", TokenForm())
    tokens = ApiToken.objects.filter(owner=person, revoked_at=None).order_by("-created_at")
    told["quotas"] = standings(person.pk)
    told["may_invite"], told["people"] = may_invite(person), None
    if may_reset_passwords(person):
        shown = User.objects.order_by("username")[:PEOPLE_SHOWN]
        told["people"] = [(each, each.is_active and may_change(person, each)) for each in shown]
    told |= {"here": "account", "tokens": tokens, "now": timezone.now()}
    if problem is not None:
        return draw_problem(request, "account.html", problem, **told)
    return draw(request, "account.html", status=status, **told)
