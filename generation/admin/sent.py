"""What would be sent, to read: the prompts and parameters of a flavor for a project or for a plain idea."""

from collections.abc import Mapping
from typing import Any

from flavors.models import DEFAULT
from flavors.selectors import flavor_list
from generation.models import Project
from generation.services.previews import Wanted, flavor_preview
from mvsite.common.errors import StudioError, UserError
from mvsite.common.ids import parse_id

IDEA = "A storm at sea"
CHARACTER = "A woman in a red coat"


def sent_context(asked: Mapping[str, str]) -> dict[str, Any]:
    """Give `calls` (each with `title`, `about` and the preview of one call), what was asked for, and `trouble` if any.

    `asked` may hold `project` (an id), `flavor` (a name), `idea` and `character`; a project's own come first.
    """
    project = _project(asked.get("project", ""))
    names = [flavor.name for flavor in flavor_list()]
    flavor = asked.get("flavor") or (project.config_flavor if project else "") or DEFAULT
    wanted = Wanted(
        flavor=flavor,
        idea=project.idea if project else asked.get("idea", IDEA),
        character_description=project.character_description if project else asked.get("character", CHARACTER),
        project=project,
    )
    not_found = project is None and bool(asked.get("project"))
    words = {"project": project, "wanted": wanted, "flavors": names, "not_found": not_found}
    try:
        seen = flavor_preview(wanted)
    except StudioError as error:
        return {**words, "trouble": error}
    calls = [
        {"title": "The scenes", "call": seen["scenes"]},
        {"title": f"The portraits, {seen['portraits']['times']} times", "call": seen["portraits"]},
        *({"title": _clip_title(clip), "call": clip} for clip in seen["clips"]),
    ]
    return {**words, "flavor": seen["flavor"], "calls": calls}


def _project(text: str) -> Project | None:
    try:
        return Project.objects.kept().filter(pk=parse_id(text)).first() if text else None
    except UserError:
        return None


def _clip_title(clip: dict[str, Any]) -> str:
    return "A clip" if clip["index"] is None else f"The clip of scene {clip['index'] + 1}"
