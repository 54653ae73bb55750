"""Files that can be made again from kept ones: made once, when first asked for; who asks waits or comes back."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import closing
from pathlib import Path

from django.db import connection

from assets import storage
from mvsite.common.errors import UserError

WEB_WAITS = 4.0  # seconds: what takes longer goes on while the client asks again
AT_ONCE = 2
IN_ALL = 16
RETRY_AFTER = 2  # seconds

Make = Callable[[Path, Path], None]

_lock = threading.Lock()
_running: dict[str, Future[None]] = {}
_places = threading.Semaphore(AT_ONCE)


def derived(*, key: str, source: str, make: Make, patient: bool) -> str:
    """Return `key` when its file is there; else `make(source_path, target_path)` it in a thread of its own.

    Waits at most `WEB_WAITS` seconds, or when `patient` until it is done. `make` touches no database.
    Raises user:media:not_ready when it takes longer, and what `make` raises; the next who asks tries that again.
    """
    if storage.exists(key):
        return key
    making = _begun(key, source, make)
    if making is None:
        raise _not_ready()
    try:
        making.result(None if patient else WEB_WAITS)
    except NotYet:
        if making.done():
            raise
        raise _not_ready() from None
    return key


def derive_soon(*, key: str, source: str, make: Make) -> None:
    """Begin the same without waiting; when too much is going on, it is left to whoever asks next."""
    if not storage.exists(key):
        _begun(key, source, make)


def _not_ready() -> UserError:
    return UserError("user:media:not_ready", extra={"retry_after": RETRY_AFTER})


def _begun(key: str, source: str, make: Make) -> Future[None] | None:
    """Give the work on `key`, begun now or by somebody else; None when too much is going on."""
    with _lock:
        known = _running.get(key)
        if known is not None:
            return known
        if len(_running) >= IN_ALL:
            return None
        making = _running[key] = Future[None]()
    threading.Thread(target=_work, args=(making, key, source, make), name=f"derive {key}", daemon=True).start()
    return making


def _work(making: Future[None], key: str, source: str, make: Make) -> None:
    try:
        with _places, closing(connection):  # this thread's, which asks where the source lies
            _make(key, source, make)
    except BaseException as error:  # noqa: BLE001 - it is raised in whoever waits
        making.set_exception(error)
    else:
        making.set_result(None)
    finally:
        with _lock:
            _running.pop(key, None)


def _make(key: str, source: str, make: Make) -> None:
    with storage.temp_dir() as folder, storage.local_path(source) as path:
        target = folder / key.rsplit("/", 1)[1]
        make(path, target)
        storage.store(key=key, source=target)
