"""Loops compiled by Numba, once for each machine."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop so that it lets other threads run, and keep the machine code on disk.

    Only import this module where a loop is about to run: Numba takes a third of a second.
    """
    options: dict[str, Any] = {"nogil": True, "boundscheck": False}
    try:
        made = numba.njit(cache=True, **options)(function)
    except RuntimeError:
        # No folder in which code could be kept, as in a container without a home: compiled anew each time.
        made = numba.njit(**options)(function)
    return cast("Callable[P, R]", made)
