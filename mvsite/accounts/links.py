"""Invitations and links that set a new password: made by staff or mailed, used once."""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from mvsite.accounts.models import LinkKind, OneTimeLink, User
from mvsite.accounts.passwords import password_renew
from mvsite.accounts.rights import may_change, may_invite
from mvsite.accounts.secrets import digest_of, new_secret

LASTS = {LinkKind.INVITATION: timedelta(days=7), LinkKind.PASSWORD: timedelta(hours=24)}
PATHS = {LinkKind.INVITATION: "/join/", LinkKind.PASSWORD: "/password/new/"}


class LinkGoneError(Exception):
    """The link was used by somebody else in the same moment, or is none."""


def link_create(*, kind: LinkKind, user: User | None = None, made_by: User | None = None) -> str:
    """Make a link; return its path, which is told once and kept nowhere. A new password's link ends earlier ones."""
    secret, now = new_secret(), timezone.now()
    with transaction.atomic():
        if kind == LinkKind.PASSWORD:
            OneTimeLink.objects.passwords_end(user)
        OneTimeLink.objects.create(
            kind=kind, user=user, made_by=made_by, digest=digest_of(secret), expires_at=now + LASTS[kind]
        )
    return f"{PATHS[kind]}{secret}/"


def link_behind(kind: LinkKind, secret: str) -> OneTimeLink | None:
    """Return the usable link of this kind with this secret.

    One for a person who may not come in is none, nor is one whose maker is shut out or could not make it any more.
    """
    rows = OneTimeLink.objects.usable(timezone.now()).select_related("user", "made_by")
    found = rows.filter(kind=kind, digest=digest_of(secret)).first()
    if found is None or (found.user is not None and not found.user.is_active):
        return None
    return found if _maker_may(found) else None


def invitation_accept(*, link: OneTimeLink, username: str, email: str, password: str) -> User:
    """Make the account of whoever was invited. Raises LinkGoneError, ValidationError."""
    person = User(username=username, email=email)
    person.full_clean(exclude=["password"])
    validate_password(password, person)
    person.set_password(password)
    with transaction.atomic():
        person.save()
        _use(link, user=person)
    return person


def password_set(*, link: OneTimeLink, password: str) -> User:
    """Give the link's user a new password; it ends all their sessions and API tokens.

    Raises LinkGoneError, ValidationError.
    """
    if link.user is None:
        raise LinkGoneError
    validate_password(password, link.user)
    link.user.set_password(password)
    link.user.password_is_one_time = False
    with transaction.atomic():
        _use(link, user=link.user)
        password_renew(person=link.user)
    return link.user


def _maker_may(link: OneTimeLink) -> bool:
    """Say whether its maker could make it now, too; one that was mailed or made by a command has none."""
    maker = link.made_by
    if maker is None:
        return True
    if link.kind == LinkKind.INVITATION:
        return may_invite(maker)
    return link.user is not None and may_change(maker, link.user)


def _use(link: OneTimeLink, *, user: User) -> None:
    fresh = OneTimeLink.objects.select_related("user", "made_by").filter(pk=link.pk).first()
    if fresh is None or not _maker_may(fresh):  # shut out since the link was looked up
        raise LinkGoneError
    used = OneTimeLink.objects.usable(timezone.now()).filter(pk=link.pk).update(used_at=timezone.now(), user=user)
    if not used:
        raise LinkGoneError
