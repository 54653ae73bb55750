"""Tables change while the version of before still runs: what it would stumble over needs a note in the migration.

In a rolling restart the tables are brought up to date first, and for a while old and new processes use them together.
So a change comes in two releases (add, then remove), or its note says why it may be otherwise. What may make the old
version's rows or waiting wrong, depending on what it is, is named one by one with the reason why it does not.
"""

from collections.abc import Iterator

import pytest
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, CharField, CheckConstraint, Index, Q

from tests.support.tree import ROOT

NOTE = "# Beside the old version:"
OURS = ("accounts", "assets", "common", "flavors", "generation")
DESTROYS = (
    operations.RemoveField,
    operations.DeleteModel,
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
    operations.RunSQL,
)

FIRST = "built before the first release, when no version runs beside it"
# Each constraint, step of Python, changed field and index on a table that was there before, and why it may be.
# An index of a big table that comes later is built CONCURRENTLY, in a migration of its own.
NAMED = {
    "accounts 0002_people RunPython guard": "makes triggers that refuse changes; every version only adds rows there",
    "accounts 0004_audit_truncate RunPython guard": "makes a trigger that refuses TRUNCATE; no version sends it",
    "accounts 0005_audit_found AddIndex audit_by_action": FIRST,
    "accounts 0005_audit_found AddIndex audit_by_address": FIRST,
    "accounts 0005_audit_found AddIndex audit_by_name": FIRST,
    "accounts 0005_audit_found AddIndex audit_by_object": FIRST,
    "accounts 0005_audit_found AddIndex audit_by_via": FIRST,
    "accounts 0006_links_go_with_their_maker AlterField onetimelink.made_by": "no SQL: it is Django that deletes",
    "assets 0004_lists_of_all_owners AddIndex audio_all": FIRST,
    "assets 0004_lists_of_all_owners AddIndex characterreference_all": FIRST,
    "assets 0004_lists_of_all_owners AddIndex video_all": FIRST,
    "assets 0004_lists_of_all_owners RunPython add_words": f"changes no row: an index of words, {FIRST}",
    "assets 0005_ratings AddConstraint video_rating_known": "of its own new column, which old versions leave at 0",
    "assets 0005_ratings AddIndex video_best": FIRST,
    "assets 0005_ratings AddIndex video_rating": FIRST,
    "assets 0005_ratings AddIndex video_worst": FIRST,
    "assets 0006_tags RunPython add_tags": f"changes no row: indexes of words and tags, {FIRST}",
    "generation 0002_budgets AddConstraint job_holds_while_unfinished": "made before the first release; see its note",
    "generation 0002_budgets AddIndex provider_call_by_day": FIRST,
    "generation 0002_budgets RunPython count_what_was_billed": "made before the first release; see its note",
    "generation 0003_lanes AddIndex job_line": FIRST,
    "generation 0003_lanes AddIndex provider_call_open": FIRST,
    "generation 0005_newest_provider_calls AddIndex provider_call_newest": FIRST,
    "generation 0008_lists_of_all_owners AddIndex job_all": FIRST,
    "generation 0008_lists_of_all_owners AddIndex provider_call_billed": FIRST,
    "generation 0008_lists_of_all_owners RunPython add_words": f"changes no row: an index of words, {FIRST}",
    "generation 0010_money_held AddIndex job_holding": FIRST,
    "generation 0012_job_request_id AddIndex job_by_request": FIRST,
    "generation 0013_project_tags RunPython add_tags": f"changes no row: an index of tags, {FIRST}",
}


def steps(operation: Operation) -> Iterator[Operation]:
    """Yield an operation, or those inside of it that reach the database."""
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from steps(inner)
    else:
        yield operation


def to_name(operation: Operation) -> str:
    """Name an operation over which the version of before may stumble or wait; nothing for others.

    A constraint refuses rows it still writes, Python may change rows under it, a changed field may hold less than it
    writes, and an index keeps it from writing while it is built.
    """
    kind = type(operation).__name__
    if isinstance(operation, operations.AddConstraint):
        return f"{kind} {operation.constraint.name}"
    if isinstance(operation, operations.AddIndex):
        return f"{kind} {operation.index.name}"
    if isinstance(operation, operations.RunPython):
        return f"{kind} {getattr(operation.code, '__name__', '')}"
    if isinstance(operation, operations.AlterField):
        return f"{kind} {operation.model_name}.{operation.name}"
    return ""


