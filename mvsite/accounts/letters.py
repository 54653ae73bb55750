"""Letters with a link for a new password, sent beside the answer that was asked for them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.core.mail import send_mail
from django.db import close_old_connections
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mvsite.accounts.links import link_create
from mvsite.accounts.models import LinkKind, OneTimeLink, User
from mvsite.logs import warn_event

AN_HOUR = 5  # letters to one mailbox, whoever asks for them
MOST_ACCOUNTS = 5  # that share a mailbox
_post = ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters")  # one at a time, so that all are counted


def letters_later(*, email: str, site: str, language: str) -> None:
    """Send what `letters_send` sends, after the answer: how long it takes tells nobody who has an account."""
    beside(letters_send, email=email, site=site, language=language)


def beside(act: Callable[..., Any], **words: Any) -> None:
    """Do something in the thread of letters."""
    _post.submit(_done, act, words)


def _done(act: Callable[..., Any], words: dict[str, Any]) -> None:
    close_old_connections()
    try:
        act(**words)
    except Exception as error:  # noqa: BLE001 - nobody waits for this thread, so the log must hear of it
        warn_event("letter_failed", error=repr(error))
    finally:
        close_old_connections()


def letters_send(*, email: str, site: str, language: str) -> int:
    """Send a link to every account of this mailbox until the hour's letters are sent; return how many went."""
    sent = 0
    with translation.override(language):
        for person in User.objects.filter(email__iexact=email, is_active=True).order_by("date_joined")[:MOST_ACCOUNTS]:
            if _lately(email) >= AN_HOUR:
                warn_event("letters_held_back", user=str(person.pk))
                break
            text = _("Somebody, probably you, asked for a new password for %(name)s. Choose it here, within a day:")
            address = site + link_create(kind=LinkKind.PASSWORD, user=person)
            body = text % {"name": person.get_username()} + f"\n\n{address}\n"
            send_mail(_("A new password for MV Studio"), body, None, [person.email])
            sent += 1
    return sent


def _lately(email: str) -> int:
    """Count the links that this mailbox was sent in the last hour; those that staff make are not mailed."""
    since = timezone.now() - timedelta(hours=1)
    rows = OneTimeLink.objects.filter(kind=LinkKind.PASSWORD, made_by=None, created_at__gt=since)
    return rows.filter(user__email__iexact=email).count()
