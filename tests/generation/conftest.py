"""What the studio's tests share."""

from tests.support.engine import picture_jobs
from tests.support.quick_clips import quick_clips

__all__ = ["picture_jobs", "quick_clips"]
