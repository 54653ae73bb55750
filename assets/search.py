"""Finding rows by a tag, or by words over everything they say, for lists of all owners: an index where there is one.

PostgreSQL asks an index of words (`0004_lists_of_all_owners`, `0006_tags`); words are found by their beginnings. SQLite
has no such index here: it looks through the newest 10,000 rows.
"""

import json
import re
import uuid
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from django.db import connections, models
from django.db.models import F, JSONField, Q, Subquery, TextField, Value
from django.db.models.expressions import Combinable, CombinedExpression
from django.db.models.functions import Cast, Coalesce, StrIndex

NEWEST = 10_000
LONGEST = 200
_WORDS = re.compile(r"\w+")


def newest(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Keep what is among the newest `NEWEST` rows of all, where no index finds words and tags; elsewhere keep all."""
    if connections[rows.db].vendor == "postgresql":
        return rows
    made = rows.model._base_manager.order_by("-created_at").values("created_at")  # noqa: SLF001  hides nothing
    # A time, which an index finds: to look a list of 10,000 ids through took longer than all the rest of a search.
    since = Coalesce(Subquery(made[NEWEST - 1 : NEWEST]), Value(datetime.fromtimestamp(0, UTC)))
    kept: models.QuerySet[Any] = rows.filter(created_at__gte=since)
    return kept


def tagged(rows: models.QuerySet[Any], tag: str) -> models.QuerySet[Any]:
    """Keep rows with exactly this tag in their JSON column `tags`."""
    if connections[rows.db].vendor == "postgresql":
        return rows.filter(tags__contains=[tag])
    # The list is kept as text, with letters beyond ASCII escaped.
    placed: models.QuerySet[Any] = rows.alias(place=StrIndex(Cast("tags", TextField()), Value(json.dumps(tag))))
    return placed.filter(place__gt=0)


def by_words(rows: models.QuerySet[Any], text: str, *, title: str, told: tuple[str, ...]) -> models.QuerySet[Any]:
    """Keep rows whose text column `title` or JSON columns `told` have every word of `text`; an id finds its row."""
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
        said = models.Func(title, _together(told), function="studio_words", output_field=SearchVectorField())
        found_rows: models.QuerySet[Any] = rows.alias(said=said)
        return found_rows.filter(said=SearchQuery(wanted, config="simple", search_type="raw"))
    looked: models.QuerySet[Any] = newest(rows).alias(**{f"{name}_text": Cast(name, TextField()) for name in told})
    for word in words:
        said_in = Q(**{f"{title}__icontains": word})
        for name in told:
            # JSON is kept with letters beyond ASCII escaped.
            said_in |= Q(**{f"{name}_text__icontains": json.dumps(word)[1:-1]})
        looked = looked.filter(said_in)
    return looked


def _together(told: tuple[str, ...]) -> Combinable:
    columns: list[Combinable] = [F(name) for name in told]
    return reduce(lambda one, other: CombinedExpression(one, "||", other, output_field=JSONField()), columns)


def _id_in(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None
