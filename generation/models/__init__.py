"""The rows of the studio: projects, scenes and takes, jobs and what they bought, budgets, events."""

from generation.models.budget import Budget
from generation.models.event import Event, EventStream
from generation.models.job import Job, ProviderCall, ReservedId
from generation.models.lane import Lane
from generation.models.project import Project, SceneGeneration
from generation.models.scene import Scene, SceneVersion, Take

__all__ = [
    "Budget",
    "Event",
    "EventStream",
    "Job",
    "Lane",
    "Project",
    "ProviderCall",
    "ReservedId",
    "Scene",
    "SceneGeneration",
    "SceneVersion",
    "Take",
]
