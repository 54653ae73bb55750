"""App configuration of `generation`."""

from django.apps import AppConfig


class GenerationConfig(AppConfig):
    """Django's handle on the room."""

    name = "generation"

    def ready(self) -> None:
        """Say how many jobs a person has under way."""
        from generation.jobs.room import started_jobs
        from mvsite.accounts.quotas import JOBS, counts

        counts(JOBS, started_jobs)
