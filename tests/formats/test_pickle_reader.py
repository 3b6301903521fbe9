"""The reader of pickles: all that is data comes back, and nothing else is ever done."""

import collections
import datetime
import decimal
import functools
import io
import operator
import os
import pickle
import pickletools
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from genept.embeddings.formats import pickle_machine
from genept.embeddings.formats.pickle_reader import read_pickle
from genept.errors import InputFileError

FLOATS = st.floats(width=64)
DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | FLOATS
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | hnp.arrays(
        st.sampled_from([np.dtype(code) for code in ("f8", "f4", "f2", "i4", "u1", "?", "U3")]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    )
    | FLOATS.map(np.float64)
    | st.integers(-100, 100).map(np.int16),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.lists(FLOATS, min_size=14, max_size=40)
        | st.dictionaries(st.text(max_size=4) | st.integers(0, 9), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(read: Any, written: Any) -> bool:
    """Whether two values are the same, type and bits; a list of floats may have become an array."""
    if isinstance(read, np.ndarray) and isinstance(written, list):
        return read.ndim == 1 and same(read.tolist(), written)
    if type(read) is not type(written):
        return False
    if isinstance(written, np.ndarray | np.generic):
        return (
            read.dtype == written.dtype
            and read.shape == written.shape
            and bool(np.array_equal(read, written, equal_nan=written.dtype.kind == "f"))
        )
    if isinstance(written, dict):
        return list(read) == list(written) and all(same(read[key], written[key]) for key in written)
    if isinstance(written, list | tuple):
        return len(read) == len(written) and all(map(same, read, written))
    if isinstance(written, float):
        return struct.pack("d", read) == struct.pack("d", written) or (read != read and written != written)
    return bool(read == written)


def write(folder: Path, content: bytes) -> Path:
    path = folder / "x.pickle"
    path.write_bytes(content)
    return path


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DATA, st.integers(0, 5))
def test_data_comes_back_as_it_was(tmp_path: Path, data: Any, protocol: int) -> None:
    path = write(tmp_path, pickle.dumps(data, protocol=protocol))
    assert same(read_pickle(path), data)


@pytest.mark.parametrize("protocol", range(6))
def test_long_lists_over_frames_and_shared_ones(tmp_path: Path, protocol: int) -> None:
    rng = np.random.default_rng(0)
    rows = [rng.normal(size=1536).tolist() for _ in range(30)]
    data = {f"GENE{i}": rows[i % 30] for i in range(60)} | {"mixed": [0.5] * 30 + [1]}
    read = read_pickle(write(tmp_path, pickle.dumps(data, protocol=protocol)))
    assert all(same(read[name], data[name]) for name in data)
    assert read["GENE0"] is read["GENE30"]
    python_written = io.BytesIO()
    pickle._Pickler(python_written, protocol).dump(data)
    assert all(same(v, data[k]) for k, v in read_pickle(write(tmp_path, python_written.getvalue())).items())


def test_half_precision_of_lists_on_request(tmp_path: Path) -> None:
    path = write(tmp_path, pickle.dumps({"a": [0.1] * 2_000}))
    assert read_pickle(path, floats=np.float32)["a"].dtype == np.float32
    assert read_pickle(path)["a"].dtype == np.float64


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


class State:
    """Pickles as an object with a state."""

    def __init__(self) -> None:
        self.x = 1


class SetState(State):
    def __setstate__(self, state: object) -> None:
        os.system("touch canary")  # noqa: S605, S607


TOUCH = "touch canary"
PYTHON = "open('canary', 'w')"
REDUCERS: dict[str, Any] = {
    "os.system": Calls(os.system, TOUCH),
    "subprocess": Calls(subprocess.call, ["touch", "canary"]),
    "eval": Calls(eval, PYTHON),
    "exec": Calls(exec, PYTHON),
    "open": Calls(open, "canary", "w"),
    "compile": Calls(compile, PYTHON, "x", "exec"),
    "import": Calls(__import__, "antigravity"),
    "getattr": Calls(getattr, Path, "home"),
    "map": Calls(map, os.system, [TOUCH]),
    "partial": functools.partial(os.system, TOUCH),
    "nested": Calls(list, (Calls(map, eval, [PYTHON]),)),
    "attrgetter": operator.attrgetter("system"),
    "methodcaller": operator.methodcaller("system", TOUCH),
    "Path": Calls(Path, "canary"),
    "object": State(),
    "object with setstate": SetState(),
    "class": State,
    "function": os.getcwd,
    "set": {1, 2},
    "frozenset": frozenset((1,)),
    "complex": 1j,
    "range": range(3),
    "bytearray": Calls(bytearray, 3),
    "OrderedDict": collections.OrderedDict(a=1),
    "defaultdict": collections.defaultdict(list),
    "Decimal": decimal.Decimal(1),
    "date": datetime.date(2024, 1, 1),
    "regex": re.compile("x"),
    "object array": np.array([Calls(os.system, TOUCH)], dtype=object),
    "record array": np.zeros(2, dtype=[("a", "f4")]),
    "datetimes": np.array(["2024-01-01"], dtype="M8[D]"),
    "masked": np.ma.masked_array([1.0], [True]),
    "np.load": Calls(np.load, "canary.npy", None, True),
    "np.fromfile": Calls(np.fromfile, "/etc/passwd", np.uint8),
    "np.memmap": Calls(np.memmap, "canary", np.uint8, "w+", 0, (3,)),
    "np.f2py": Calls(np.vectorize, os.system),
    "np.dtype of python": Calls(np.dtype, "O"),
    "np.ones": Calls(np.ones, (1 << 40,)),
    "np.ndarray": Calls(np.ndarray, (1 << 40,)),
    "random generator": np.random.default_rng(0),
}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", REDUCERS)
@pytest.mark.parametrize("inside", [False, True])
def test_what_is_no_data_is_refused_and_not_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, protocol: int, inside: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    value = {"LYZ": [0.5] * 20, "evil": REDUCERS[name]} if inside else REDUCERS[name]
    try:
        content = pickle.dumps(value, protocol=protocol)
    except (TypeError, pickle.PicklingError) as error:
        pytest.skip(f"pickle itself can't write it with protocol {protocol}: {error}")
    with pytest.raises(InputFileError) as caught:
        read_pickle(write(tmp_path, content))
    assert "Expected: plain data" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["x.pickle"]


def test_a_refused_name_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match=r"names (posix|nt)\.system"):
        read_pickle(write(tmp_path, pickle.dumps(REDUCERS["os.system"])))


