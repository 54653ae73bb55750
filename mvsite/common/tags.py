"""Tags as a person gives them: the same bounds in the API and in the admin."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import JSONField
from django.forms.fields import InvalidJSONInput

from mvsite.common.text import clean_tags, keepable

MOST_TAGS, LONGEST_TAG = 30, 40


class TagsField(JSONField):
    """Tags in a form: a list of texts, kept as the API keeps them."""

    default_error_messages = {
        "tags": f'Give a list of at most {MOST_TAGS} texts of at most {LONGEST_TAG} characters, like ["storm"].',
    }

    def to_python(self, value: Any) -> Any:
        """Read the list and clean it; whatever else JSON can hold is refused."""
        if self.disabled:
            return value
        try:
            found = [] if value in self.empty_values else super().to_python(value)
        except (ValidationError, ValueError, RecursionError):  # also thousands of digits, or of lists in lists
            found = None
        if not isinstance(found, list) or len(found) > MOST_TAGS or not all(map(_is_tag, found)):
            raise ValidationError(self.error_messages["tags"], code="tags")
        return clean_tags(found)

    def prepare_value(self, value: Any) -> Any:
        """Show what is kept, also what was kept before there were bounds."""
        return keepable(super().prepare_value(value))

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show what is refused as it was typed."""
        return initial if self.disabled or data is None else InvalidJSONInput(data)


TAGS_IN_FORMS: dict[Any, Any] = {models.JSONField: {"form_class": TagsField}}
"""For the pages of the admin whose only JSON that can be changed are tags (`formfield_overrides`)."""


def _is_tag(found: Any) -> bool:
    return isinstance(found, str) and len(found.strip()) <= LONGEST_TAG
