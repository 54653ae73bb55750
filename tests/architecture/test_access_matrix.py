"""Every address, for every kind of person: generated from one declaration; an address that is not declared fails."""

from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from assets.models import Audio, CharacterReference, Video
from flavors.services import flavors_sync
from generation.choices import JobKind
from generation.models import Member, MemberRole, Project, Scene, SceneGeneration
from generation.selectors import scenes_of
from generation.services.shares import share_create, share_token
from mvsite.accounts.models import User
from mvsite.accounts.tokens import token_create
from tests.support.matrix import ADDRESSES, CHANGES, ID, LOOKS, PEOPLE, RULES, Rule
from tests.support.people import accounts, person, program, session, staff
from tests.support.routes import routes
from tests.support.rows import a_job, a_portrait, a_project, a_song, a_take

pytestmark = pytest.mark.django_db
_ORDER = ("anonymous", "share", "other", "staff", "manager", "viewer", "reader", "editor", "owner")
DENIED_FIRST = sorted(PEOPLE, key=_ORDER.index)


class World:
    """One owner with a project and everything in it, and everybody else."""

    def __init__(self, media: Path) -> None:
        self.owner = person("owner")
        self.project = a_project(self.owner, scenes=1)
        self.scene = scenes_of(self.project)[0]
        self.video = a_take(self.scene).video
        self.project.audio, self.project.character_reference = a_song(self.owner), a_portrait(self.owner)
        self.project.final_video = self.video
        self.project.save()
        for row in (self.video, self.project.audio, self.project.character_reference):
            (media / row.key).parent.mkdir(parents=True, exist_ok=True)
            (media / row.key).write_bytes(b"0123456789")
        self.writing = SceneGeneration.objects.create(
            owner=self.owner,
            project=self.project,
            idea="x",
            character_description="y",
            config_flavor="default",
            json_key="mv/w.json",
            markdown_key="mv/w.md",
        )
        for key in (self.writing.json_key, self.writing.markdown_key):
            (media / key).write_bytes(b"{}")
        self.job = a_job(self.owner, project=self.project, kind=JobKind.PORTRAITS)
        self.share = share_create(owner=self.owner, project=self.project)
        self.token, _ = token_create(owner=self.owner, name="x", scopes=["read"])
        self.viewer, self.editor, self.guest = person("viewer"), person("editor"), person("guest")
        for user, role in ((self.viewer, "view"), (self.editor, "edit"), (self.guest, "view")):
            Member.objects.create(project=self.project, user=user, role=MemberRole(role))

    def client(self, who: str) -> Client:
        """Return what one kind of person comes with."""
        if who == "anonymous":
            return session()
        if who == "share":
            client = session()
            assert client.get(f"/share/{share_token(self.share)}/").status_code == 200
            return client
        if who == "reader":
            return program(self.owner, "read")
        users = {"owner": self.owner, "viewer": self.viewer, "editor": self.editor}
        rights = ("add_user", "change_user", "add_configflavor", "change_configflavor") if who == "manager" else ()
        return session(users.get(who) or (person(who) if who == "other" else staff(who, *rights)))

    def path(self, address: str, row: str) -> str:
        """Fill an address with the ids of the owner's rows."""
        plain: dict[str, Any] = {
            "project": self.project,
            "scene": self.scene,
            "job": self.job,
            "writing": self.writing,
            "video": self.video,
            "song": self.project.audio,
            "portrait": self.project.character_reference,
            "token": self.token,
            "share row": self.share,
            "person": self.guest,
        }
        values: tuple[Any, ...] = (plain[row].pk,) if row in plain else ()
        if row == "member":
            values = (self.project.pk, self.guest.pk)
        if row == "flavor":
            values = ("default",)
        if row in {"share", "share file"}:
            values = (share_token(self.share), self.video.pk)
        first, *others = address.split(ID)  # a token may have the same letters in it
        return first + "".join(f"{value}{rest}" for value, rest in zip(chain(values, repeat(ID)), others, strict=False))

    def restored(self) -> None:
        """Take back what somebody who may has just thrown away."""
        for kind in (Project, Scene, Video, Audio, CharacterReference):
            kind._base_manager.update(trashed_at=None)


def told(answer: Any) -> str:
    """Name what an answer means in the words of the rules."""
    status = answer.status_code
    if status == 302 and answer["Location"].startswith("/sign-in/"):
        return "door"
    return str(status) if status in {401, 403, 404} else "in"


def expected(rule: Rule, who: str, method: str) -> set[str]:
    """Return what the declaration says of one request."""
    word = RULES[rule.kind][who][method in CHANGES]
    if word == "in" and who not in {"owner", "reader"} and method in rule.owner_only:
        word = "403"
    return {"401", "403", "404"} if word == "shut" else {word}


def test_every_address_is_declared_and_every_declaration_exists() -> None:
    assert {route.filled(ID) or "/" for route in routes()} == set(ADDRESSES)


@pytest.mark.parametrize("address", ADDRESSES)
def test_everybody_gets_what_the_declaration_says(
    settings: Settings, data_dir: Path, owner: User, address: str
) -> None:
    accounts(settings)
    flavors_sync()
    rule, world = ADDRESSES[address], World(data_dir / "media")
    path, wrong, asked = world.path(address, rule.row), {}, 0
    clients = {who: world.client(who) for who in PEOPLE}
    for who in DENIED_FIRST:
        for method in (*LOOKS, *CHANGES):
            words: dict[str, Any] = {} if method == "get" else {"data": {}, "format": "json"}
            answer = getattr(clients[who], method)(path, **words)
            if answer.status_code == 405 or (address == "/sign-out" and answer.status_code == 302):
                continue
            asked += 1
            if told(answer) not in expected(rule, who, method) or answer.status_code == 500:
                wrong[f"{who} {method}"] = (answer.status_code, expected(rule, who, method))
        world.restored()
    assert (wrong, asked > 0 or address == "/sign-out") == ({}, True)
