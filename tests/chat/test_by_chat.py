"""Clusters of an AnnData named by a chat model: what is written, what is left alone, and the command line's
part."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

from genept.cli.chat import named_by_chat, two_prices
from genept.errors import (
    ArgumentError,
    FetchError,
    GeneNamesError,
    InputFileError,
    UnknownNameError,
    ValuesError,
)
from genept.h5ad import read_h5ad, write_h5ad
from genept.tl import annotate_by_chat, estimate_by_chat, marker_genes
from tests.chat.conftest import MARKERS
from tests.generated.chat_server import ChatServer, cell_type
from tests.generated.conftest import KEY

KEYS = {"genept_cell_type", "genept_cell_type_confidence"}


def annotate(adata: AnnData, server: ChatServer, **more: Any) -> None:
    annotate_by_chat(adata, "leiden", **{"model": "small", "base_url": server.url} | more)


def first_markers(adata: AnnData) -> dict[str, str]:
    return dict(marker_genes(adata, "leiden").groupby("cluster")["gene"].first())


def test_every_cell_gets_the_type_of_its_cluster(server: ChatServer, clustered: AnnData) -> None:
    before = clustered.copy()
    annotate(clustered, server, tissue="blood")
    first = first_markers(before)
    assert {first[cluster] for cluster in MARKERS} <= {gene for some in MARKERS.values() for gene in some}
    types = clustered.obs["genept_cell_type"]
    assert types.tolist() == [f"{first[cluster]} cell" for cluster in clustered.obs["leiden"]]
    assert isinstance(types.dtype, pd.CategoricalDtype)
    confidence = clustered.obs["genept_cell_type_confidence"]
    assert confidence.cat.categories.tolist() == ["low", "medium", "high"]
    assert confidence.cat.ordered
    assert (confidence == "high").all()
    # Nothing else changes.
    assert set(clustered.obs) - set(before.obs) == KEYS
    assert list(clustered.uns) == ["genept"]
    np.testing.assert_array_equal(clustered.X, before.X)
    assert all(
        r.body["messages"][1]["content"].startswith("Species: Homo sapiens\nTissue: blood\n")
        for r in server.requests
    )


def test_what_is_kept(server: ChatServer, clustered: AnnData, tmp_path: Path) -> None:
    clustered.uns["genept"] = {"X_genept_w": {"method": "w"}}
    clustered.obs["leiden"] = clustered.obs["leiden"].cat.rename_categories({"0": "B/plasma"})
    annotate(clustered, server, key_added="mine")
    write_h5ad(clustered, tmp_path / "out.h5ad")
    back = read_h5ad(tmp_path / "out.h5ad")
    assert back.uns["genept"]["X_genept_w"] == {"method": "w"}
    record = back.uns["genept"]["mine"]
    told = {name: record[name] for name in ("method", "groupby", "model", "model_served", "prompt_version")}
    assert told == {
        "method": "chat",
        "groupby": "leiden",
        "model": "small",
        "model_served": "small-2026-01-01",
        "prompt_version": "1",
    }
    assert (record["base_url"], record["matrix"], record["values"]) == (server.url, "X", "counts")
    answers = record["answers"]
    assert answers.index.tolist() == ["B/plasma", "1", "2"]
    assert answers["n_cells"].tolist() == [20, 20, 20]
    markers = answers.loc["B/plasma", "markers"].split(", ")
    assert set(markers) == set(MARKERS["0"])
    assert answers.loc["B/plasma", "relied_on"] == ", ".join(markers[:2])
    assert answers.loc["B/plasma", "reason"].startswith("Reason number ")
    pd.testing.assert_series_equal(back.obs["mine"], clustered.obs["mine"])
    assert KEY not in (tmp_path / "out.h5ad").read_bytes().decode(errors="replace")


def test_unknown_unassigned_and_missing(
    server: ChatServer, clustered: AnnData, caplog: pytest.LogCaptureFixture
) -> None:
    """Three things that aren't the same: the model doesn't know, nothing was asked, there is no cluster."""
    leiden = clustered.obs["leiden"].cat.add_categories(["alone"])
    leiden.iloc[[0, 1]] = ["alone", np.nan]
    clustered.obs["leiden"] = leiden
    first = first_markers(clustered)
    server.faults = {
        first["1"]: ["say " + cell_type("", markers=[], cell_type="unknown", confidence="low")],
        first["2"]: ["say " + cell_type("Mono", markers=[first["2"], "CD14"])],
    }
    with caplog.at_level(logging.WARNING):
        annotate(clustered, server)
    types = clustered.obs["genept_cell_type"].astype(object)
    assert types.iloc[0] == "unassigned"
    assert pd.isna(types.iloc[1])
    assert set(types[clustered.obs["leiden"] == "1"]) == {"unknown"}
    confidence = clustered.obs["genept_cell_type_confidence"]
    assert confidence.isna().sum() == 2
    assert set(confidence[clustered.obs["leiden"] == "1"]) == {"low"}
    assert clustered.uns["genept"]["genept_cell_type"]["answers"].loc["2", "not_given"] == "CD14"
    said = [record.getMessage() for record in caplog.records]
    assert [text for text in said if "unassigned: alone" in text]
    assert [text for text in said if "unknown to the model: 1" in text]
    assert [text for text in said if "weren't among their markers; see not_given: 2" in text]
    assert len(server.requests) == 3


def test_a_failure_writes_nothing(server: ChatServer, clustered: AnnData) -> None:
    server.faults[first_markers(clustered)["1"]] = ["say NK cells, I guess"]
    with pytest.raises(FetchError, match="1 of 3 clusters got no cell type: 1; of 1: the answer is no JSON"):
        annotate(clustered, server)
    assert not KEYS & set(clustered.obs)
    assert "genept" not in clustered.uns
    server.requests.clear()
    annotate(clustered, server)
    assert len(server.requests) == 1
    assert set(clustered.obs) >= KEYS


# Markers of one's own


def test_markers_of_ones_own(server: ChatServer, clustered: AnnData, tmp_path: Path) -> None:
    """As a mapping, as our own table and as scanpy's; the expression isn't looked at."""
    clustered.X = clustered.X - 5
    annotate(clustered, server, markers={"0": ["PAX5", "CD19", "PAX5"], "1": ["PRF1"], "2": ["CD14"]})
    answers = clustered.uns["genept"]["genept_cell_type"]["answers"]
    assert answers["markers"].tolist() == ["PAX5, CD19", "PRF1", "CD14"]
    assert clustered.uns["genept"]["genept_cell_type"]["markers_from"] == "given"
    tables = {"ours.csv": ("cluster,gene,score", ","), "scanpy.tsv": ("group\tnames\tscores", "\t")}
    for name, (head, mark) in tables.items():
        rows = [("0", "PAX5", "3"), ("0", "CD19", "2"), ("1", "PRF1", "3"), ("2", "CD14", "1")]
        (tmp_path / name).write_text("\n".join([head, *(mark.join(row) for row in rows)]))
        annotate(clustered, server, markers=tmp_path / name)
        assert clustered.uns["genept"]["genept_cell_type"]["answers"]["markers"].equals(answers["markers"])
    assert len(server.requests) == 3
    annotate(clustered, server, markers={"0": ["PAX5", "CD19"]}, n_markers=1)
    assert clustered.obs["genept_cell_type"].value_counts().to_dict() == {"PAX5 cell": 20, "unassigned": 40}


def test_our_own_table_comes_back(clustered: AnnData, tmp_path: Path, server: ChatServer) -> None:
    marker_genes(clustered, "leiden").to_csv(tmp_path / "markers.csv", index=False)
    annotate(clustered, server)
    annotate(clustered, server, markers=str(tmp_path / "markers.csv"))
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "can't be read as a table"),
        ("a,b\n1,2\n", "with the columns a, b"),
        ("cluster,genes\n0,LYZ\n", "with the columns cluster, genes"),
    ],
)
def test_tables_that_are_none(
    clustered: AnnData, server: ChatServer, tmp_path: Path, text: str, found: str
) -> None:
    (tmp_path / "markers.csv").write_text(text)
    with pytest.raises(InputFileError, match=found):
        annotate(clustered, server, markers=tmp_path / "markers.csv")
    with pytest.raises(InputFileError, match="is not there"):
        annotate(clustered, server, markers="nowhere.csv")


@pytest.mark.parametrize(
    ("more", "error", "found"),
    [
        ({"markers": {"7": ["LYZ"]}}, UnknownNameError, "clusters that aren't there: 7"),
        ({"markers": {"0": "LYZ"}}, GeneNamesError, "one word, 'LYZ'"),
        ({"markers": {"0": ["LYZ", " "]}}, GeneNamesError, "a marker without a name, of 0"),
        ({"markers": {"0": ["ENSG00000090382"]}}, GeneNamesError, "markers that are ids: ENSG"),
        ({"markers": {}}, ValuesError, "no marker gene of any of the 3 clusters"),
        ({"markers": MARKERS, "n_markers": 0}, ArgumentError, "0 marker genes"),
        ({"key_added": "a/b"}, ArgumentError, "key_added='a/b'"),
        ({"key_added": "leiden"}, ArgumentError, "clusters themselves would be overwritten"),
        ({"price": (1.0, float("inf"))}, ArgumentError, "a price of inf"),
    ],
)
def test_bad_input(
    clustered: AnnData, server: ChatServer, more: dict[str, Any], error: type[Exception], found: str
) -> None:
    with pytest.raises(error, match=found):
        annotate(clustered, server, **more)
    assert not server.requests
    assert not KEYS & set(clustered.obs)


def test_clusters_that_nothing_marks(clustered: AnnData, server: ChatServer) -> None:
    clustered.obs["leiden"] = clustered.obs_names
    with pytest.raises(ValuesError, match="no marker gene of any of the 60 clusters"):
        annotate(clustered, server)
    clustered.uns["genept"] = "mine"
    with pytest.raises(ArgumentError, match=r"uns\['genept'\] is a str"):
        annotate(clustered, server)


# What it would cost, and the command line's part


def test_an_estimate(clustered: AnnData, server: ChatServer) -> None:
    before = clustered.copy()
    asked: dict[str, Any] = {"model": "small", "base_url": server.url}
    estimate = estimate_by_chat(clustered, "leiden", price=(1.0, 2.0), **asked)
    assert (estimate.n_clusters, estimate.n_requests) == (3, 3)
    assert estimate.usd == pytest.approx((estimate.prompt_tokens + 600 * 2) / 1e6)
    assert not server.requests
    assert clustered.uns == before.uns
    assert set(clustered.obs) == set(before.obs)
    annotate(clustered, server)
    assert estimate_by_chat(clustered, "leiden", **asked).n_cached == 3


def test_the_step_of_the_command_line(
    clustered: AnnData, server: ChatServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def step(**more: Any) -> bool:
        given: dict[str, Any] = {"price": "1,2", "max_cost": 0.001, "key_added": "type", "as_json": False}
        asked = {"model": "small", "base_url": server.url, "tissue": "blood", "n_markers": 5}
        return named_by_chat(clustered, "leiden", **{**given, **asked, **more})

    assert not step(dry_run=True)
    said = capsys.readouterr().out
    assert "clusters: 3, without markers: 0\ncached: 0, to be asked: 3\n" in said
    assert "that may pass 0.001 USD" in said
    assert not step(dry_run=True, as_json=True, price=None, max_cost=None)
    assert json.loads(capsys.readouterr().out)["usd"] is None
    assert not server.requests
    assert step(dry_run=False, max_cost=1.0)
    assert "cell type" in capsys.readouterr().out
    assert step(dry_run=False, as_json=True, max_cost=1.0)
    report = json.loads(capsys.readouterr().out)
    assert [row["cluster"] for row in report["answers"]] == ["0", "1", "2"]
    assert report["answers"][0]["cell_type"] == clustered.obs["type"].iloc[0]
    assert len(server.requests) == 3
    with pytest.raises(ArgumentError, match="--groupby leiden"):
        named_by_chat(clustered, None, price=None, max_cost=None, key_added="t", dry_run=True, as_json=False)
    for price in ("1", "1,2,3", "cheap"):
        with pytest.raises(ArgumentError, match=r"--price 0\.15,0\.6"):
            two_prices(price)
