"""From any format to any other, on the command line and in Python, and real files."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from anndata import AnnData

import genept
from genept.embeddings import embedding_formats
from genept.errors import InputFileError, UnknownNameError
from genept.testing import EmbeddingFormatConformance
from tests.conftest import RunGenept

VECTORS = np.random.default_rng(0).normal(size=(3, 24)).astype(np.float32)
NAMES = ("LYZ", "NA", "AARS1")


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A pickle as the authors release them."""
    content = {name: row.astype(np.float64).tolist() for name, row in zip(NAMES, VECTORS, strict=True)}
    path = tmp_path / "GPT_3_5_gene_embeddings.pickle"
    path.write_bytes(pickle.dumps(content | {"AARS": content["AARS1"]}))
    return path


@pytest.mark.parametrize("suffix", [".h5ad", ".parquet", ".csv", ".tsv", ".npz", ".safetensors", ".w2v.txt"])
def test_out_and_in_again(released: Path, call_genept: RunGenept, tmp_path: Path, suffix: str) -> None:
    done = call_genept("genes", "convert", released, "-o", f"out{suffix}", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["n_genes"], report["n_aliases"], report["dimensions"]) == (3, 1, 24)
    assert "sha256" in report["provenance"]["files"]
    again = genept.read_embeddings(tmp_path / f"out{suffix}")
    assert again.genes.symbols == NAMES
    np.testing.assert_array_equal(again.vectors, VECTORS)
    if suffix != ".w2v.txt":
        assert again.genes.aliases[2] == ("AARS",)
    done = call_genept("genes", "convert", f"out{suffix}", "-o", "back.h5ad")
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(genept.read_embeddings(tmp_path / "back.h5ad").vectors, VECTORS)


def test_every_command_takes_any_format(released: Path, call_genept: RunGenept, counts: AnnData) -> None:
    counts.write_h5ad("data.h5ad")
    done = call_genept(
        "cells", "embed", "data.h5ad", "--genes", released, "-o", "out.h5ad", "--min-coverage", "0"
    )
    assert done.returncode == 0, done.stderr
    assert "dimensions: 24" in call_genept("genes", "info", released).stdout


def test_formats_are_listed(call_genept: RunGenept) -> None:
    listed = json.loads(call_genept("genes", "formats", "--json").stdout)["formats"]
    assert [row["name"] for row in listed] == embedding_formats.names()
    assert all(row["licence"] and row["origin"] for row in listed)
    assert "scfoundation" in call_genept("genes", "formats").stdout


@pytest.mark.parametrize(
    ("name", "content", "args", "message"),
    [
        ("x.bin", b"noise" * 100, [], "no format that is known"),
        ("x.pickle", pickle.dumps({"LYZ": 5}), [], "no format that is known"),
        ("x.pickle", pickle.dumps({"LYZ": 5}), ["--format", "genept"], "is a int"),
        ("x.csv", b"gene,a,b\nLYZ,1,1\n", ["--format", "word3vec"], "no format of gene embeddings named"),
        ("x.csv", b"gene,a,b\nLYZ,1,1\n", ["-o", "x.csv"], "also an input"),
        ("x.csv", b"gene,a,b\nLYZ,1,1\n", ["-o", "x.docx"], "doesn't end in"),
        ("x.csv", b"gene,a,b\nLYZ,1,1\nLYZ,2,1\n", [], "LYZ"),
        ("x.csv", b"gene,a,b\nLYZ,nan,1\n", [], "isn't finite: LYZ"),
        ("x.csv", b"gene,a,b\nLYZ,0,0\n", [], "no vector that isn't all zero"),
        ("none.csv", None, [], "is not there"),
    ],
)
def test_bad_input(
    call_genept: RunGenept, tmp_path: Path, name: str, content: bytes | None, args: list[str], message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = sorted(tmp_path.iterdir())
    done = call_genept("genes", "convert", name, *(args if "-o" in args else ["-o", "out.h5ad", *args]))
    assert (done.returncode, done.stdout) == (1, ""), done
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before
    if content is not None:
        assert (tmp_path / name).read_bytes() == content


def test_no_two_formats_claim_one_file(tmp_path: Path) -> None:
    """Every example of the conformance suites is recognised by its own format alone."""
    from tests.formats import test_checkpoints, test_genept_pickle, test_tables

    suites = [
        suite
        for module in (test_checkpoints, test_genept_pickle, test_tables)
        for suite in vars(module).values()
        if isinstance(suite, type)
        and issubclass(suite, EmbeddingFormatConformance)
        and suite is not EmbeddingFormatConformance
    ]
    assert len(suites) >= 10
    for suite in suites:
        folder = tmp_path / suite.__name__
        folder.mkdir()
        path = suite().example(folder)
        claimed = [n for n in embedding_formats.names() if embedding_formats.create(n).recognises(path)]
        assert claimed == [suite().make().name], suite.__name__


def test_a_format_that_is_no_name() -> None:
    with pytest.raises(UnknownNameError, match="scgpt"):
        genept.read_embeddings(__file__, format="scgtp")
    with pytest.raises(InputFileError, match="no format that is known"):
        genept.read_embeddings(__file__)


@pytest.mark.realdata
def test_the_authors_86_vectors(realdata: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = realdata / "embeddings" / "genept_subset" / "Embedding_small.csv.gz"
    genes = genept.read_embeddings(path)
    assert genes.vectors.shape == (86, 1536)
    assert genes.provenance["left_out"] == "ctrl (a vector of zeros)"
    assert "ctrl" in caplog.text
    # ada-002 gives unit vectors.
    np.testing.assert_allclose(np.linalg.norm(genes.vectors, axis=1), 1, atol=1e-3)
