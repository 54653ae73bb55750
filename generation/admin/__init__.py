"""The studio in the admin: videos, projects, jobs, money; and pages for what is stuck and what it all cost."""

from generation.admin import flavors, jobs, money, projects, videos

__all__ = ["flavors", "jobs", "money", "projects", "videos"]
