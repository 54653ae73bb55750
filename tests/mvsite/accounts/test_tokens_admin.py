"""Tokens in the admin: superusers end them, and it is in the audit log."""

import pytest
from pytest_django.fixtures import Settings

from mvsite.accounts.models import ApiToken, AuditEntry, User
from tests.support.admin import act
from tests.support.people import accounts, browser, person, program, staff

pytestmark = pytest.mark.django_db
TOKENS = "/admin/accounts/apitoken/"


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


def test_superusers_revoke_tokens_and_only_those_they_chose() -> None:
    boss, ada = User.objects.create_superuser("boss"), person("ada")
    lost, kept = program(ada, "read"), program(ada, "read")
    row = ApiToken.objects.earliest("created_at")
    sent = act(browser(boss), TOKENS, "revoke", row)
    assert sent.status_code == 302
    assert [each.get("/api/account/").status_code for each in (lost, kept)] == [401, 200]
    noted = AuditEntry.objects.get(action="admin.changed")
    assert (noted.by_id, noted.owner_id, noted.object_id) == (boss.pk, ada.pk, str(row.pk))
    assert noted.detail["did"] == "revoke"


def test_one_that_is_revoked_already_keeps_its_time_and_the_rest_of_a_whole_list_goes() -> None:
    client, ada, ben = browser(User.objects.create_superuser("boss")), person("ada"), person("ben")
    keys = [program(ada, "read"), program(ada, "read"), program(ben, "read")]
    first = ApiToken.objects.earliest("created_at")
    act(client, TOKENS, "revoke", first)
    ended = ApiToken.objects.get(pk=first.pk).revoked_at
    said = client.post(
        f"{TOKENS}?q=ada", {"action": "revoke", "_selected_action": [str(first.pk)], "select_across": "1"}, follow=True
    )
    assert "1 revoked; others were revoked already." in said.content.decode()
    assert ApiToken.objects.get(pk=first.pk).revoked_at == ended
    assert [key.get("/api/account/").status_code for key in keys] == [401, 401, 200]


def test_staff_who_see_tokens_revoke_none() -> None:
    key = program(person("ada"), "read")
    looker = browser(staff("eve", "change_apitoken", "delete_apitoken", "change_user"))
    assert looker.get(TOKENS).status_code == 200
    assert 'value="revoke"' not in looker.get(TOKENS).content.decode()
    act(looker, TOKENS, "revoke", ApiToken.objects.get())
    assert key.get("/api/account/").status_code == 200
