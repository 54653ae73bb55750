"""Making and finding users."""

from mvsite.accounts.models import User

LOCAL_OWNER = "local"


def local_owner() -> User:
    """Return the one owner of a studio without log-in, making the row when there is none."""
    owner, made = User.objects.get_or_create(
        username=LOCAL_OWNER, defaults={"is_staff": True, "is_superuser": True, "first_name": "You"}
    )
    if made:
        owner.set_unusable_password()
        owner.save(update_fields=["password"])
    return owner
