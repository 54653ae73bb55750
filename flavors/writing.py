"""Flavors that staff write by hand: a new one, and changes of one. What is kept is a revision, as with folders."""

import re
from collections.abc import Mapping

from django.db import transaction

from flavors.models import DEFAULT, NAME_PATTERN, ConfigFlavor, FlavorOrigin, FlavorRevision
from flavors.services import flavor_revise
from flavors.yaml_text import FlavorInvalidError, Problem
from mvsite.accounts.models import User
from mvsite.common.errors import FieldError, UserError


def flavor_create(*, name: str, files: Mapping[str, str], created_by: User) -> ConfigFlavor:
    """Make a flavor of the texts by file name; what they leave out is taken from `default`.

    Raises user:request:invalid for a name that is taken or none, and for every mistake in the texts.
    """
    if not re.fullmatch(NAME_PATTERN, name):
        raise _wrong("#/name", "Give a name of a-z, 0-9, - and _, at most 64 characters.", "invalid")
    with transaction.atomic():
        # Made before it is read, so that of two people who send the same name at once one is told that it is taken.
        _, is_new = ConfigFlavor.objects.get_or_create(name=name, defaults={"origin": FlavorOrigin.ADMIN})
        if not is_new:
            raise _wrong("#/name", f"There is a flavor {name} already; change that one.", "taken")
        _revise(name, files, created_by)
    return ConfigFlavor.objects.select_related("revision").get(name=name)


def flavor_update(
    *,
    flavor: ConfigFlavor,
    files: Mapping[str, str | None],
    active: bool | None,
    changed_by: User,
    revision: int | None = None,
) -> ConfigFlavor:
    """Change the files named (None takes a file away) as a new revision, and switch the flavor on or off.

    Texts that change nothing make no revision. `revision` is the number of the one that the changes were made from.
    Raises user:request:invalid, and user:flavor:changed when another one is in use by now.
    """
    if flavor.name == DEFAULT and active is False:
        raise _wrong("#/active", "default stays on: everything falls back on it.", "invalid")
    with transaction.atomic():
        row = (
            ConfigFlavor.objects.select_for_update(of=("self",), no_key=True)
            .select_related("revision")
            .get(pk=flavor.pk)
        )
        now = row.revision.number if row.revision else None
        if revision not in {None, now}:
            raise UserError("user:flavor:changed", f"Revision {now} is in use by now.", extra={"revision": now})
        before = dict(row.revision.documents) if row.revision else {}
        after = {name: text for name, text in {**before, **files}.items() if text is not None}
        if after != before:
            _revise(row.name, after, changed_by)
        if active is not None:
            ConfigFlavor.objects.filter(pk=row.pk).update(active=active)
    return ConfigFlavor.objects.select_related("revision").get(pk=flavor.pk)


def flavor_take_back(*, revision: FlavorRevision, instead_of: str, by: User) -> FlavorRevision | None:
    """Make what an old revision said the flavor's next revision, which the very next job uses.

    `instead_of` is the id of the revision that was in use when somebody decided it; when another one is in use by now,
    nothing is done (None). Raises FlavorInvalidError when the old texts cannot be used any more.
    """
    with transaction.atomic():
        row = ConfigFlavor.objects.select_for_update(no_key=True).get(pk=revision.flavor_id)
        if str(row.revision_id) != instead_of:
            return None
        return flavor_revise(name=row.name, documents=revision.documents, created_by=by)


def _revise(name: str, documents: Mapping[str, str], user: User) -> None:
    texts = {file: text.replace("\r\n", "\n") for file, text in documents.items()}
    try:
        flavor_revise(name=name, documents=texts, origin=FlavorOrigin.ADMIN, created_by=user)
    except FlavorInvalidError as error:
        raise as_user_error(error) from error


def as_user_error(error: FlavorInvalidError) -> UserError:
    """Say every problem as an error of its file's text; `problems` has file, line and field for programs."""
    told = [{"file": one.file, "line": one.line, "field": one.field, "detail": one.say} for one in error.problems]
    errors = tuple(FieldError(_pointer(one), str(one), "invalid") for one in error.problems)
    return UserError(
        "user:request:invalid", "The flavor cannot be used as it is.", errors=errors, extra={"problems": told}
    )


def _pointer(problem: Problem) -> str:
    return f"#/files/{problem.file}" if problem.file.endswith(".yaml") else "#/files"


def _wrong(pointer: str, detail: str, code: str) -> UserError:
    return UserError("user:request:invalid", "Some fields need attention.", errors=(FieldError(pointer, detail, code),))
