"""The rows of the studio: projects, scenes and takes, jobs, what they bought, workers, budgets, events, links."""

from generation.models.budget import Budget
from generation.models.event import Event, EventStream
from generation.models.job import Job, ProviderCall, ReservedId
from generation.models.lane import Lane
from generation.models.member import Member, MemberRole
from generation.models.project import Project, SceneGeneration
from generation.models.scene import Scene, SceneVersion, Take
from generation.models.share import Share
from generation.models.worker import Worker

__all__ = [
    "Budget",
    "Event",
    "EventStream",
    "Job",
    "Lane",
    "Member",
    "MemberRole",
    "Project",
    "ProviderCall",
    "ReservedId",
    "Scene",
    "SceneGeneration",
    "SceneVersion",
    "Share",
    "Take",
    "Worker",
]
