"""What the list of projects shows of each: how many scenes, what it has cost, whether work is going on."""

import textwrap
from decimal import Decimal

from django.db.models import Count, DecimalField, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from generation.choices import ACTIVE_STATES
from generation.models import Job, Project, Scene
from mvsite.accounts.models import User


def project_list(*, owner: User, search: str = "", trashed: bool = False) -> QuerySet[Project]:
    """Return a user's kept projects (or those in the trash) that hold every word of `search`, newest first.

    Each with `scene_count`, `spent_usd` (USD) and `is_running`.
    """
    scenes = Scene.objects.filter(project=OuterRef("pk"), trashed_at=None).order_by().values("project")
    jobs = Job.objects.filter(project=OuterRef("pk")).order_by()
    money = DecimalField(max_digits=12, decimal_places=6)
    theirs = Project.objects.for_user(owner)
    rows = theirs.trashed() if trashed else theirs.kept()
    for word in search.replace("\0", "").split():
        rows = rows.filter(
            Q(title__icontains=word) | Q(idea__icontains=word) | Q(character_description__icontains=word)
        )
    return (
        rows.select_related("owner")
        .annotate(
            scene_count=Coalesce(Subquery(scenes.annotate(n=Count("pk")).values("n")), Value(0)),
            spent_usd=Coalesce(
                Subquery(jobs.values("project").annotate(sum=Sum("cost_usd")).values("sum"), output_field=money),
                Value(Decimal(0), output_field=money),
            ),
            is_running=Exists(jobs.filter(state__in=ACTIVE_STATES)),
        )
        .order_by("-created_at", "pk")
    )


def beginning(text: str) -> str:
    """Return a text's beginning, cut between words, at most 60 characters: the name of a project without a title."""
    whole = " ".join(text.split())
    short = textwrap.shorten(whole, 60, placeholder="…")
    return short if short != "…" else f"{whole[:59]}…"
