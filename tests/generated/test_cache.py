"""Answers are paid for once: processes that are killed or run side by side, damaged files, full disks."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from genept.errors import OutputError
from genept.genes import GeneTable
from genept.remote.chat import Answer, open_answers
from genept.sqlite_file import SQLiteFile
from genept.texts.generated.answers import answers_file, answers_path
from tests.generated.chat_server import ChatServer
from tests.generated.conftest import MANY, Make, kept


def start(url: str, genes: GeneTable = MANY) -> "subprocess.Popen[str]":
    """Load texts in a process of its own, which prints them."""
    code = (
        "from genept.genes import GeneTable\n"
        "from genept.texts.generated import GeneratedTexts\n"
        f"genes = GeneTable({genes.symbols!r})\n"
        f"print(GeneratedTexts(genes, model='small', base_url={url!r}, concurrency=2).load().texts)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it didn't come about")


@pytest.mark.slow
def test_a_killed_process_goes_on_where_it_was(server: ChatServer, make: Make) -> None:
    server.delay = 0.05
    process = start(server.url)
    wait_until(lambda: server.answered >= 15)
    process.kill()
    process.communicate()
    # At most the two that were under way are lost.
    had = kept()
    assert 0 <= server.answered - had <= 2
    assert had >= 13
    server.requests.clear()
    server.delay = 0.0
    assert make(MANY).load().genes == MANY
    assert len(server.requests) == 40 - had


@pytest.mark.slow
def test_ctrl_c(server: ChatServer, make: Make) -> None:
    """It ends at once, though a server hangs, and what arrived is kept."""
    server.faults = {gene: ["silent"] for gene in MANY.symbols[20:]}
    process = start(server.url)
    # Both of the requests that may be under way hang.
    wait_until(lambda: server.hanging == 2)
    wait_until(lambda: kept() == server.answered)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - started < 5
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert kept() == server.answered


@pytest.mark.slow
def test_two_processes_share_the_answers(server: ChatServer) -> None:
    server.delay = 0.02
    processes = [start(server.url), start(server.url)]
    said = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    # No two answers of this server are the same.
    assert said[0] == said[1]
    assert kept() == 40
    assert len(server.requests) < 60


def test_the_first_answer_stays(make: Make) -> None:
    answers = [Answer(text, "m", 1, 1, "2026-01-01") for text in ("first", "second")]
    for answer in answers:
        with open_answers(answers_file(), base_url="u", model="m", prompt_version="1") as cache:
            cache.keep("0" * 64, answer)
            assert cache.answers() == {"0" * 64: answers[0]}


# The file


def garbage(path: Path) -> None:
    path.write_bytes(os.urandom(5000))


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def another_word(path: Path) -> None:
    content = path.read_bytes()
    assert content.count(b"GENE7 encodes") == 1
    path.write_bytes(content.replace(b"GENE7 encodes", b"GENE7 destroy"))


def broken_letter(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"GENE7 encodes", b"GENE7 enc\xffdes"))


@pytest.mark.parametrize("damage", [garbage, half, another_word, broken_letter])
def test_a_damaged_file_is_set_aside(
    server: ChatServer, make: Make, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    genes = MANY.take(range(12))
    make(genes).load()
    path = answers_path()
    damage(path)
    content = path.read_bytes()
    server.requests.clear()
    texts = make(genes).load()
    assert len(server.requests) == 12
    (aside,) = path.parent.glob("generated.damaged-*.sqlite")
    assert aside.read_bytes() == content
    (record,) = (r for r in caplog.records if r.levelno == logging.WARNING)
    assert str(aside) in record.getMessage()
    assert make(genes).load() == texts
    assert len(server.requests) == 12


def test_many_find_the_damage_at_once(make: Make) -> None:
    """Only the first sets the file aside: the others take what it has begun."""
    path = answers_path()
    path.parent.mkdir(parents=True)
    garbage(path)
    barrier = Barrier(6)

    def use() -> None:
        barrier.wait()
        with answers_file().open() as connection:
            connection.execute("SELECT count(*) FROM answers").fetchone()

    with ThreadPoolExecutor(6) as pool:
        for future in [pool.submit(use) for _ in range(6)]:
            future.result()
    assert len(list(path.parent.glob("generated.damaged-*.sqlite"))) == 1


def test_a_full_disk(server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make().load()
    connect = SQLiteFile._connect

    def connect_to_little(self: SQLiteFile) -> sqlite3.Connection | None:
        connection = connect(self)
        assert connection is not None
        connection.execute("PRAGMA max_page_count = 4")
        return connection

    monkeypatch.setattr(SQLiteFile, "_connect", connect_to_little)
    with pytest.raises(OutputError, match=r"full.*GENEPT_CACHE"):
        make(MANY, concurrency=2).load()
    assert 3 < kept() < 43
    assert server.answered <= kept() + 2
    monkeypatch.undo()


def test_no_place_for_the_file(
    server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Found out before anything is paid for."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(OutputError, match="GENEPT_CACHE"):
        make().load()
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path))
    (tmp_path / "generated.sqlite").mkdir()
    for call in (make().load, make().estimate):
        with pytest.raises(OutputError, match="GENEPT_CACHE"):
            call()
    assert not server.requests


def test_a_file_of_a_later_version_is_left_alone(make: Make) -> None:
    make().load()
    connection = sqlite3.connect(answers_path())
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(OutputError, match="a later version of genept"):
        make().load()
    assert not list(answers_path().parent.glob("*damaged*"))