def stumbles(operation: Operation) -> str:
    """Say over what the version of before would stumble; nothing when it would not notice."""
    name = type(operation).__name__
    if isinstance(operation, DESTROYS):
        return f"{name} takes away what the old version still reads or writes"
    if isinstance(operation, operations.AddField | operations.AlterField):
        field = operation.field
        if not field.null and not field.many_to_many and field.db_default is NOT_PROVIDED:
            return f"{name} {operation.model_name}.{operation.name}: rows of the old version have nothing in it"
    return ""


def on_old_tables(migration: Migration) -> Iterator[Operation]:
    """Yield what a migration does to tables that it does not make itself."""
    made_here = {each.name.lower() for each in migration.operations if isinstance(each, operations.CreateModel)}
    for operation in migration.operations:
        for step in steps(operation):
            if getattr(step, "model_name", "").lower() not in made_here:
                yield step


def ours() -> dict[tuple[str, str], Migration]:
    """Return the migrations after the first of each app."""
    found = MigrationLoader(None).disk_migrations
    return {key: each for key, each in found.items() if key[0] in OURS and not each.initial}


def troubles(migration: Migration) -> Iterator[str]:
    yield from filter(None, map(stumbles, on_old_tables(migration)))


def source_of(app: str, name: str) -> str:
    (found,) = [path for path in ROOT.glob(f"**/{app}/migrations/{name}.py") if ".venv" not in path.parts]
    return found.read_text(encoding="utf-8")


def test_the_old_version_gets_on_with_every_migration() -> None:
    found = {
        f"{app} {name}": wrong
        for (app, name), migration in ours().items()
        if (wrong := list(troubles(migration))) and NOTE not in source_of(app, name)
    }
    assert found == {}, f"use null=True or db_default, or two releases; or say why in a line that begins {NOTE!r}"


def test_what_depends_on_the_rows_is_named_with_its_reason() -> None:
    found = {
        f"{app} {name} {told}"
        for (app, name), migration in ours().items()
        for told in filter(None, map(to_name, on_old_tables(migration)))
    }
    assert (sorted(found - set(NAMED)), sorted(set(NAMED) - found)) == ([], [])
    assert all(len(reason.split()) > 4 for reason in NAMED.values())


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (
            operations.AddConstraint("job", CheckConstraint(condition=Q(attempts__gt=0), name="tried")),
            "AddConstraint tried",
        ),
        (operations.AddIndex("job", Index(fields=["kind"], name="by_kind")), "AddIndex by_kind"),
        (operations.RunPython(operations.RunPython.noop), "RunPython noop"),
        (operations.AlterField("job", "stage", CharField(max_length=2, null=True)), "AlterField job.stage"),
        (operations.RemoveConstraint("job", "tried"), ""),
    ],
)
def test_what_is_to_be_named(operation: Operation, told: str) -> None:
    assert to_name(operation) == told
    inside = operations.SeparateDatabaseAndState(database_operations=[operation])
    assert [to_name(step) for step in steps(inside)] == [told]


@pytest.mark.parametrize(
    "operation",
    [
        operations.RemoveField("job", "stage"),
        operations.RenameField("job", "stage", "step"),
        operations.DeleteModel("Job"),
        operations.AddField("job", "place", CharField(max_length=9, default="")),
    ],
)
def test_the_rule_bites(operation: Operation) -> None:
    assert stumbles(operation)


@pytest.mark.parametrize(
    "field", [CharField(max_length=9, null=True), CharField(max_length=9, db_default="")], ids=["null", "default"]
)
def test_what_the_old_version_does_not_notice_is_fine(field: CharField) -> None:  # type: ignore[type-arg]  # Django's own takes no type in brackets at run time
    assert stumbles(operations.AddField("job", "place", field)) == ""
