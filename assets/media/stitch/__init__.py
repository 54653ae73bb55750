"""Joining clips into one film: `stitch()` does it, `make_plan()` says beforehand how."""

from assets.media.stitch.parts import Part, make_part, parts_of, shelve
from assets.media.stitch.plan import StitchPlan, make_plan
from assets.media.stitch.run import StitchResult, stitch
from assets.media.stitch.wishes import StitchWishes, Track

__all__ = [
    "Part",
    "StitchPlan",
    "StitchResult",
    "StitchWishes",
    "Track",
    "make_part",
    "make_plan",
    "parts_of",
    "shelve",
    "stitch",
]