# Written by hand, as a person with bad intentions would.
HAND_MADE: dict[str, bytes] = {
    "global by dots": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x0ctouch canary\x85R.",
    "global by nested dots": b"\x80\x04\x8c\x05numpy\x8c\x0fndarray.__del__\x93.",
    "global from the memo": b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93\x8c\x05touch\x85R.",
    "protocol 0 global": b"cos\nsystem\n(S'touch canary'\ntR.",
    "python 2 builtins": b"c__builtin__\neval\n(S'1'\ntR.",
    "inst": b"(S'touch canary'\nios\nsystem\n.",
    "obj": b"(cos\nsystem\nS'touch canary'\no.",
    "newobj": b"\x80\x02cos\nsystem\n)\x81.",
    "newobj_ex": b"\x80\x04cos\nsystem\n)}\x92.",
    "extension registry": b"\x80\x02\x82\x01.",
    "persistent id": b"Pcanary\n.",
    "persistent id from the stack": b"\x80\x02K\x01Q.",
    "build on a dict": b"\x80\x02}}b.",
    "build on a name": b"\x80\x02cnumpy\nndarray\n}b.",
    "name as data": b"\x80\x02cnumpy\nndarray\n.",
    "name in a list": b"\x80\x02]cnumpy\ndtype\na.",
    "name as a key": b"\x80\x02}cnumpy\ndtype\nK\x01s.",
    "reduce of data": b"\x80\x02X\x01\x00\x00\x00a)R.",
    "reduce without tuple": b"\x80\x02cnumpy\nndarray\n]R.",
    "ndarray called": b"\x80\x02cnumpy\nndarray\nK\x05\x85R.",
    "encode to a codec": b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x03\x00\x00\x00zip\x86R.",
    "encode of a number": b"\x80\x02c_codecs\nencode\nK\x01\x85R.",
    "buffers from outside": b"\x80\x05\x97.",
    "read-only buffer": b"\x80\x05K\x01\x98.",
    "set": b"\x80\x04\x8f.",
    "frozenset": b"\x80\x04(K\x01\x91.",
    "dup": b"\x80\x02]2.",
    "unknown opcode": b"\x80\x02\xff.",
    "no stop": b"\x80\x02K\x01",
    "empty stack": b"\x80\x02.",
    "two values": b"\x80\x02K\x01K\x02.",
    "open mark": b"\x80\x02(K\x01.",
    "no mark": b"\x80\x02K\x01t.",
    "something behind": b"\x80\x02K\x01.K\x01.",
    "append to a number": b"\x80\x02K\x01K\x02a.",
    "append to a tuple": b"\x80\x02)K\x02a.",
    "appends to a dict": b"\x80\x02}(K\x02e.",
    "items to a list": b"\x80\x02](K\x01K\x02u.",
    "odd items": b"\x80\x02}(K\x01u.",
    "key twice": b"\x80\x02}(K\x01K\x02K\x01K\x03u.",
    "key twice, one by one": b"\x80\x02}K\x01K\x02sK\x01K\x03s.",
    "list as a key": b"\x80\x02}]K\x01s.",
    "tuple as a key": b"\x80\x02})K\x01s.",
    "memo that isn't there": b"\x80\x02h\x07.",
    "deep key": b"\x80\x02})" + b"\x85" * 300_000 + b"K\x01s.",
    "key that unfolds": b"\x80\x02})" + b"".join(b"q%ch%c\x86" % (i, i) for i in range(60)) + b"K\x01s.",
    "huge number as a key": b"\x80\x02}\x8a\x0a" + b"\x01" * 10 + b"K\x01s.",
    "bytes made again and again": b"\x80\x02(c_codecs\nencode\nq\x00X\x00\x10\x00\x00"
    + b"a" * 4096
    + b"\x85q\x01R"
    + b"h\x00h\x01R" * 1000
    + b"l.",
    "memo without end": b"\x80\x04N" + b"\x94" * 6_000_000 + b".",
    "list in itself": b"\x80\x02]q\x00h\x00a.",
    "dict in itself": b"\x80\x02}q\x00K\x01h\x00s.",
    "tuple in its own list": b"\x80\x02]q\x00h\x00\x85a.",
    "deep list": b"\x80\x02" + b"]" * 1000 + b"a" * 999 + b".",
    "deep tuple": b"\x80\x02)" + b"\x85" * 100_000 + b".",
    "memo bomb": b"\x80\x02K\x01r\xff\xff\xff\xffh\x00.",
    "long of 2 GB": b"\x80\x02\x8b\xff\xff\xff\x7f.",
    "negative long": b"\x80\x02\x8b\xff\xff\xff\xff.",
    "long of 200 bytes": b"\x80\x02\x8a\xc8" + b"\x01" * 200 + b".",
    "number of many digits": b"I" + b"9" * 100_000 + b"\n.",
    "long of many digits": b"L" + b"9" * 100_000 + b"L\n.",
    "number that is none": b"Ix\n.",
    "float that is none": b"Fx\n.",
    "bytes of 16 EB": b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
    "text of 16 EB": b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff.",
    "bytearray of 16 EB": b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\xff.",
    "string without quotes": b"Sabc\n.",
    "string without an end": b"Sabc",
    "broken utf-8": b"\x80\x02X\x01\x00\x00\x00\xff.",
    "a run of floats for no list": b"\x80\x02K\x01(" + b"G" + b"\0" * 8 * 20 + b"e.",
    "a run of floats that is cut": b"\x80\x02](" + (b"G" + b"\0" * 8) * 20 + b"G\0\0",
    "html": b"<!DOCTYPE html><html></html>",
    "nothing": b"",
}


