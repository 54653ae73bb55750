"""The supervisor: starts the studio's processes, keeps them alive and takes them all down together."""

from mvsite.supervisor.supervisor import Supervisor, SupervisorError

__all__ = ["Supervisor", "SupervisorError"]
