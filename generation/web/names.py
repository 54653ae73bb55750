"""What the pages call things: shelves of the library, kinds of jobs, and what goes into one."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy

from generation.choices import JobKind

SHELVES = {
    "characters": gettext_lazy("Portraits"),
    "clips": gettext_lazy("Clips"),
    "videos": gettext_lazy("Finished videos"),
    "songs": gettext_lazy("Songs"),
}
ACCEPT = {
    "characters": ".png,.jpg,.jpeg,.webp",
    "clips": ".mp4,.mov,.webm",
    "videos": "",
    "songs": "audio/*,.mp3,.wav,.m4a,.aac,.ogg,.opus,.flac",
}
KINDS = {
    JobKind.SCENES: gettext_lazy("Writing scenes"),
    JobKind.PORTRAITS: gettext_lazy("Portraits"),
    JobKind.CLIP: gettext_lazy("A clip"),
    JobKind.LIPSYNC: gettext_lazy("A lip-sync"),
    JobKind.STITCH: gettext_lazy("Putting a video together"),
    JobKind.DOWNLOAD: gettext_lazy("Fetching a song"),
    JobKind.TRIM: gettext_lazy("Cutting a song"),
    JobKind.RUN: gettext_lazy("The whole video"),
    JobKind.EXPORT: gettext_lazy("An export"),
}
INPUTS = {
    "idea": gettext_lazy("Idea"),
    "character_description": gettext_lazy("Character & style"),
    "prompt": gettext_lazy("Prompt"),
    "negative_prompt": gettext_lazy("Negative prompt"),
    "number_of_scenes": gettext_lazy("Number of scenes"),
    "config_flavor": gettext_lazy("Flavor"),
    "model": gettext_lazy("Model"),
    "aspect_ratio": gettext_lazy("Aspect ratio"),
    "resolution": gettext_lazy("Resolution"),
    "duration": gettext_lazy("Seconds"),
    "generate_audio": gettext_lazy("With sound"),
    "seed": gettext_lazy("Seed"),
}


def told(value: Any) -> Any:
    """Give a value as people read it: yes and no instead of the program's own words."""
    return (gettext("yes") if value else gettext("no")) if isinstance(value, bool) else value
