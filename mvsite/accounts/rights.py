"""What staff may do with other people's accounts: by the rights of the admin, not by being staff alone."""

from mvsite.accounts.models import User


def may_invite(person: User) -> bool:
    """Say whether somebody may let new people in."""
    return person.is_staff and person.has_perm("accounts.add_user")


def may_reset_passwords(person: User) -> bool:
    """Say whether somebody may make links for new passwords at all."""
    return person.is_staff and person.has_perm("accounts.change_user")


def may_change(person: User, other: User) -> bool:
    """Say whether somebody may take this account into their hands: that of staff only superusers may."""
    return may_reset_passwords(person) and (person.is_superuser or not (other.is_staff or other.is_superuser))