@pytest.mark.parametrize("name", HAND_MADE)
def test_hand_made_pickles_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputFileError):
        read_pickle(write(tmp_path, HAND_MADE[name]))
    assert [path.name for path in tmp_path.iterdir()] == ["x.pickle"]


def array_pickle(shape: bytes, dtype: bytes, content: bytes, *, state: bytes = b"(K\x01%s%s\x89%st") -> bytes:
    """An array's pickle of which the parts can be forged."""
    kind = b"cnumpy\ndtype\nX" + struct.pack("<I", len(dtype)) + dtype + b"\x89\x88\x87R"
    data = b"B" + struct.pack("<I", len(content)) + content
    begin = b"\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R"
    return begin + state % (shape, kind, data) + b"b."


def test_the_forged_pickle_is_right_where_nothing_is_forged(tmp_path: Path) -> None:
    read = read_pickle(write(tmp_path, array_pickle(b"K\x02\x85", b"f8", struct.pack("<dd", 1, 2))))
    np.testing.assert_array_equal(read, [1, 2])


@pytest.mark.parametrize(
    "forged",
    [
        array_pickle(b"K\x03\x85", b"f8", b"\0" * 16),
        array_pickle(b"J\xff\xff\xff\x7f\x85", b"f8", b"\0" * 16),
        array_pickle(b"J\xff\xff\xff\xff\x85", b"f8", b"\0" * 16),
        array_pickle(b"\x8a\x08" + b"\xff" * 7 + b"\x7f\x85", b"f8", b""),
        array_pickle(b"X\x01\x00\x00\x002\x85", b"f8", b"\0" * 16),
        array_pickle(b"K\x02\x85", b"O8", b"\0" * 16),
        array_pickle(b"K\x02\x85", b"O", b"\0" * 16),
        array_pickle(b"K\x02\x85", b"V8", b"\0" * 16),
        array_pickle(b"K\x02\x85", b"M8", b"\0" * 16),
        array_pickle(b"K\x00\x85", b"S0", b""),
        array_pickle(b"K\x00\x85", b"S2000000000", b""),
        array_pickle(b"K\x02\x85", b"f8, f8", b"\0" * 32),
        array_pickle(b"K\x02\x85", b"f5", b"\0" * 10),
        array_pickle(b"K\x02\x85", b"", b""),
        array_pickle(b"K\x02\x85", b"f8", b"\0" * 16, state=b"(K\x01%s%s\x89%sK\x01t"),
        array_pickle(b"K\x02\x85", b"f8", b"\0" * 16, state=b"(K\x01%s%s%st"),
        array_pickle(b"K\x02\x85", b"f8", b"\0" * 16)[:-1] + b"}b.",
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nJ\xff\xff\xff\x7f\x85U\x01b\x87R.",
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R.",
        b"\x80\x02cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nX\x02\x00\x00\x00f8K\x00K\x01\x87RU\x04abcd\x86R.",
        b"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00f8K\x00K\x01\x87R.",
        b"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00f8K\x07K\x01\x87R.",
    ],
)
def test_forged_arrays_are_refused(tmp_path: Path, forged: bytes) -> None:
    with pytest.raises(InputFileError):
        read_pickle(write(tmp_path, forged))


