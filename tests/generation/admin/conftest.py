"""Who looks at the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from mvsite.accounts.models import User
from tests.support.admin import signed_in


@pytest.fixture
def staff(owner: User) -> Client:
    return signed_in(owner)


@pytest.fixture
def looker(db: None) -> Client:
    """Give somebody on the staff who may see everything and change nothing."""
    user = User.objects.create(username="looker", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return signed_in(user)
