"""Gene programs: planted groups are found, and what is refused."""

import random
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics.pairwise import cosine_similarity

import genept
from genept import GeneEmbeddings, GeneTable
from genept.errors import (
    ArgumentError,
    GeneNamesError,
    GeneptWarning,
    MissingDependencyError,
    UnknownNameError,
    ValuesError,
)
from genept.genes import GenePrograms
from tests.programs.planted import SIZES, planted
from tests.programs.test_similarity_graph import vectors_of


def groups(programs: GenePrograms) -> set[frozenset[str]]:
    return {frozenset(rows["gene"]) for _, rows in programs.table.groupby("program")}


@pytest.mark.parametrize("method", ["leiden", "louvain"])
@pytest.mark.parametrize("how", [{"threshold": 0.5}, {"n_neighbors": 6}, {}])
def test_planted_groups_are_found(method: str, how: dict[str, float]) -> None:
    # Each gene has nearest ones, those on their own too: they'd join a group.
    genes = planted(loners=5 if "threshold" in how else 0)
    programs = genept.tl.gene_programs(genes, method=method, resolution=1.0, **how)  # type: ignore[arg-type]
    assert programs.sizes.tolist() == sorted(SIZES, reverse=True)
    assert groups(programs) == {
        frozenset(name for name in genes.genes.symbols if name.startswith(f"G{group}_")) for group in range(3)
    }
    assert programs.program_of[37:].tolist() == [0] * (len(genes.genes) - 37)
    assert np.isnan(programs.similarity[37:]).all()
    assert programs.provenance["method"] == method


def test_the_order_of_genes_does_not_matter() -> None:
    genes = planted()
    order = np.random.default_rng(1).permutation(len(genes.genes))
    other = GeneEmbeddings(genes.genes.take(order.tolist()), genes.vectors[order])
    one, two = (genept.tl.gene_programs(some, threshold=0.5, resolution=1.0) for some in (genes, other))
    pd.testing.assert_frame_equal(one.table, two.table)


@pytest.mark.parametrize("method", ["leiden", "louvain"])
def test_the_same_seed_gives_the_same(method: str) -> None:
    genes = GeneEmbeddings(GeneTable(tuple(f"G{i}" for i in range(300))), vectors_of(0, 300, 20))

    def found(rng: int) -> tuple[int, ...]:
        programs = genept.tl.gene_programs(genes, method=method, min_size=2, rng=rng)  # type: ignore[arg-type]
        return tuple(programs.program_of)

    state = random.getstate()
    assert found(1) == found(1)
    assert any(found(1) != found(rng) for rng in (2, 3, 4))
    assert random.getstate() == state


def test_genes_are_ordered_by_likeness_to_their_program() -> None:
    genes = planted()
    table = genept.tl.gene_programs(genes, threshold=0.5, resolution=1.0).table
    inside = genes.vectors[:14].astype(np.float64)
    inside /= np.linalg.norm(inside, axis=1, keepdims=True)
    expected = cosine_similarity(inside, inside.mean(axis=0, keepdims=True)).ravel()
    first = table[table["program"] == 1]
    assert first["gene"].tolist() == [genes.genes.symbols[i] for i in np.argsort(-expected)]
    np.testing.assert_allclose(first["similarity"], np.sort(expected)[::-1])


def test_small_programs_are_dropped_and_told_of() -> None:
    genes = planted()
    programs = genept.tl.gene_programs(genes, threshold=0.5, resolution=1.0, min_size=12)
    assert programs.sizes.tolist() == [14, 12]
    assert len(programs.genes) == len(genes.genes)
    with pytest.raises(ValuesError, match=r"no gene in a program of at least 15 .*: 212 edges between 42"):
        genept.tl.gene_programs(genes, threshold=0.5, resolution=1.0, min_size=15)


def test_few_genes_in_programs_are_warned_of() -> None:
    grouped = planted(loners=0)
    vectors = np.zeros((437, 440), dtype=np.float32)
    vectors[:37, :40] = grouped.vectors
    vectors[37:, 40:] = np.eye(400)
    table = GeneTable((*grouped.genes.symbols, *(f"X{i}" for i in range(400))))
    with pytest.warns(GeneptWarning, match="only 37 of 437 genes are in a program"):
        genept.tl.gene_programs(GeneEmbeddings(table, vectors), threshold=0.5, resolution=1.0)


def test_no_edge_is_an_error_that_says_how_alike_genes_are() -> None:
    genes = GeneEmbeddings(GeneTable(tuple(f"G{i}" for i in range(20))), np.eye(20, dtype=np.float32))
    for how in ({"threshold": 0.9}, {"n_neighbors": 3}):
        with pytest.raises(ValuesError, match=r"0 edges between 20 genes; .* is 0.00 in the median"):
            genept.tl.gene_programs(genes, **how)


def test_names_are_resolved_and_those_without_a_vector_left_out() -> None:
    genes = planted()
    table = GeneTable(genes.genes.symbols, aliases=(("OLD",), *((),) * (len(genes.genes) - 1)))
    names = ["OLD", "unknown", *genes.genes.symbols[:13], "OLD"]
    known = GeneEmbeddings(table, genes.vectors)
    programs = genept.tl.gene_programs(known, names, threshold=0.5, resolution=1.0)
    assert programs.genes.symbols == genes.genes.symbols[:13]
    assert programs.sizes.tolist() == [13]


def test_too_few_genes() -> None:
    genes = planted()
    with pytest.raises(GeneNamesError, match="1 genes with a vector"):
        genept.tl.gene_programs(genes, ["G0_00"])
    with pytest.raises(GeneNamesError, match="0 genes with a vector"):
        genept.tl.gene_programs(genes, [])
    with pytest.raises(GeneNamesError, match="letter case"):
        genept.tl.gene_programs(genes, [name.lower() for name in genes.genes.symbols])
    alone = GeneEmbeddings(GeneTable(("CD3E",)), np.ones((1, 3), dtype=np.float32))
    with pytest.raises(GeneNamesError, match="1 genes with a vector"):
        genept.tl.gene_programs(alone, min_size=2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_neighbors": 5, "threshold": 0.9},
        {"n_neighbors": 0},
        {"threshold": 1.0},
        {"threshold": -0.1},
        {"threshold": np.nan},
        {"method": "kmeans"},
        {"resolution": 0.0},
        {"resolution": np.inf},
        {"min_size": 1},
    ],
)
def test_arguments_that_mean_nothing(wrong: dict[str, object]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(wrong))):
        genept.tl.gene_programs(planted(), **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("missing", ["igraph", "leidenalg"])
def test_the_extra_is_named_where_it_is_missing(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingDependencyError, match=rf"{missing}.*genept\[graph\]"):
        genept.tl.gene_programs(planted())


def test_the_value_object_refuses_what_are_no_programs() -> None:
    table = GeneTable(("A", "B"))
    with pytest.raises(GeneNamesError, match="one of each for every gene"):
        GenePrograms(table, np.array([1]), np.array([1.0, 1.0]))
    with pytest.raises(GeneNamesError, match=r"programs numbered \[1, 3\]"):
        GenePrograms(table, np.array([1, 3]), np.ones(2))
    none = GenePrograms(table, np.zeros(2, dtype=int), np.full(2, np.nan))
    assert (len(none), len(none.table), none.sizes.tolist()) == (0, 0, [])
    with pytest.raises(UnknownNameError, match="no program 1"):
        none.rows_of(1)
