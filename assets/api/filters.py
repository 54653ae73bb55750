"""What the library's lists can be narrowed by."""

import json
from typing import Any

import django_filters
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from assets.models import Audio, CharacterReference, Video, VideoKind


class YesNoFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`; anything else is an error, where Django's own would quietly filter nothing."""

    def __init__(self, **kwargs: Any) -> None:
        choices = (("true", "yes"), ("false", "no"))
        super().__init__(choices=choices, coerce=lambda text: text == "true", **kwargs)


class LibraryFilter(django_filters.FilterSet):
    """Filters of every kind of file."""

    favourite = YesNoFilter()
    tag = django_filters.CharFilter(method="with_tag", label="Has this tag.")
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    def with_tag(self, rows: QuerySet[Any], name: str, tag: str) -> QuerySet[Any]:
        """Find a tag in the list as it is written; SQLite escapes letters beyond ASCII, PostgreSQL does not."""
        spellings = {json.dumps(tag), json.dumps(tag, ensure_ascii=False)}
        written = Q()
        for spelling in spellings:
            written |= Q(tags_text__contains=spelling)
        found: QuerySet[Any] = rows.annotate(tags_text=Cast("tags", TextField())).filter(written)
        return found


class AudioFilter(LibraryFilter):
    """Filters of songs."""

    original_audio_id = django_filters.UUIDFilter(field_name="original_id", label="Cuts of this song.")

    class Meta:
        model = Audio
        fields = ("source",)


class VideoFilter(LibraryFilter):
    """Filters of videos."""

    kind = django_filters.MultipleChoiceFilter(choices=VideoKind.choices)
    is_mock = YesNoFilter()
    has_audio = YesNoFilter()
    rating_min = django_filters.NumberFilter(field_name="rating", lookup_expr="gte", label="Rated so high or higher.")

    class Meta:
        model = Video
        fields = ("kind", "rating")


class CharacterFilter(LibraryFilter):
    """Filters of portraits."""

    class Meta:
        model = CharacterReference
        fields = ("source",)
