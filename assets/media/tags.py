"""What a song says about itself: title and artist, as untrusted text."""

from dataclasses import dataclass
from pathlib import Path

from assets.media.probe import opened
from assets.media.samples import SOUND_KINDS


@dataclass(frozen=True, slots=True)
class Tags:
    """Texts as they stand in the file, empty where there are none."""

    title: str = ""
    artist: str = ""

    @property
    def name(self) -> str:
        """The title, with its artist before it."""
        return f"{self.artist} - {self.title}" if self.artist and self.title else self.title


def read_tags(path: Path) -> Tags:
    """Read the tags of a song; Ogg keeps them with the sound, others with the file. Raises MediaProblem."""
    with opened(path, formats=SOUND_KINDS) as (_, container):
        sounds = [dict(stream.metadata) for stream in container.streams.audio[:1]]
        found = {name.lower(): text for each in (*sounds, dict(container.metadata)) for name, text in each.items()}
        return Tags(found.get("title", "").strip(), found.get("artist", "").strip())
