"""Why a file can't be read or written, in words."""

from __future__ import annotations

import errno
import os

_WHY = {
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "part of that path is a file, not a folder",
    errno.EISDIR: "this is a folder; name a file",
    errno.EEXIST: "there is a file of that name",
    errno.EROFS: "the file system can only be read",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.ENAMETOOLONG: "that name is too long",
    errno.ELOOP: "its links lead in a circle",
}
_FORBIDDEN = (errno.EACCES, errno.EPERM)


def why(error: OSError, *, reading: bool = False) -> str:
    """Say why a file can't be written, or read."""
    if error.errno in _FORBIDDEN:
        return "you may not read it" if reading else "you may not write there"
    if error.errno in _WHY:
        return _WHY[error.errno]
    return error.strerror or str(error) or os.strerror(error.errno or 0)
