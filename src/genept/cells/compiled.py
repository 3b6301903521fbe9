"""How a function is compiled. Importing this loads Numba: do so where such a function is about to run."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile ``function`` on its first call; it then runs beside other threads.

    Machine code is kept on disk for the next process, where there is a folder that can be written to.
    """
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written to
        made = numba.njit(nogil=True)(function)
    return cast("Function", made)
