"""Making, checking and revoking API tokens."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from mvsite.accounts.models import ApiToken, User
from mvsite.accounts.secrets import digest_of, new_secret

BEGINNING = "mvk_"
_USED_EVERY = timedelta(minutes=1)  # the last use is told to the minute, so that not every request writes


def token_create(
    *, owner: User, name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token; return its row and the key, which is shown once and kept nowhere."""
    key = new_secret(BEGINNING)
    row = ApiToken.objects.create(
        owner=owner,
        name=name,
        prefix=key.removeprefix(BEGINNING)[:8],
        digest=digest_of(key),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    return row, key


def token_behind(key: str) -> ApiToken | None:
    """Return the valid token with this key whose owner may still come in."""
    rows = ApiToken.objects.valid(timezone.now()).select_related("owner")
    found = rows.filter(digest=digest_of(key)).first()
    return found if found is not None and found.owner.is_active else None


def token_noted(*, token: ApiToken) -> bool:
    """Note that a token was used; say whether it had rested for a minute before."""
    now = timezone.now()
    if token.last_used_at is not None and now - token.last_used_at <= _USED_EVERY:
        return False
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return True


def token_revoke(*, token: ApiToken) -> ApiToken:
    """End a token at once; ended already is fine."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at", "updated_at"])
    return token


def tokens_revoke(*, tokens: QuerySet[ApiToken]) -> int:
    """End these tokens at once; return how many were not ended already."""
    now = timezone.now()
    alive = ApiToken.objects.filter(pk__in=tokens.values("pk"), revoked_at=None)
    return alive.update(revoked_at=now, updated_at=now)
