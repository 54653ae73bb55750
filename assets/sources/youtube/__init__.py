"""The sound of one YouTube video as a file: yt-dlp, kept in a process that can do nothing else."""

from assets.sources.youtube.fetching import Fetched, fetch
from assets.sources.youtube.installed import js_runtime, problem
from assets.sources.youtube.links import page_of, video_of

__all__ = ["Fetched", "fetch", "js_runtime", "page_of", "problem", "video_of"]
