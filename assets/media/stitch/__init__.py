"""Joining clips into one film: `stitch()` does it, `make_plan()` says beforehand how."""

from assets.media.stitch.plan import StitchPlan, make_plan
from assets.media.stitch.run import StitchResult, stitch
from assets.media.stitch.wishes import StitchWishes, Track

__all__ = ["StitchPlan", "StitchResult", "StitchWishes", "Track", "make_plan", "stitch"]
