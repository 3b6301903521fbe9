"""Fixtures: real data where it is there, small data sets, and the command line as a user runs it."""

import atexit
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from anndata import AnnData
from scipy import sparse

import genept
from genept import GeneEmbeddings, GeneTable

ROOT = Path(__file__).parent.parent
REALDATA = Path(os.environ.get("GENEPT_REALDATA", ROOT.parent / "shared" / "data"))

# A shell that starts the tests in the background makes them, and all they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["MPLBACKEND"] = "agg"
# What this machine has fetched must not change a result: an empty cache, unless a test says otherwise.
os.environ["GENEPT_CACHE"] = tempfile.mkdtemp(prefix="genept-tests-")
atexit.register(shutil.rmtree, os.environ["GENEPT_CACHE"], ignore_errors=True)

RunGenept = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if REALDATA.is_dir():
        return
    skip = pytest.mark.skip(reason=f"no real data at {REALDATA} (set GENEPT_REALDATA)")
    for item in items:
        if "realdata" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def realdata() -> Path:
    return REALDATA


@pytest.fixture(scope="session")
def lsa_genes() -> GeneEmbeddings:
    return genept.embed_genes(texts="starter", encoder="lsa")


@pytest.fixture
def genes() -> GeneEmbeddings:
    """Five genes with vectors that are easy to tell apart, one of them with an alias."""
    rng = np.random.default_rng(0)
    return GeneEmbeddings(
        GeneTable(("CD3E", "LYZ", "NKG7", "MS4A1", "MACROH2A1"), aliases=((), (), (), (), ("H2AFY",))),
        rng.normal(size=(5, 130)).astype(np.float32),
        provenance={"texts": {"source": "test"}},
    )


@pytest.fixture
def counts() -> AnnData:
    """Counts of six cells in seven genes, two of which have no vector in ``genes``."""
    matrix = np.random.default_rng(1).poisson(2.0, size=(6, 7)).astype(np.float32)
    matrix[:, 0] += 1
    adata = AnnData(sparse.csr_matrix(matrix))
    adata.obs_names = [f"cell{i}" for i in range(6)]
    adata.var_names = ["LYZ", "unknown1", "CD3E", "MS4A1", "unknown2", "H2AFY", "NKG7"]
    return adata


@pytest.fixture
def run_genept(tmp_path: Path) -> RunGenept:
    """Run ``genept`` in a process of its own, in an empty folder."""

    def run(*args: str | Path, cwd: Path = tmp_path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", "from genept.cli import main; main()", *map(str, args)],
            capture_output=True,
            text=True,
            cwd=cwd,
            check=False,
            timeout=600,
        )

    return run


@pytest.fixture
def call_genept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[RunGenept]:
    """Run ``genept`` in this process, in an empty folder: the same command line, quicker."""
    from genept.cli import main

    monkeypatch.chdir(tmp_path)
    root, level = logging.getLogger(), logging.getLogger("genept").level
    handlers = root.handlers[:]

    def call(*args: str | Path) -> "subprocess.CompletedProcess[str]":
        monkeypatch.setattr(sys, "argv", ["genept", *map(str, args)])
        capsys.readouterr()
        with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        status = ended.value.code
        return subprocess.CompletedProcess(args, int(status or 0), said.out, said.err)

    yield call
    root.handlers[:] = handlers
    logging.getLogger("genept").setLevel(level)
