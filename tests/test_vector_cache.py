"""The cache of vectors: shared, durable, and honest about damage."""

import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from threading import Timer

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from genept.encoders import embed_texts, estimate_texts
from genept.encoders.protocol import BatchLimits
from genept.encoders.random_control import RandomControl
from genept.encoders.vector_cache import open_vectors
from genept.encoders.vectors_file import vectors_path
from genept.errors import EncoderError, OutputError
from genept.sqlite_file import SQLiteFile
from tests.conftest import RunGenept

TEXTS = [f"text {i}" for i in range(300)]


class Counting(RandomControl):
    """Random vectors that are kept, by an encoder that says what it was asked."""

    is_cached = True
    batch_limits = BatchLimits(texts=16, tokens=1 << 20)

    def __init__(self, dimensions: int = 5, seed: int = 0) -> None:
        super().__init__(dimensions=dimensions, seed=seed)
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return super().encode(texts)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))


def expected(texts: Sequence[str], dimensions: int = 5, seed: int = 0) -> NDArray[np.float32]:
    return RandomControl(dimensions=dimensions, seed=seed).encode(texts)


def filled() -> Counting:
    encoder = Counting()
    embed_texts(encoder, TEXTS)
    encoder.asked.clear()
    return encoder


def statement(sql: str, *values: object) -> None:
    connection = sqlite3.connect(vectors_path())
    with connection:
        connection.execute(sql, values)
    connection.close()


def check(encoder: Counting) -> None:
    np.testing.assert_array_equal(embed_texts(encoder, TEXTS).vectors, expected(TEXTS))


def test_only_what_is_missing_is_embedded() -> None:
    encoder = filled()
    done = embed_texts(encoder, ["new", *TEXTS, "new", "text 3"])
    assert encoder.asked == ["new"]
    assert (done.n_unique, done.n_cached) == (301, 300)
    np.testing.assert_array_equal(done.vectors, expected(["new", *TEXTS, "new", "text 3"]))


def test_another_encoder_or_seed_has_vectors_of_its_own() -> None:
    filled()
    other = Counting(seed=1)
    embed_texts(other, TEXTS)
    assert len(other.asked) == 300
    np.testing.assert_array_equal(embed_texts(other, TEXTS).vectors, expected(TEXTS, seed=1))


def test_no_texts() -> None:
    assert embed_texts(Counting(), []).vectors.shape == (0, 5)


def test_looking_makes_no_file() -> None:
    assert estimate_texts(Counting(), TEXTS).n_cached == 0
    assert not vectors_path().exists()
    filled()
    assert estimate_texts(Counting(), [*TEXTS, "new"]).n_cached == 300


@pytest.mark.parametrize(
    "damage",
    ["vector = zeroblob(20)", "vector = zeroblob(8)", "n_tokens = 77", "encoder = 99", "checksum = 'x'"],
)
def test_a_damaged_row_is_told_and_made_again(damage: str, caplog: pytest.LogCaptureFixture) -> None:
    encoder = filled()
    statement(f"UPDATE OR IGNORE vectors SET {damage} WHERE id IN (7, 200)")  # noqa: S608
    check(encoder)
    assert len(encoder.asked) == 2
    if "encoder" not in damage:
        assert "2 vectors in" in caplog.text
    encoder.asked.clear()
    check(encoder)
    assert not encoder.asked


