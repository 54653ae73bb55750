"""Writing flavors: from folders into rows, and a new revision of one."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from flavors.completion import WholeFlavor, complete
from flavors.loader import SHIPPED, Folder, find_folders
from flavors.models import DEFAULT, ConfigFlavor, FlavorOrigin, FlavorRevision
from flavors.schema import read_files
from flavors.whole import whole_revision
from flavors.yaml_text import FlavorInvalidError, Problem
from mvsite.accounts.models import User
from mvsite.logs import debug_event, warn_event


@dataclass(slots=True)
class SyncReport:
    """What a sync did, by name; `refused` says why, `kept` are edits of staff that stay although the folder changed."""

    added: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    refused: dict[str, tuple[Problem, ...]] = field(default_factory=dict)


def flavors_sync(*, dry_run: bool = False) -> SyncReport:
    """Bring the rows up to the folders; a flavor gets a revision only when its texts changed.

    A broken flavor is refused with its line while the others load; one whose folder is gone is offered no more,
    but its revisions stay. A dry run does the same and takes it back.
    """
    folders = find_folders(SHIPPED, settings.MV_FLAVORS_DIR)
    report = SyncReport()
    with transaction.atomic():
        known = {
            flavor.name: flavor
            for flavor in ConfigFlavor.objects.select_for_update(of=("self",), no_key=True).select_related("revision")
        }
        for name in sorted(folders, key=lambda each: (each != DEFAULT, each)):
            _sync_one(known.get(name), folders[name], report)
        report.gone = sorted(name for name, row in known.items() if row.folder_found and name not in folders)
        ConfigFlavor.objects.filter(name__in=report.gone).update(folder_found=False)
        transaction.set_rollback(dry_run)
    for name, problems in report.refused.items():
        warn_event("flavor_refused", flavor=name, problems=[str(problem) for problem in problems])
    debug_event("config_flavors_discovered", flavors=sorted(folders))
    return report


def flavor_check(*, name: str, documents: Mapping[str, str]) -> tuple[WholeFlavor, FlavorRevision | None]:
    """Read the texts as the flavor `name`; returns it whole, with the `default` that fills its gaps.

    Raises FlavorInvalidError with every problem.
    """
    lender = None if name == DEFAULT else _default_revision()
    whole, _borrowed = complete(read_files(documents), whole_revision(lender.pk)[0] if lender else None)
    return whole, lender


@transaction.atomic
def flavor_revise(
    *,
    name: str,
    documents: Mapping[str, str],
    origin: FlavorOrigin = FlavorOrigin.ADMIN,
    created_by: User | None = None,
    becomes_current: bool = True,
) -> FlavorRevision:
    """Check the texts and keep them as the next revision of the flavor, which is made when there is none.

    Texts that the newest revision holds already make no new one. Flavors that borrow from `default` follow a new
    `default`. Raises FlavorInvalidError with every problem.
    """
    whole, lender = flavor_check(name=name, documents=documents)
    ConfigFlavor.objects.get_or_create(name=name, defaults={"origin": origin})
    flavor = ConfigFlavor.objects.select_for_update(no_key=True).get(name=name)
    newest = flavor.revisions.first()
    said = {"content_hash": _content_hash(documents), "completed_with": lender, "origin": origin}
    if newest is not None and all(getattr(newest, name) == value for name, value in said.items()):
        revision = newest  # said already: by another process that synced at the same moment, or by a save of no change
    else:
        number = newest.number + 1 if newest else 1
        revision = FlavorRevision.objects.create(
            flavor=flavor, number=number, documents=dict(documents), created_by=created_by, **said
        )
    if becomes_current:
        flavor.revision = revision
        flavor.title = whole.title or name.replace("_", " ").capitalize()
        flavor.save()
        if name == DEFAULT:
            _borrowers_follow(revision)
    return revision


@contextmanager
def flavor_tried(*, name: str, documents: Mapping[str, str]) -> Iterator[None]:
    """Let the flavor say these texts and be offered for a look, and take it back. Raises FlavorInvalidError."""
    with transaction.atomic():
        revision = flavor_revise(name=name, documents=documents, becomes_current=False)  # nobody follows it
        ConfigFlavor.objects.filter(name=name).update(active=True, revision=revision)
        yield
        transaction.set_rollback(True)


def flavor_reset(*, name: str, created_by: User | None = None) -> FlavorRevision:
    """Go back to what the flavor's folder said last. Raises FlavorInvalidError when it never had one."""
    from_file = FlavorRevision.objects.filter(flavor__name=name, origin=FlavorOrigin.FILE).first()
    if from_file is None:
        raise FlavorInvalidError((Problem(name, 1, "", "this flavor has no folder to go back to."),))
    return flavor_revise(name=name, documents=from_file.documents, origin=FlavorOrigin.FILE, created_by=created_by)


def _sync_one(flavor: ConfigFlavor | None, folders: list[Folder], report: SyncReport) -> None:
    """Try the folder; a broken one gives way to the shipped one of its name only while there is nothing better."""
    folder, *others = folders
    try:
        outcome = _take_in(flavor, folder)
    except FlavorInvalidError as error:
        report.refused[folder.name] = error.problems
        if others and (flavor is None or flavor.revision is None):
            _sync_one(flavor, others, report)
        return
    {"added": report.added, "revised": report.revised, "unchanged": report.unchanged, "kept": report.kept}[
        outcome
    ].append(folder.name)


def _take_in(flavor: ConfigFlavor | None, folder: Folder) -> str:
    if folder.problems:
        raise FlavorInvalidError(folder.problems)
    seen = flavor.revisions.filter(origin=FlavorOrigin.FILE).first() if flavor else None
    edited = flavor is not None and flavor.revision is not None and flavor.revision.origin == FlavorOrigin.ADMIN
    changed = seen is None or seen.content_hash != _content_hash(folder.documents)
    if changed:
        flavor_revise(
            name=folder.name, documents=folder.documents, origin=FlavorOrigin.FILE, becomes_current=not edited
        )
    ConfigFlavor.objects.filter(name=folder.name).update(folder_found=True)
    if flavor is None:
        return "added"
    if changed:
        return "kept" if edited else "revised"
    return "unchanged"


def _borrowers_follow(default: FlavorRevision) -> None:
    """Give every flavor that a new `default` makes different a revision that says so."""
    others = ConfigFlavor.objects.select_related("revision").exclude(name=DEFAULT).filter(revision__isnull=False)
    for flavor in others:
        current = flavor.revision
        if current is None or _stays_the_same(current, whole_revision(default.pk)[0]):
            continue
        flavor_revise(
            name=flavor.name,
            documents=current.documents,
            origin=FlavorOrigin(current.origin),
            created_by=current.created_by,
        )


def _stays_the_same(revision: FlavorRevision, default: WholeFlavor) -> bool:
    """Say whether the revision reads the same with another `default`; one that would break stays as it is."""
    try:
        whole, _borrowed = complete(read_files(revision.documents), default)
    except FlavorInvalidError as error:
        warn_event("flavor_refused", flavor=revision.flavor.name, problems=[str(each) for each in error.problems])
        return True
    return whole == whole_revision(revision.pk)[0]


def _default_revision() -> FlavorRevision:
    found = FlavorRevision.objects.filter(pk__in=ConfigFlavor.objects.filter(name=DEFAULT).values("revision")).first()
    if found is None:
        raise FlavorInvalidError((Problem(DEFAULT, 1, "", "default itself could not be read, so nothing can borrow."),))
    return found


def _content_hash(documents: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(documents), sort_keys=True).encode()).hexdigest()
