"""Finding rows by words over everything they say, for lists of all owners: an index where there is one.

PostgreSQL asks an index of words (`0004_lists_of_all_owners`); words are found by their beginnings. SQLite has no such
index here: it looks through the newest 10,000 rows.
"""

import re
import uuid
from typing import Any

from django.db import connections, models
from django.db.models import Q, TextField
from django.db.models.functions import Cast

NEWEST = 10_000
LONGEST = 200
_WORDS = re.compile(r"\w+")


def by_words(rows: models.QuerySet[Any], text: str, *, title: str, told: str) -> models.QuerySet[Any]:
    """Keep rows whose text column `title` or JSON column `told` has every word of `text`; an id finds its row."""
    found = _id_in(text)
    if found is not None:
        return rows.filter(pk=found)
    words = _WORDS.findall(text[:LONGEST].replace("\x00", ""))
    if not words:
        return rows
    if connections[rows.db].vendor == "postgresql":
        from django.contrib.postgres.search import SearchQuery, SearchVectorField

        wanted = " & ".join(f"{word.replace('_', ' & ').strip(' &') or word}:*" for word in words)
        # The very same expression as the index has.
        said = models.Func(title, told, function="studio_words", output_field=SearchVectorField())
        found_rows: models.QuerySet[Any] = rows.alias(said=said)
        return found_rows.filter(said=SearchQuery(wanted, config="simple", search_type="raw"))
    newest = rows.model._base_manager.order_by("-created_at").values("pk")[:NEWEST]  # noqa: SLF001  hides nothing
    looked: models.QuerySet[Any] = rows.filter(pk__in=newest).annotate(told_text=Cast(told, TextField()))
    for word in words:
        looked = looked.filter(Q(**{f"{title}__icontains": word}) | Q(told_text__icontains=word))
    return looked


def _id_in(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None
