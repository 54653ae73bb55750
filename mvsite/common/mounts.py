"""Which kind of file system a folder lies on: SQLite's locks do not hold on a network's."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ncpfs|glusterfs|ceph|lustre|fuse\.(sshfs|s3fs|rclone|gcsfuse|davfs2?)|davfs"
)


def network_file_system(folder: Path, *, mounts: Path = MOUNTS) -> str:
    """Give the kind of network file system the folder lies on, else an empty text (also where nobody can tell)."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    place = folder.resolve()
    kinds = {Path(_plain(fields[1])): fields[2] for line in lines if len(fields := line.split()) > 2}
    for parent in (place, *place.parents):
        if parent in kinds:
            return kinds[parent] if _NETWORK.fullmatch(kinds[parent]) else ""
    return ""


def _plain(mount_point: str) -> str:
    r"""Undo the kernel's `\040` for a space, and the like."""
    return re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), mount_point)
