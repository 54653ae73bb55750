"""The finished video starts by itself once every scene has been tried and no clip is under way (SPEC)."""

from generation.choices import JobKind
from generation.models import Job, Project
from generation.selectors import clips_under_way, scenes_of, takes_of
from generation.services.stitch import project_restitch

_SHOOTS = (JobKind.CLIP, JobKind.LIPSYNC)


def first_cut(job: Job) -> None:
    """Put a project's first video together when `job`, a clip that ends now, was the last that was missing.

    A run does that itself, and whoever already has a video decides when it is cut anew.
    """
    if job.kind not in _SHOOTS or job.project_id is None:
        return
    project = Project.objects.kept().filter(pk=job.project_id, final_video=None).first()
    if project is None:
        return
    jobs = Job.objects.filter(project=project).exclude(pk=job.pk)
    if clips_under_way(project).exclude(pk=job.pk).exists() or jobs.filter(kind=JobKind.RUN).unfinished().exists():
        return
    scenes = [scene for scene in scenes_of(project) if scene.current]
    bare = {scene.pk for scene in scenes if not takes_of(scene)}
    tried = set(jobs.filter(scene__in=bare, kind=JobKind.CLIP).values_list("scene_id", flat=True)) | {job.scene_id}
    if len(bare) < len(scenes) and bare <= tried:
        project_restitch(project=project)
