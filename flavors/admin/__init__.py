"""Flavors in the admin: edited as texts, and every revision to read and to take back to."""

from flavors.admin import flavors, revisions

__all__ = ["flavors", "revisions"]
