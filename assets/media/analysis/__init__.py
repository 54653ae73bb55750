"""What a song tells about itself: tempo, beats, bars, parts, energy and loudness; offline, and always the same."""

from assets.media.analysis.song import VERSION, SongAnalysis, analyse
from assets.media.analysis.wish import Wish, tapped, wished

__all__ = ["VERSION", "SongAnalysis", "Wish", "analyse", "tapped", "wished"]
