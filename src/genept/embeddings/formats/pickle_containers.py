"""The containers of a pickle, and how they are finished once all of it was read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.formats.pickle_numpy import Name, RefusedError, Unfinished

MAX_DEPTH = 50
_UNDER_WAY = object()


class Run:
    """A run of floats of the file's own: an array that the file refers to is no run."""

    def __init__(self, floats: NDArray[np.floating[Any]]) -> None:
        self.floats = floats


class PickledList(list[Any]):
    """A list of the pickle; whole runs of floats stand in it as arrays until it is finished."""

    runs = False


class Finisher:
    """Puts arrays in the place of their parts and runs of floats together, each container once."""

    def __init__(self) -> None:
        # By identity; the values keep what was seen alive, so that no identity is used again.
        self._seen: dict[int, tuple[Any, Any]] = {}

    def finish(self, value: Any, depth: int = 0) -> Any:
        """Finish a value and all that it holds.

        Raises
        ------
        RefusedError
            If it holds itself, is nested too deep, or holds a name in the place of data.
        """
        if depth > MAX_DEPTH:
            raise RefusedError(f"is nested deeper than {MAX_DEPTH}")
        if isinstance(value, Unfinished) and isinstance(value.final, np.ndarray):
            return value.final
        if isinstance(value, Unfinished | Name):
            raise RefusedError("has a name or a type in the place of data")
        if not isinstance(value, PickledList | dict | tuple):
            return value
        if id(value) not in self._seen:
            self._seen[id(value)] = (value, _UNDER_WAY)
            self._seen[id(value)] = (value, self._container(value, depth + 1))
        final = self._seen[id(value)][1]
        if final is _UNDER_WAY:
            raise RefusedError("holds a list or dict that holds itself")
        return final

    def _container(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            for key, item in value.items():
                value[key] = self.finish(item, depth)
            return value
        if isinstance(value, tuple):
            return tuple(self.finish(item, depth) for item in value)
        if value.runs:
            if all(type(item) in (Run, float) for item in value):
                parts = [item.floats if type(item) is Run else np.array([item]) for item in value]
                dtype = next(item.floats.dtype for item in value if type(item) is Run)
                whole = np.concatenate(parts, dtype=dtype)
                # The shell stays, since others may refer to it; what it held goes, or memory would double.
                value.clear()
                return whole
            items = (item.floats.tolist() if type(item) is Run else [item] for item in value)
            return [self.finish(item, depth) for some in items for item in some]
        return [self.finish(item, depth) for item in value]
