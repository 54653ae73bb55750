"""What the library's lists can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from assets.models import Audio, CharacterReference, Video, VideoKind
from assets.search import tagged


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
        """Find exactly this tag."""
        return tagged(rows, tag)


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
