"""What web and worker do with flavors when they start."""

import logging

from django.db import DatabaseError, close_old_connections

log = logging.getLogger(__name__)


def sync_at_start() -> None:
    """Sync the folders; a database that is not there yet must not keep the process from starting.

    A fresh database is then filled by the first request that needs a flavor.
    """
    from flavors.services import flavors_sync  # rows can be imported only when Django has loaded its apps

    try:
        flavors_sync()
    except DatabaseError as error:
        log.warning("flavors_not_synced", extra={"reason": str(error)})
    finally:
        close_old_connections()  # whoever forks next must not inherit it
