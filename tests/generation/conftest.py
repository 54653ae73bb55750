"""What the studio's tests share."""

from tests.support.engine import picture_jobs

__all__ = ["picture_jobs"]
