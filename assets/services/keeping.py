"""What all services share: making a row once, and using the file that a crash left behind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from django.db import IntegrityError, transaction

from assets import storage
from assets.models import StoredFile

Row = TypeVar("Row", bound=StoredFile)


def kept_once(row: Row) -> Row:
    """Save a new row, or return the one that has its id already: somebody with the same job was faster."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        kept = type(row)._base_manager.filter(pk=row.pk).first()  # noqa: SLF001 - the manager that hides nothing
        if kept is None:
            raise
        return kept
    return row


def taken_in(receive: Callable[[], Row]) -> Row:
    """Run `receive`, which stores a file and builds its row; once more when another worker stored first.

    The other's file is whole by then, and `first_copy` finds it.
    """
    try:
        return receive()
    except storage.KeyTakenError:
        return receive()


@contextmanager
def first_copy(key: str, path: Path) -> Iterator[Path]:
    """Give what lies under `key` already, else `path`.

    A crash between file and row leaves a whole, checked file. It is used instead of the new one, which may
    differ in bytes, because what lies under a key never changes.
    """
    if storage.exists(key):
        with storage.local_path(key) as kept:
            yield kept
    else:
        yield path
