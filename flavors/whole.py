"""Reads a revision as a whole flavor, once: revisions never change, so what was read stays right."""

import uuid
from functools import lru_cache

from flavors.completion import Borrowed, WholeFlavor, complete
from flavors.models import FlavorRevision
from flavors.schema import read_files


@lru_cache(maxsize=256)
def whole_revision(revision_id: uuid.UUID) -> tuple[WholeFlavor, tuple[Borrowed, ...]]:
    """Return the flavor with its gaps filled, and what was borrowed. Raises FlavorRevision.DoesNotExist."""
    revision = FlavorRevision.objects.get(pk=revision_id)
    below = revision.completed_with_id
    return complete(read_files(revision.documents), whole_revision(below)[0] if below else None)
