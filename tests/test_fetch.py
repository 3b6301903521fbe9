"""Fetching upstream files from a real server with real faults."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from genept.datasets import DATASETS, Fetched, fetch, locate
from genept.datasets import download as download_module
from genept.datasets.cache import cache_folder, provenance
from genept.errors import FetchError, MissingDataError, OutputError, UnknownNameError
from tests.conftest import RunGenept
from tests.file_server import FileServer, serving

NAME = "ncbi_gene_info_human"
PATH = "/" + DATASETS[NAME].path
CONTENT = gzip.compress(b"#tax_id\tGeneID\tSymbol\n" + os.urandom(300_000).hex().encode())


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(download_module, "FIRST_WAIT", 0.01)
    return cache_folder()


@pytest.fixture
def server(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    with serving({PATH: CONTENT}) as running:
        monkeypatch.setenv("GENEPT_MIRROR", running.url)
        yield running


def check(fetched: Fetched, cache: Path, content: bytes = CONTENT) -> None:
    assert fetched.path == cache / DATASETS[NAME].path
    assert fetched.path.read_bytes() == content
    assert fetched.sha256 == hashlib.sha256(content).hexdigest()
    # Nothing is left beside the file but its record.
    assert sorted(p.name for p in fetched.path.parent.iterdir()) == [
        fetched.path.name,
        fetched.path.name + ".json",
    ]


def test_a_file_is_fetched_once_and_recorded(cache: Path, server: FileServer) -> None:
    first = fetch(NAME)
    check(first, cache)
    assert first.origin == server.url + PATH
    assert first.date
    assert fetch(NAME) == first == locate(NAME)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "faults", [["500"], ["429", "503"], ["gone"], ["half"], ["half", "500", "half", "gone"]]
)
def test_faults_that_pass(cache: Path, server: FileServer, faults: list[str]) -> None:
    server.faults.extend(faults)
    check(fetch(NAME), cache)


def test_a_dropped_line_is_taken_up_where_it_broke(cache: Path, server: FileServer) -> None:
    server.faults.extend(["half", "half"])
    check(fetch(NAME), cache)
    assert server.sent == len(CONTENT)
    assert [asked is not None for _, asked in server.requests] == [False, True, True]


def test_a_later_run_goes_on_too(cache: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_module, "ATTEMPTS", 1)
    server.faults.append("half")
    with pytest.raises(FetchError, match="failed 1 times"):
        fetch(NAME)
    check(fetch(NAME), cache)
    assert server.sent == len(CONTENT)


def test_a_new_version_is_not_glued_to_the_old(cache: Path, server: FileServer) -> None:
    server.faults.append("half")
    new = gzip.compress(b"#tax_id\tGeneID\tnew\n" * 1000)
    ATTEMPT = download_module._attempt

    def renewed(*args: object) -> None:
        try:
            ATTEMPT(*args)  # type: ignore[arg-type]
        finally:
            server.files[PATH] = new

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(download_module, "_attempt", renewed)
        check(fetch(NAME), cache, new)


def test_a_server_that_says_nothing(cache: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_module, "_TIMEOUT", httpx.Timeout(0.3))
    server.faults.append("silent")
    check(fetch(NAME), cache)
    server.faults.extend(["silent"] * 5)
    with pytest.raises(FetchError, match="ReadTimeout"):
        fetch(NAME, refresh=True)
    assert locate(NAME).path.read_bytes() == CONTENT


def test_a_full_disk_keeps_what_was_cached(cache: Path, server: FileServer) -> None:
    """A limit on the size of files stands for the full disk: the write fails half-way, for real."""
    old = fetch(NAME)
    server.files[PATH] = CONTENT + CONTENT
    code = (
        "import resource, signal\n"
        "from genept.datasets import fetch\n"
        "from genept.errors import OutputError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        f"try: fetch({NAME!r}, refresh=True)\n"
        "except OutputError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "File too large" in done.stdout
    assert locate(NAME) == old
    assert old.path.read_bytes() == CONTENT


def test_a_server_that_can_not_resume_sends_all_again(cache: Path, server: FileServer) -> None:
    server.resumable = False
    server.faults.append("half")
    check(fetch(NAME), cache)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("404", "status 404"),
        ("403", "status 403"),
        ("500", "failed 5 times"),
        ("429", "failed 5 times"),
        ("gone", "failed 5 times"),
        ("html", "a page of HTML"),
    ],
)
def test_faults_that_stay_leave_what_was_cached(
    cache: Path, server: FileServer, fault: str, message: str
) -> None:
    old = fetch(NAME)
    server.faults.extend([fault] * 10)
    with pytest.raises(FetchError, match=message):
        fetch(NAME, refresh=True)
    assert fetch(NAME) == old
    assert old.path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (CONTENT[:-1000], "truncated or corrupted"),
        (CONTENT[:1000] + b"\0" * 500 + CONTENT[1500:], "truncated or corrupted"),
        (b"#tax_id\tnot packed\n", "truncated or corrupted"),
        (gzip.compress(b"other file\n", mtime=0), "begins with 'other"),
    ],
)
def test_wrong_files_are_refused(cache: Path, server: FileServer, content: bytes, message: str) -> None:
    server.files[PATH] = content
    with pytest.raises(FetchError, match=message):
        fetch(NAME)
    with pytest.raises(MissingDataError):
        locate(NAME)
    server.files[PATH] = CONTENT
    check(fetch(NAME), cache)


def test_a_fixed_checksum_is_checked(cache: Path, server: FileServer) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", "{}")
    server.files["/" + DATASETS["genept_zenodo"].path] = packed.getvalue()
    with pytest.raises(FetchError, match="has the md5"):
        fetch("genept_zenodo")


def test_offline_says_what_to_download_and_where_to_put_it(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENEPT_MIRROR", "http://127.0.0.1:9")
    with pytest.raises(MissingDataError, match=r"genept data fetch.*https://ftp\.ncbi"):
        locate(NAME)
    with pytest.raises(FetchError, match="failed 5 times"):
        fetch(NAME)
    path = cache / DATASETS[NAME].path
    path.write_bytes(CONTENT)
    assert locate(NAME).path == fetch(NAME).path == path


def test_a_cache_that_can_not_be_written(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "file"))
    with pytest.raises(OutputError, match="can't be written"):
        fetch(NAME)


def test_unknown_names() -> None:
    for name, message in (("nothing", "ncbi_gene_summary"), ("pbmc68k_reduced", "of the scanpy package")):
        with pytest.raises(UnknownNameError, match=message):
            fetch(name)


def test_command_line(cache: Path, server: FileServer, call_genept: RunGenept) -> None:
    before = json.loads(call_genept("data", "list", "--json").stdout)["datasets"]
    assert {row["name"]: row["here"] for row in before}[NAME] is None
    assert all(row["licence"] and row["citation"] for row in before)
    server.faults.append("half")
    done = call_genept("data", "fetch", NAME, "--json")
    assert done.returncode == 0, done.stderr
    fetched = json.loads(done.stdout)["fetched"][0]
    assert fetched["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert NAME in call_genept("data", "list").stdout
    assert call_genept("data", "fetch", NAME, "nothing").returncode == 1
    server.faults.extend(["404"])
    failed = call_genept("data", "fetch", NAME, "--refresh")
    assert failed.returncode == 1
    assert "status 404" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_record_of_another_state_of_the_file_is_not_believed(
    cache: Path, server: FileServer, caplog: pytest.LogCaptureFixture
) -> None:
    fetched = fetch(NAME)
    # As after a crash between the new file and its record, or after a file put there by hand.
    fetched.path.write_bytes(CONTENT + b"more")
    found = locate(NAME)
    assert (found.sha256, found.date) == ("", "")
    assert "isn't the file that was fetched on" in caplog.text
    said = provenance(found)
    assert said[f"{NAME}.sha256"] == hashlib.sha256(CONTENT + b"more").hexdigest()
    assert said[f"{NAME}.origin"] == f"changed since it was fetched from {server.url}{PATH}"
    assert said[f"{NAME}.date"].startswith("20")
    fetched.path.with_name(fetched.path.name + ".json").unlink()
    assert provenance(locate(NAME))[f"{NAME}.origin"] == "put into the cache by hand"


def test_a_copied_cache_is_believed(cache: Path, server: FileServer) -> None:
    fetched = fetch(NAME)
    os.utime(fetched.path, (1, 1))
    assert locate(NAME) == fetched


def test_a_text_that_breaks_off_without_a_word_is_noticed(cache: Path, server: FileServer) -> None:
    """A server that streams says no length: only the end of the file can tell."""
    path = "/" + DATASETS["hgnc_complete_set"].path
    whole = b"hgnc_id\tsymbol\n" + b"HGNC:1\tLYZ\n" * 1000
    for cut in (whole[:-1], whole[:-4], whole[:-5] + b"\n"):
        server.files[path] = cut
        with pytest.raises(FetchError, match="its last line is cut off"):
            fetch("hgnc_complete_set")
    server.files[path] = whole
    assert fetch("hgnc_complete_set").path.read_bytes() == whole


def test_what_is_longer_than_the_file_is_begun_anew(cache: Path, server: FileServer) -> None:
    tag = f'"{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"'
    part = cache / (DATASETS[NAME].path + ".part")
    for left in (CONTENT, CONTENT + b"more"):
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(left)
        part.with_name(part.name + ".etag").write_text(tag)
        assert fetch(NAME, refresh=True).path.read_bytes() == CONTENT


@pytest.mark.slow
def test_two_processes_fetch_a_file_once(cache: Path, server: FileServer) -> None:
    server.faults.extend(["half", "half"])
    code = f"from genept.datasets import fetch; print(fetch({NAME!r}).sha256)"
    two = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = {process.communicate(timeout=60)[0].strip() for process in two}
    assert said == {hashlib.sha256(CONTENT).hexdigest()}
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "mirror", ["http://[::1", "http://host:port", "file:///data", "not a url", "ftp://x.org"]
)
def test_a_mirror_that_is_no_address_fails_at_once(
    cache: Path, monkeypatch: pytest.MonkeyPatch, mirror: str
) -> None:
    monkeypatch.setenv("GENEPT_MIRROR", mirror)
    monkeypatch.setattr(download_module, "FIRST_WAIT", 1000)
    with pytest.raises(FetchError, match="GENEPT_MIRROR"):
        fetch(NAME)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"size": "x", "mtime_ns": null}'])
def test_a_damaged_record_is_as_good_as_none(cache: Path, server: FileServer, content: str) -> None:
    fetched = fetch(NAME)
    fetched.path.with_name(fetched.path.name + ".json").write_text(content)
    assert locate(NAME).sha256 == ""
    assert fetch(NAME).path == fetched.path