def test_a_broken_file_is_set_aside_and_sound_rows_brought_over(caplog: pytest.LogCaptureFixture) -> None:
    """A page in the middle: the file opens, and breaks when it is read."""
    encoder = Counting(dimensions=500)
    embed_texts(encoder, TEXTS)
    encoder.asked.clear()
    statement("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(vectors_path().read_bytes())
    for page in range(60, 90):
        content[page * 4096 : page * 4096 + 200] = os.urandom(200)
    vectors_path().write_bytes(content)
    with caplog.at_level(logging.WARNING):
        done = embed_texts(encoder, TEXTS)
    np.testing.assert_array_equal(done.vectors, expected(dimensions=500, texts=TEXTS))
    (aside,) = vectors_path().parent.glob("vectors.damaged-*.sqlite")
    assert aside.name in caplog.text
    assert "could be brought over" in caplog.text
    # Thirty pages of 4,096 bytes hold at most a few dozen of these vectors.
    assert 0 < len(encoder.asked) < 150


@pytest.mark.parametrize("content", [b"", b"no database at all" * 300, b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_set_aside(content: bytes) -> None:
    vectors_path().parent.mkdir(parents=True)
    vectors_path().write_bytes(content)
    encoder = Counting()
    check(encoder)
    aside = list(vectors_path().parent.glob("vectors.damaged-*.sqlite"))
    assert [file.read_bytes() for file in aside] == ([content] if content else [])


def test_a_file_of_a_later_version_is_left_alone() -> None:
    encoder = filled()
    statement("PRAGMA user_version = 9")
    with pytest.raises(OutputError, match="a later version of genept"):
        embed_texts(encoder, TEXTS)


def test_a_full_disk_keeps_whole_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = SQLiteFile._connect

    def connect_to_little(self: SQLiteFile) -> sqlite3.Connection | None:
        connection = connect(self)
        assert connection is not None
        connection.execute("PRAGMA max_page_count = 20")
        return connection

    encoder = Counting(dimensions=100)
    with monkeypatch.context() as little:
        little.setattr(SQLiteFile, "_connect", connect_to_little)
        with pytest.raises(OutputError, match=r"full.*GENEPT_CACHE"):
            embed_texts(encoder, TEXTS)
    before = len(encoder.asked)
    encoder.asked.clear()
    embed_texts(encoder, TEXTS)
    assert len(encoder.asked) == 300 - (before - 16)


def test_no_place_for_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "file" / "cache"))
    encoder = Counting()
    with pytest.raises(OutputError, match="GENEPT_CACHE"):
        embed_texts(encoder, TEXTS)
    assert not encoder.asked


def test_another_width_from_the_same_encoder_is_refused() -> None:
    with open_vectors("x") as cache:
        cache.keep([sha256(b"a").digest()], np.ones((1, 3), np.float32), [1])
        with pytest.raises(EncoderError, match="gave 3 before"):
            cache.keep([sha256(b"b").digest()], np.ones((1, 4), np.float32), [1])
        assert cache.missing([sha256(b"b").digest()]) == [0]


def test_processes_share_the_file() -> None:
    """Three at once, over the same texts and over their own."""
    code = (
        "import os, sys\n"
        "from tests.test_vector_cache import Counting, TEXTS, expected\n"
        "os.environ['GENEPT_CACHE'] = sys.argv[2]\n"
        "from genept.encoders import embed_texts\n"
        "texts = TEXTS + [f'{sys.argv[1]} {i}' for i in range(100)]\n"
        "done = embed_texts(Counting(), texts)\n"
        "assert (done.vectors == expected(texts)).all()\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(i), os.environ["GENEPT_CACHE"]],
            stderr=subprocess.PIPE,
            text=True,
        )
        for i in range(3)
    ]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    with open_vectors(Counting().fingerprint) as cache:
        digests = [sha256(text.encode()).digest() for text in TEXTS]
        assert cache.missing(digests) == []


def test_a_file_that_another_process_set_aside_gets_nothing_more() -> None:
    """A batch that was paid for goes where the next run will look for it."""
    digests = [sha256(text.encode()).digest() for text in TEXTS]
    vectors = expected(TEXTS)
    with open_vectors("x") as cache:
        cache.keep(digests[:100], vectors[:100], [1] * 100)
        for end in ("", "-wal", "-shm"):
            file = vectors_path().with_name(vectors_path().name + end)
            file.rename(file.with_name("aside" + end))
        cache.keep(digests[100:200], vectors[100:200], [1] * 100)
    with open_vectors("x") as cache:
        assert cache.missing(digests) == [*range(100), *range(200, 300)]


