"""What a process holds of memory, finely enough for small indexes."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from typing import TypeVar

MALLINFO = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")

Made = TypeVar("Made")


class _MallInfo(ctypes.Structure):
    """``struct mallinfo2`` of glibc 2.33 and newer."""

    _fields_ = tuple((name, ctypes.c_size_t) for name in MALLINFO)


def allocated_bytes() -> float:
    """What this process holds of the C heap; not a number where the C library does not tell.

    The resident size would do for millions of rows, but for thousands it drowns in what the heap keeps for later.
    """
    try:
        mallinfo = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError, TypeError):
        return float("nan")
    mallinfo.restype = _MallInfo
    information = mallinfo()
    return float(information.uordblks + information.hblkhd)


def grown(make: Callable[[], Made]) -> tuple[Made, float]:
    """What was made, and how many bytes more are held than before."""
    gc.collect()  # what others left behind would otherwise be freed meanwhile, and count as less than nothing
    before = allocated_bytes()
    made = make()
    return made, allocated_bytes() - before