HONEST = pickle.dumps(
    {"LYZ": [0.5, 1.5] * 20, "CD3E": np.arange(3.0), "n": (1, "x", b"y", None, True)}, protocol=4
)


@pytest.mark.parametrize("end", range(0, len(HONEST), 3))
def test_truncated_pickles_are_refused(tmp_path: Path, end: int) -> None:
    with pytest.raises(InputFileError):
        read_pickle(write(tmp_path, HONEST[:end]))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_flipped_bits_give_data_or_a_refusal(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(HONEST)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        read = read_pickle(write(tmp_path, bytes(content)))
    except InputFileError:
        return
    plain(read)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([bytes([code]) for code in range(256)]) | st.binary(max_size=5), max_size=40))
def test_noise_gives_data_or_a_refusal(tmp_path: Path, parts: list[bytes]) -> None:
    try:
        read = read_pickle(write(tmp_path, b"\x80\x04" + b"".join(parts) + b"."))
    except InputFileError:
        return
    plain(read)


def plain(value: Any) -> None:
    """Nothing but data, whatever was read."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        for item in value:
            plain(item)
    else:
        assert type(value) in (str, bytes, int, float, bool, type(None), np.ndarray) or isinstance(
            value, np.generic
        )


def test_every_opcode_is_either_known_or_refused() -> None:
    """The names are those of the standard library's own list."""
    codes = {opcode.code: opcode.name for opcode in pickletools.opcodes}
    known = {codes[chr(i)] for i, step in enumerate(pickle_machine._STEPS) if step is not None}
    refused = set(codes.values()) - known - {"STOP"}
    assert refused == {
        "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID", "DUP",
        "EMPTY_SET", "ADDITEMS", "FROZENSET", "NEXT_BUFFER", "READONLY_BUFFER",
    }  # fmt: skip


def memory_of(path: Path) -> tuple[int, str]:
    """Peak memory in MB of a process that reads a pickle, and what it said."""
    code = (
        "import resource, sys\n"
        "from genept.embeddings.formats.pickle_reader import read_pickle\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: said = type(read_pickle(sys.argv[1])).__name__\n"
        "except Exception as error: said = type(error).__name__\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, said)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    megabytes, said = done.stdout.split()
    return int(megabytes), said


@pytest.mark.slow
@pytest.mark.parametrize(
    "bomb",
    [
        b"\x80\x02" + b"(" * 10_000_000,
        b"\x80\x02]" + b"(" + b"]" * 10_000_000 + b"e.",
        b"\x80\x02]" + b"(" + b"}" * 10_000_000 + b"e.",
        b"\x80\x02" + b"N" * 10_000_000 + b".",
    ],
    ids=["marks", "lists", "dicts", "nones"],
)
def test_memory_bombs_are_defused(tmp_path: Path, bomb: bytes) -> None:
    megabytes, said = memory_of(write(tmp_path, bomb))
    assert said == "InputFileError"
    assert megabytes < 1_000


def test_references_cost_nothing(tmp_path: Path) -> None:
    """A list of ten references to a list of ten references ... to a long list: 10^12 numbers, if unfolded."""
    value: Any = [0.5] * 1000
    for _ in range(12):
        value = [value] * 10
    megabytes, said = memory_of(write(tmp_path, pickle.dumps(value)))
    assert (megabytes < 50, said) == (True, "list")