def test_a_busy_file_is_waited_for() -> None:
    encoder = filled()
    other = sqlite3.connect(vectors_path(), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    Timer(1.5, lambda: other.execute("COMMIT")).start()
    done = embed_texts(encoder, ["new", *TEXTS])
    np.testing.assert_array_equal(done.vectors, expected(["new", *TEXTS]))
    other.close()


def test_one_number_that_is_damaged_loses_one_vector() -> None:
    """Widths, too, are told by the vectors themselves."""
    encoder = filled()
    statement("UPDATE vectors SET id = 2000000000000 WHERE id = 300")
    statement("UPDATE vectors SET vector = zeroblob(8) WHERE id = 1")
    check(encoder)
    assert len(encoder.asked) == 1


def test_vectors_that_float32_can_not_hold_are_refused() -> None:
    class Huge(Counting):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return np.full((len(texts), 5), 1e300)

    with pytest.raises(EncoderError, match="finite"):
        embed_texts(Huge(), TEXTS)
    with open_vectors(Huge().fingerprint) as cache:
        assert cache.dimensions is None


@pytest.mark.parametrize("texts", ["one string", ["a", None], ["a", "\ud800"]])
def test_what_is_no_list_of_texts_is_refused(texts: list[str]) -> None:
    encoder = Counting()
    with pytest.raises(EncoderError, match=r"Found: (one string|1 texts)"):
        embed_texts(encoder, texts)
    assert not encoder.asked


class TestCommandLine:
    def test_info_and_verify(self, call_genept: RunGenept) -> None:
        assert json.loads(call_genept("cache", "info", "--json").stdout)["encoders"] == []
        assert not vectors_path().exists()
        filled()
        (one,) = json.loads(call_genept("cache", "info", "--json").stdout)["encoders"]
        assert (one["fingerprint"], one["n_vectors"], one["dimensions"]) == (Counting().fingerprint, 300, 5)
        assert "300" in call_genept("cache", "info").stdout
        done = call_genept("cache", "verify", "--json")
        assert json.loads(done.stdout) == {"n_vectors": 300, "n_damaged": 0, "file_is_sound": True}
        statement("UPDATE vectors SET vector = zeroblob(20) WHERE id = 5")
        done = call_genept("cache", "verify")
        assert (done.returncode, done.stdout) == (1, "300 vectors, 1 of them damaged\n")

    @pytest.mark.parametrize("place", [0, 20_000])
    def test_looking_changes_nothing(self, place: int, call_genept: RunGenept) -> None:
        filled()
        statement("PRAGMA wal_checkpoint(TRUNCATE)")
        content = bytearray(vectors_path().read_bytes())
        content[place : place + 3000] = os.urandom(3000)
        vectors_path().write_bytes(content)
        for command in ("verify", "info"):
            call_genept("cache", command)
            assert vectors_path().read_bytes() == content
        assert call_genept("cache", "verify").returncode == 1

    def test_prune(self, call_genept: RunGenept) -> None:
        filled()
        embed_texts(Counting(seed=1), TEXTS[:10])
        for nothing in ((), ("--encoder", ""), ("--older-than", "-1"), ("--older-than", "nan")):
            refused = call_genept("cache", "prune", *nothing)
            assert refused.returncode == 1
            assert "Do:" in refused.stderr
        statement("UPDATE vectors SET added = added - 864000 WHERE id <= 100")
        assert json.loads(call_genept("cache", "prune", "--older-than", "5", "--json").stdout) == {
            "removed": 100
        }
        assert "bert" in call_genept("cache", "prune", "--encoder", "bert").stderr
        done = call_genept("cache", "prune", "--encoder", Counting(seed=1).fingerprint, "--json")
        assert json.loads(done.stdout) == {"removed": 10}
        (left,) = json.loads(call_genept("cache", "info", "--json").stdout)["encoders"]
        assert left["n_vectors"] == 200

    def test_export(self, call_genept: RunGenept, tmp_path: Path) -> None:
        filled()
        done = call_genept("cache", "export", "--encoder", "random", "-o", "out.parquet", "--json")
        assert json.loads(done.stdout)["written"] == 300
        table = pq.read_table(tmp_path / "out.parquet")
        assert table.schema.metadata[b"genept_encoder"].decode() == Counting().fingerprint
        digest = sha256(b"text 42").hexdigest()
        row = table["text_sha256"].to_pylist().index(digest)
        vector = np.array(table["vector"][row].as_py(), np.float32)
        np.testing.assert_array_equal(vector, expected(["text 42"])[0])
        embed_texts(Counting(seed=1), TEXTS[:10])
        assert "2 encoders" in call_genept("cache", "export", "--encoder", "random", "-o", "x.parquet").stderr
