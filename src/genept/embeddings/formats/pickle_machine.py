"""The machine that interprets a pickle's opcodes: stack, marks and memo, without any call."""

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.formats.pickle_containers import Finisher, PickledList, Run
from genept.embeddings.formats.pickle_numpy import RefusedError, build, known_name, reduce

if TYPE_CHECKING:
    from mmap import mmap

# Values read one by one (a run of floats counts once): more than this takes gigabytes of small objects.
MAX_VALUES = 5_000_000
# Eight bytes behind the opcode G, again and again: a list of floats, 1,000 at a time.
_RUN = np.dtype([("opcode", "u1"), ("value", ">f8")])
_RUN_CHUNK = 1024
_SHORTEST_RUN = 16
_FLOAT, _FRAME, _APPENDS = ord("G"), 0x95, ord("e")
_LONGEST_NUMBER = 100
_KEYS = (str, bytes, int, float, bool, type(None))


class PickleMachine:
    """Interprets one pickle.

    Parameters
    ----------
    content
        The bytes of the file.
    floats
        Type of the arrays that lists of floats become.
    """

    def __init__(self, content: "mmap | bytes", *, floats: type[np.floating[Any]] = np.float64) -> None:
        self._content = content
        self._floats = floats
        self._pos = 0
        self._stack: list[Any] = []
        self._marks: list[list[Any]] = []
        self._memo: dict[int, Any] = {}
        self._values = 0
        self._made = 0

    def read(self) -> Any:
        """Interpret all of it, and return the value that it holds.

        Raises
        ------
        RefusedError
            If it holds anything but plain data, or is broken.
        """
        content, steps = self._content, _STEPS
        try:
            while True:
                opcode = content[self._pos]
                self._pos += 1
                if opcode == 0x2E:  # STOP
                    break
                step = steps[opcode]
                if step is None:
                    raise RefusedError(
                        f"has the opcode {chr(opcode)!r} at byte {self._pos - 1:,}, which data don't need"
                    )
                step(self)
            if self._marks or len(self._stack) != 1 or self._pos != len(content):
                raise RefusedError("doesn't end where it should")
            self._memo.clear()
            return Finisher().finish(self._stack.pop())
        except (IndexError, struct.error):
            raise RefusedError("ends in the middle") from None
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            raise RefusedError(f"is broken at byte {self._pos:,} ({type(error).__name__})") from None

    # What is read from the content.

    def _take(self, size: int) -> bytes:
        taken = self._content[self._pos : self._pos + size]
        if len(taken) != size:
            raise IndexError
        self._pos += size
        return taken

    def _number(self, code: str) -> int:
        (number,) = struct.unpack(code, self._take(struct.calcsize(code)))
        return int(number)

    def _line(self) -> bytes:
        end = self._content.find(b"\n", self._pos)
        if end < 0:
            raise IndexError
        line = self._content[self._pos : end]
        self._pos = end + 1
        return line

    # What is done to the stack.

    def _count(self) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise RefusedError(
                f"holds more than {MAX_VALUES:,} single values; protocol 2 or later writes floats tighter"
            )

    def _push(self, value: Any) -> None:
        self._count()
        self._stack.append(value)

    def _pop_mark(self) -> list[Any]:
        items = self._stack
        self._stack = self._marks.pop()
        return items

    def _top(self, kind: type) -> Any:
        top = self._stack[-1]
        if not isinstance(top, kind):
            raise RefusedError("adds to something that is no list or dict")
        return top

    def mark(self) -> None:
        """Begin a group of values; of floats that go to a list at once, read them all."""
        if self._content[self._pos] == _FLOAT and self._float_run():
            return
        self._count()
        self._marks.append(self._stack)
        self._stack = []

    def _float_run(self) -> bool:
        """Read floats up to APPENDS into the list on the stack; if there is anything else, read nothing."""
        start, parts = self._pos, list[NDArray[np.floating[Any]]]()
        while True:
            opcode = self._content[self._pos]
            if opcode == _FLOAT:
                count = min(_RUN_CHUNK, (len(self._content) - self._pos) // _RUN.itemsize)
                raw = np.frombuffer(self._content[self._pos : self._pos + count * _RUN.itemsize], _RUN)
                other = np.flatnonzero(raw["opcode"] != _FLOAT)
                floats = raw["value"][: other[0] if len(other) else count]
                if not len(floats):
                    break
                parts.append(floats.astype(self._floats))
                self._pos += len(floats) * _RUN.itemsize
            elif opcode == _FRAME:
                self._pos += 9
            else:
                break
        run = Run(np.concatenate(parts) if parts else np.empty(0))
        if (
            opcode != _APPENDS
            or len(run.floats) < _SHORTEST_RUN
            or not self._stack
            or type(self._stack[-1]) is not PickledList
        ):
            self._pos = start
            return False
        self._pos += 1
        self._stack[-1].append(run)
        self._stack[-1].runs = True
        self._values += 1
        return True

    def appends(self) -> None:
        """Add a group of values to a list."""
        items = self._pop_mark()
        self._top(PickledList).extend(items)

    def append(self) -> None:
        """Add one value to a list."""
        value = self._stack.pop()
        self._top(PickledList).append(value)

    def set_items(self) -> None:
        """Add a group of keys and values to a dict."""
        items = self._pop_mark()
        for key, value in zip(items[::2], items[1::2], strict=True):
            self._set(key, value)

    def set_item(self) -> None:
        """Add one key and value to a dict."""
        value, key = self._stack.pop(), self._stack.pop()
        self._set(key, value)

    def _set(self, key: Any, value: Any) -> None:
        target = self._top(dict)
        # Before it is hashed: the hash of a nested tuple can take for ever.
        if type(key) not in _KEYS or (type(key) is int and abs(key) >= 2**63):
            raise RefusedError("holds a dict whose keys are no strings or plain numbers")
        if key in target:
            # No dict that was written has a key twice; the later value would hide the earlier one.
            raise RefusedError(f"holds the key {str(key)[:40]!r} twice in one dict")
        target[key] = value

    def make_dict(self) -> None:
        """Make a dict of a group of keys and values."""
        items = self._pop_mark()
        self._push({})
        for key, value in zip(items[::2], items[1::2], strict=True):
            self._set(key, value)

    def make_tuple(self, size: int) -> None:
        """Make a tuple of the last values."""
        items = [self._stack.pop() for _ in range(size)]
        self._push(tuple(reversed(items)))

    def pop(self) -> None:
        """Drop the last value, or the last mark."""
        if self._stack:
            self._stack.pop()
        else:
            self._pop_mark()

    def drop_group(self) -> None:
        """Drop all values since the last mark."""
        self._pop_mark()

    def skip(self, size: int) -> None:
        """Skip the version of the protocol, or the size of a frame: neither changes what is read."""
        self._take(size)

    def whole_number(self, text: bytes) -> None:
        """Push a number that is written in digits; 00 and 01 are how protocol 0 writes booleans."""
        if len(text) > _LONGEST_NUMBER:
            raise RefusedError(f"holds a number of {len(text):,} digits")
        self._push(text == b"01" if text in (b"00", b"01") else int(text))

    def long(self, size: int) -> None:
        """Push a number of ``size`` bytes."""
        if not 0 <= size <= _LONGEST_NUMBER:
            raise RefusedError(f"holds a number of {size:,} bytes")
        self._push(int.from_bytes(self._take(size), "little", signed=True))

    def text(self, size: int) -> None:
        """Push a string of ``size`` bytes."""
        self._push(str(self._take(size), "utf-8", "surrogatepass"))

    def quoted(self) -> None:
        """Push what Python 2 wrote as a quoted string."""
        line = self._line().strip()
        if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in (b"'", b'"'):
            raise RefusedError("holds a string without quotes")
        self._push(line[1:-1].decode("unicode_escape").encode("latin-1").decode("latin-1"))

    def remember(self, index: int) -> None:
        """Keep the last value under a number."""
        self._count()
        self._memo[index] = self._stack[-1]

    def recall(self, index: int) -> None:
        """Push a value that was kept."""
        self._push(self._memo[index])

    def name(self, module: object, name: object) -> None:
        """Push a name, if it is one that arrays need."""
        self._push(known_name(module, name))

    def reduce(self) -> None:
        """Make an array's parts, where Python would call something."""
        arguments, callee = self._stack.pop(), self._stack.pop()
        made = reduce(callee, arguments)
        # Made anew from values that may be references: the same bytes could be made again and again.
        self._made += len(made) if isinstance(made, bytes) else getattr(made, "nbytes", 0)
        if self._made > 2 * len(self._content):
            raise RefusedError("makes more bytes than it has")
        self._push(made)

    def build(self) -> None:
        """Finish an array or its type, where Python would set any object's state."""
        state = self._stack.pop()
        build(self._stack[-1], state)


_Step = Callable[[PickleMachine], None]


def _steps() -> list[_Step | None]:
    """For each opcode what is done; ``None`` for those that data don't need."""
    M = PickleMachine
    number, line, take, push = M._number, M._line, M._take, M._push
    named: dict[str, _Step] = {
        "(": M.mark,
        "0": M.pop,
        "1": M.drop_group,
        "N": lambda m: push(m, None),
        "I": lambda m: m.whole_number(line(m)),
        "L": lambda m: m.whole_number(line(m).removesuffix(b"L")),
        "J": lambda m: push(m, number(m, "<i")),
        "K": lambda m: push(m, number(m, "<B")),
        "M": lambda m: push(m, number(m, "<H")),
        "F": lambda m: push(m, float(line(m))),
        "G": lambda m: push(m, struct.unpack(">d", take(m, 8))[0]),
        "S": M.quoted,
        "T": lambda m: push(m, str(take(m, number(m, "<I")), "latin-1")),
        "U": lambda m: push(m, str(take(m, number(m, "<B")), "latin-1")),
        "V": lambda m: push(m, str(line(m), "raw-unicode-escape")),
        "X": lambda m: m.text(number(m, "<I")),
        "B": lambda m: push(m, take(m, number(m, "<I"))),
        "C": lambda m: push(m, take(m, number(m, "<B"))),
        "]": lambda m: push(m, PickledList()),
        "l": lambda m: push(m, PickledList(m._pop_mark())),
        "a": M.append,
        "e": M.appends,
        ")": lambda m: push(m, ()),
        "t": lambda m: push(m, tuple(m._pop_mark())),
        "}": lambda m: push(m, {}),
        "d": M.make_dict,
        "s": M.set_item,
        "u": M.set_items,
        "p": lambda m: m.remember(int(line(m))),
        "q": lambda m: m.remember(number(m, "<B")),
        "r": lambda m: m.remember(number(m, "<I")),
        "g": lambda m: m.recall(int(line(m))),
        "h": lambda m: m.recall(number(m, "<B")),
        "j": lambda m: m.recall(number(m, "<I")),
        "c": lambda m: m.name(str(line(m), "utf-8"), str(line(m), "utf-8")),
        "R": M.reduce,
        "b": M.build,
        "\x80": lambda m: m.skip(1),
        "\x85": lambda m: m.make_tuple(1),
        "\x86": lambda m: m.make_tuple(2),
        "\x87": lambda m: m.make_tuple(3),
        "\x88": lambda m: push(m, True),
        "\x89": lambda m: push(m, False),
        "\x8a": lambda m: m.long(number(m, "<B")),
        "\x8b": lambda m: m.long(number(m, "<i")),
        "\x8c": lambda m: m.text(number(m, "<B")),
        "\x8d": lambda m: m.text(number(m, "<Q")),
        "\x8e": lambda m: push(m, take(m, number(m, "<Q"))),
        "\x93": lambda m: m.name(*reversed([m._stack.pop(), m._stack.pop()])),
        "\x94": lambda m: m.remember(len(m._memo)),
        "\x95": lambda m: m.skip(8),
        "\x96": lambda m: push(m, take(m, number(m, "<Q"))),
    }
    return [named.get(chr(opcode)) for opcode in range(256)]


_STEPS = _steps()
