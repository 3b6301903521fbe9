"""NumPy's arrays and scalars in pickles, built from their bytes without calling what the file names."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MULTIARRAY = ("numpy.core.multiarray", "numpy._core.multiarray")
_NUMERIC = ("numpy.core.numeric", "numpy._core.numeric")
# Names that pickles of arrays use, and nothing else. They are words here: nothing is imported or called.
_KNOWN = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
    # Protocols before 3 write empty bytes as a call without arguments.
    ("__builtin__", "bytes"),
    *((module, "_reconstruct") for module in _MULTIARRAY),
    *((module, "scalar") for module in _MULTIARRAY),
    *((module, "_frombuffer") for module in _NUMERIC),
}
# Booleans, integers, floats, fixed-width strings: what needs no Python objects.
_KINDS = "biufSU"


class RefusedError(Exception):
    """Something that isn't data, in words."""


@dataclass(frozen=True)
class Name:
    """A name that a pickle mentions and that this module knows how to read."""

    module: str
    name: str


@dataclass(eq=False)
class Unfinished:
    """An array or type whose parts haven't all come yet; ``final`` is what it will be."""

    final: Any = None
    base: Any = field(default=None, repr=False)


def known_name(module: object, name: object) -> Name:
    """Look a name up among those that arrays need.

    Raises
    ------
    RefusedError
        With the name, if it is any other.
    """
    if (module, name) not in _KNOWN:
        raise RefusedError(f"names {module}.{name}, which isn't data")
    return Name(str(module), str(name))


def reduce(name: object, arguments: object) -> Any:
    """Make what ``name(*arguments)`` would make, of the few that are known.

    Raises
    ------
    RefusedError
        If it is anything else than an array, its type, a scalar, or bytes.
    """
    if not isinstance(name, Name) or not isinstance(arguments, tuple):
        raise RefusedError("calls something")
    match name.name, arguments:
        case "_reconstruct", (Name(name="ndarray"), (0,), bytes() | str()):
            return Unfinished()
        case "dtype", (str() as code, *rest) if len(rest) <= 2 and all(flag in (0, 1) for flag in rest):
            return Unfinished(base=_dtype(code))
        case "scalar", (Unfinished() as kind, bytes() | str() as content):
            return _array(content, _final_dtype(kind), ())[()]
        case "_frombuffer", (bytes() as content, Unfinished() as kind, tuple() as shape, "C" | "F" as order):
            return _array(content, _final_dtype(kind), shape, order)
        case "encode", (str() as text, "latin1" | "latin-1"):
            return text.encode("latin-1")
        case "encode", (str() as text,):
            return text.encode()
        case "bytes", ():
            return b""
    raise RefusedError(f"calls {name.module}.{name.name} in a way that makes no array")


def build(unfinished: object, state: object) -> None:
    """Finish an array or a type by its state.

    Raises
    ------
    RefusedError
        If it is no array or type, or the state isn't one of plain numbers or strings.
    """
    if not isinstance(unfinished, Unfinished) or unfinished.final is not None:
        raise RefusedError("sets the state of something that is no array")
    match unfinished.base, state:
        case np.dtype() as base, (int(), "<" | ">" | "|" | "=" as order, None, None, None, *_):
            unfinished.final = base.newbyteorder("<" if order == "|" else order)
        case None, (
            int(),
            tuple() as shape,
            Unfinished() as kind,
            bool() | int() as fortran,
            bytes() | str() as content,
        ):
            unfinished.final = _array(content, _final_dtype(kind), shape, "F" if fortran else "C")
        case _:
            raise RefusedError("holds an array of Python objects or of records, which isn't plain data")


def _dtype(code: str) -> np.dtype[Any]:
    kind, width = code[:1], code[1:]
    if kind not in _KINDS or not width.isdecimal() or not 0 < int(width) <= 4096:
        raise RefusedError(f"holds an array of type {code[:20]!r}, which isn't numbers or strings")
    try:
        return np.dtype(code)
    except TypeError as error:
        raise RefusedError(f"holds an array of type {code[:20]!r}, which NumPy doesn't know") from error


def _final_dtype(kind: Unfinished) -> np.dtype[Any]:
    if not isinstance(kind.base, np.dtype):
        raise RefusedError("holds an array whose type is no type")
    return kind.final if kind.final is not None else kind.base


def _array(
    content: bytes | str, dtype: np.dtype[Any], shape: tuple[Any, ...], order: str = "C"
) -> NDArray[Any]:
    if not all(isinstance(n, int) and 0 <= n < 2**48 for n in shape):
        raise RefusedError("holds an array of an impossible shape")
    # Python 2 wrote bytes as strings.
    raw = content.encode("latin-1") if isinstance(content, str) else content
    if math.prod(shape) * dtype.itemsize != len(raw):
        raise RefusedError(f"holds an array of shape {shape[:4]} in {len(raw):,} bytes, which doesn't fit")
    return np.frombuffer(raw, dtype=dtype).reshape(shape, order="F" if order == "F" else "C")
