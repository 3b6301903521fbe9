"""``tl.annotate(chat=...)`` and ``genept cells annotate --chat``: a dry run, a run, and what is refused."""

import json
from pathlib import Path

import pandas as pd
import pytest
from anndata import AnnData

from genept.errors import ArgumentError
from genept.h5ad import read_h5ad, write_h5ad
from genept.tl import annotate, annotate_by_chat
from tests.conftest import RunGenept
from tests.generated.chat_server import ChatServer


@pytest.fixture
def data(clustered: AnnData, tmp_path: Path) -> Path:
    write_h5ad(clustered, tmp_path / "data.h5ad")
    return tmp_path / "data.h5ad"


def test_annotate_is_annotate_by_chat(server: ChatServer, clustered: AnnData) -> None:
    other = clustered.copy()
    annotate(clustered, chat="small", groupby="leiden", base_url=server.url, tissue="blood")
    annotate_by_chat(other, "leiden", model="small", base_url=server.url, tissue="blood")
    pd.testing.assert_frame_equal(clustered.obs, other.obs)
    # The second run found the answers of the first.
    assert len(server.requests) == 3


def test_a_dry_run_sends_nothing_and_a_run_asks_once(
    server: ChatServer, data: Path, call_genept: RunGenept, tmp_path: Path
) -> None:
    said = ("cells", "annotate", data, "--chat", "small", "--base-url", server.url, "--groupby", "leiden")
    dry = call_genept(*said, "--dry-run", "--price", "1,2", "--json")
    assert dry.returncode == 0, dry.stderr
    counted = json.loads(dry.stdout)
    assert (counted["n_clusters"], counted["n_requests"], len(server.requests)) == (3, 3, 0)
    assert counted["usd"] > 0
    for name in ("out.h5ad", "out.csv"):
        done = call_genept(*said, "-o", name)
        assert done.returncode == 0, done.stderr
    assert len(server.requests) == 3
    written = read_h5ad(tmp_path / "out.h5ad")
    assert written.obs["genept_cell_type"].nunique() == 3
    table = pd.read_csv(tmp_path / "out.csv", index_col="cell")
    assert table["genept_cell_type"].tolist() == written.obs["genept_cell_type"].tolist()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--chat", "small"), "--groupby"),
        (("--chat", "small", "--cell-types", "cell_ontology"), "--cell-types and --chat"),
        (("--cell-types", "cell_ontology", "--dry-run"), "--dry-run"),
        ((), "none of --reference, --cell-types and --chat"),
    ],
)
def test_what_does_not_go_together(
    data: Path, call_genept: RunGenept, tmp_path: Path, words: tuple[str, ...], named: str
) -> None:
    done = call_genept("cells", "annotate", data, *words, "-o", "out.h5ad")
    assert done.returncode == 1
    assert named in " ".join(done.stderr.split())
    assert not (tmp_path / "out.h5ad").exists()


def test_options_of_another_way_are_refused(clustered: AnnData) -> None:
    before = clustered.copy()
    with pytest.raises(ArgumentError, match="min_confidence with chat"):
        annotate(clustered, chat="small", groupby="leiden", min_confidence=0.5)
    with pytest.raises(ArgumentError, match="tissue with cell_types"):
        annotate(clustered, cell_types=["B cell", "T cell"], tissue="blood")
    with pytest.raises(ArgumentError, match="no clusters for it to name"):
        annotate(clustered, chat="small")
    pd.testing.assert_frame_equal(clustered.obs, before.obs)
