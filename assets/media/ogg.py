"""The little that is read of Ogg (RFC 3533) beside its demuxer, which takes half a file for a whole one."""

from pathlib import Path

NAME = b"OggS"
HEAD = 27  # bytes of a page's head; the last one says how many bytes of lengths follow
OPEN = 255  # a length that says that its packet goes on
MOST = 1_000_000  # pages that are looked at: six hours have fewer


def cut_short(path: Path) -> bool:
    """Say whether an Ogg surely ends too early: amid a page, or with a packet that goes on in a page that is not there.

    It states no length. One that was cut between two pages is like one that was recorded live, whose last page is not
    marked as the last either, and is taken as it is.
    """
    length, at, goes_on = path.stat().st_size, 0, False
    with path.open("rb") as file:
        for _ in range(MOST):
            file.seek(at)
            head = file.read(HEAD)
            if head[:4] != NAME:
                return goes_on if not head else NAME.startswith(head)
            if len(head) < HEAD:
                return True
            lengths = file.read(head[-1])
            at += HEAD + len(lengths) + sum(lengths)
            if len(lengths) < head[-1] or at > length:
                return True
            goes_on = lengths[-1:] == bytes([OPEN])
    return False
