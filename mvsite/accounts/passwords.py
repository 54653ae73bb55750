"""A new password by a link, in the admin or by a command: the old one is not asked for."""

from django.db import transaction

from mvsite.accounts.models import ApiToken, OneTimeLink, User
from mvsite.accounts.tokens import tokens_revoke


def password_renew(*, person: User) -> None:
    """Save the password that was set; all sessions, API tokens and links for new passwords of the person end.

    Who needs this may have lost more than the password, so whoever else has a key is out as well. Sessions end with
    the password they began with.
    """
    with transaction.atomic():
        person.save(update_fields=["password", "password_is_one_time"])
        OneTimeLink.objects.passwords_end(person)  # saving does not see a password that is disabled
        tokens_revoke(tokens=ApiToken.objects.filter(owner=person))
