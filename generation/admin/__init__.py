"""The studio in the admin: videos, projects, jobs, money; and pages for what is stuck and what it all cost."""

from generation.admin import jobs, money, projects, videos

__all__ = ["jobs", "money", "projects", "videos"]
