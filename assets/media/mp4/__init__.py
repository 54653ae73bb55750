"""MP4 by its boxes: reading the tables of untrusted files, and writing a file whose samples lie in others.

`read_movie()` gives tables, `write_movie()` makes a file; the only error about bytes is `BoxError`. No decoder here.
"""

from assets.media.mp4.boxes import BoxError, index_is_first
from assets.media.mp4.film import OutTrack, rows_of
from assets.media.mp4.tables import Movie, Track, read_movie
from assets.media.mp4.write import write_movie

__all__ = ["BoxError", "Movie", "OutTrack", "Track", "index_is_first", "read_movie", "rows_of", "write_movie"]
