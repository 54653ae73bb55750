"""A project's page in the admin leads only where whoever looks at it gets in."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from generation.models import Member, MemberRole, Project
from mvsite.accounts.models import User
from tests.support.admin import PROJECTS
from tests.support.people import accounts, browser, staff
from tests.support.rows import a_project

pytestmark = pytest.mark.django_db


def links(client: Client, project: Project) -> set[str]:
    page = client.get(f"{PROJECTS}{project.pk}/change/").content.decode()
    return set(
        re.findall(rf'href="(/(?:studio|api|admin/generation/(?:job|project/sent))/[^"]*{project.pk}[^"]*)"', page)
    )


@pytest.mark.parametrize("who", ["owner", "editor", "member", "other staff"])
@pytest.mark.parametrize("trashed", [False, True])
def test_links_lead_where_whoever_looks_gets_in(settings: Settings, who: str, *, trashed: bool) -> None:
    accounts(settings)
    looker, owner = staff("looker"), staff("owner")
    project = a_project(looker if who == "owner" else owner, trashed_at=timezone.now() if trashed else None)
    if who in {"editor", "member"}:
        role = MemberRole.EDIT if who == "editor" else MemberRole.VIEW
        Member.objects.create(project=project, user=looker, role=role)
    client = browser(looker)
    found = links(client, project)
    assert {client.get(link).status_code for link in found} == {200}
    everything = {
        f"/admin/generation/job/?project__id__exact={project.pk}",
        f"/admin/generation/project/sent/?project={project.pk}",
        f"/studio/{project.pk}/",
        f"/api/mv/projects/{project.pk}/export",
    }
    opened = {link for link in everything if client.get(link).status_code == 200}
    assert found == opened
    assert len(opened) == (2 if trashed or who == "other staff" else 4)


def test_in_a_studio_without_accounts_they_lead_the_owner_there(owner: User) -> None:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(owner)
    assert len(links(client, a_project(owner))) == 4
