"""Gene embeddings out again: what each format keeps comes back bit for bit."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

import genept
from genept import GeneEmbeddings, GeneTable
from genept.embeddings import encoder_of
from genept.embeddings.export import EXPORTS, export_embeddings
from genept.embeddings.formats import NamedVectors, embedding_formats
from genept.errors import ArgumentError, GeneNamesError, OutputError
from genept.genes import from_frame

FORMATS = {".parquet": "table", ".csv": "table", ".tsv": "table", ".npz": "npz", ".w2v.txt": "gene2vec"}
KEEPS_ALIASES = (".parquet", ".csv", ".tsv", ".npz")

# What spreadsheets, parsers and shells stumble over, and everything else that can be seen.
NAMES = st.one_of(
    st.sampled_from(
        ["NA", "NAN", "nan", "null", "None", "inf", "1-Mar", "1e5", "-0", "24447", "TRUE", "#N/A"]
    ),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(str.isprintable),
    st.text(st.sampled_from(list("aZ0 ,;'\"|\\#=@-.é基")), min_size=1, max_size=8),
).filter(str.strip)
FLOATS = st.one_of(
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.sampled_from([-0.0, 1e-45, -1.1754942e-38, 3.4028235e38, 1.17549435e-38, 0.1, 16777217.0]).map(
        np.float32
    ),
)


@st.composite
def embeddings(draw: st.DrawFn) -> GeneEmbeddings:
    symbols = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    no_bar = NAMES.filter(lambda name: "|" not in name)
    aliases = draw(st.lists(st.lists(no_bar, max_size=3), min_size=len(symbols), max_size=len(symbols)))
    shape = (len(symbols), draw(st.integers(1, 4)))
    vectors = draw(hnp.arrays(np.float32, shape, elements=FLOATS))
    vectors[(vectors == 0).all(axis=1), 0] = 1e-45
    return GeneEmbeddings(GeneTable(tuple(symbols), aliases=tuple(map(tuple, aliases))), vectors)


def bits(vectors: NDArray[np.floating[Any]]) -> list[list[int]]:
    """The vectors as whole numbers, so that -0.0 is not 0.0."""
    listed: list[list[int]] = np.ascontiguousarray(vectors, dtype=np.float32).view(np.uint32).tolist()
    return listed


def out_and_in(genes: GeneEmbeddings, folder: Path, suffix: str) -> NamedVectors:
    path = folder / f"genes{suffix}"
    export_embeddings(genes, path)
    return embedding_formats.create(FORMATS[suffix]).read(path)


@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(genes=embeddings())
def test_what_goes_out_comes_back(genes: GeneEmbeddings, suffix: str, tmp_path: Path) -> None:
    if suffix == ".w2v.txt" and any(" " in symbol for symbol in genes.genes.symbols):
        with pytest.raises(GeneNamesError, match="space"):
            out_and_in(genes, tmp_path, suffix)
        return
    read = out_and_in(genes, tmp_path, suffix)
    assert read.names == genes.genes.symbols
    assert bits(read.vectors) == bits(genes.vectors)
    if suffix in KEEPS_ALIASES:
        assert read.aliases == genes.genes.aliases


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_float32_comes_back(suffix: str, tmp_path: Path) -> None:
    """Ten thousand bit patterns over the whole range of float32."""
    patterns = np.random.default_rng(5).integers(0, 1 << 32, size=12_000, dtype=np.uint64).astype(np.uint32)
    values = patterns.view(np.float32)
    values = values[np.isfinite(values)][:10_000].reshape(100, 100)
    genes = GeneEmbeddings(GeneTable(tuple(f"G{i}" for i in range(100))), values)
    assert bits(out_and_in(genes, tmp_path, suffix).vectors) == bits(values)


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_export_is_recognised_by_one_format(suffix: str, tmp_path: Path, genes: GeneEmbeddings) -> None:
    path = tmp_path / f"genes{suffix}"
    export_embeddings(genes, path)
    known = [
        name
        for name in ("anndata", *sorted(set(FORMATS.values())))
        if embedding_formats.create(name).recognises(path)
    ]
    assert known == [FORMATS[suffix]]


def test_the_layouts_in_other_hands(tmp_path: Path, genes: GeneEmbeddings) -> None:
    """pandas, NumPy, csv and a split at spaces read what genept wrote, and the names of all come first."""
    for suffix in FORMATS:
        export_embeddings(genes, tmp_path / f"a{suffix}")
    kept = pq.read_table(tmp_path / "a.parquet")
    assert json.loads(kept.schema.metadata[b"genept"]) == genes.provenance
    assert from_frame(kept.to_pandas()) == genes.genes
    assert str(kept.schema.field("dim_129").type) == "float"
    for name, sep in (("a.csv", ","), ("a.tsv", "\t")):
        frame = pd.read_csv(tmp_path / name, sep=sep, keep_default_na=False)
        assert list(frame.columns[:3]) == ["symbol", "aliases", "dim_0"]
        np.testing.assert_array_equal(frame.iloc[:, 2:].to_numpy().astype(np.float32), genes.vectors)
    with (tmp_path / "a.csv").open(newline="") as file:
        assert [row[1] for row in csv.reader(file)] == ["aliases", "", "", "", "", "H2AFY"]
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays["genes"].tolist() == list(genes.genes.symbols)
        assert arrays["vectors"].dtype == np.float32
    first, second, *_ = (tmp_path / "a.w2v.txt").read_text().splitlines()
    assert first == "5 130"
    assert second.split()[0] == "CD3E"
    assert len(second.split()) == 131


@pytest.mark.parametrize("suffix", [".parquet", ".npz", ".safetensors"])
def test_all_that_is_known_of_genes_comes_back(suffix: str, tmp_path: Path) -> None:
    made = genept.embed_genes(texts="starter", encoder="random")
    table = replace(
        made.genes,
        entrez_ids=tuple(str(row) for row in range(len(made.genes))),
        ensembl_ids=(("ENSG00000000001", "ENSG00000000002"), *[()] * (len(made.genes) - 1)),
        # Another gene's symbol among its names is for the resolver to judge, not for a file.
        previous=((made.genes.symbols[1],), *[()] * (len(made.genes) - 1)),
        aliases=((made.genes.symbols[2],), *made.genes.aliases[1:]),
    )
    genes = replace(made, genes=table)
    path = tmp_path / f"genes{suffix}"
    export_embeddings(genes, path)
    again = genept.read_embeddings(path)
    assert again.genes == genes.genes
    assert again.text_sha256 == genes.text_sha256
    assert bits(again.vectors) == bits(genes.vectors)
    provenance = dict(again.provenance)
    assert path.name in provenance.pop("exported_as")
    assert provenance == genes.provenance
    assert encoder_of(again).fingerprint == encoder_of(genes).fingerprint
    # And through a second file, which is the last to be named.
    export_embeddings(again, tmp_path / "second.parquet")
    assert "second.parquet" in genept.read_embeddings(tmp_path / "second.parquet").provenance["exported_as"]


def test_safetensors(tmp_path: Path, genes: GeneEmbeddings) -> None:
    export_embeddings(genes, tmp_path / "a.safetensors")
    read = embedding_formats.create("safetensors").read(tmp_path / "a.safetensors")
    assert read.names == genes.genes.symbols
    assert bits(read.vectors) == bits(genes.vectors)
    assert read.record == genes.provenance
    assert read.aliases[4] == ("H2AFY",)


def test_unknown_suffixes_and_closed_folders(tmp_path: Path, genes: GeneEmbeddings) -> None:
    for name in ("genes.xlsx", "genes", "genes.txt", "genes.csv.gz"):
        with pytest.raises(ArgumentError) as refused:
            export_embeddings(genes, tmp_path / name)
        assert all(suffix in str(refused.value) for suffix in EXPORTS)
    with pytest.raises(OutputError):
        export_embeddings(genes, tmp_path / "no folder" / "genes.csv")


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", ["A\nB", "A\tB", "A\0", "\ufeffA", "A\u2028B", "\ud800"])
def test_names_that_can_not_be_seen_are_refused(name: str, suffix: str, tmp_path: Path) -> None:
    """And what was there before is still there."""
    path = tmp_path / f"a{suffix}"
    path.write_text("before")
    for table in (GeneTable((name,)), GeneTable(("A",), aliases=((name,),))):
        with pytest.raises(GeneNamesError, match="can't be seen"):
            export_embeddings(GeneEmbeddings(table, np.ones((1, 2), "f4")), path)
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
