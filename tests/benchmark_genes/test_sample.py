"""From names and labels to the genes and pairs that are scored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genept import GeneTable
from genept.benchmark.sample import (
    FoundGenes,
    NotComputableError,
    find_genes,
    labelled_genes,
    labelled_pairs,
)
from genept.benchmark.tasks import GeneLabels, PairLabels
from genept.genes import Resolver

KNOWN = GeneTable(
    ("MACROH2A1", "LYZ", "CD3E", "NA", "MS4A1"),
    previous=(("H2AFY",), (), (), (), ()),
    ensembl_ids=(("ENSG00000113648",), (), (), (), ()),
)
RESOLVER = Resolver(KNOWN)


def everything(n: int) -> FoundGenes:
    """n genes named g0, g1, ... that one representation holds."""
    names = [f"g{number}" for number in range(n)]
    return FoundGenes({name: k for k, name in enumerate(names)}, tuple(names), (np.arange(n),))


def test_names_of_one_gene_meet_and_rows_are_those_of_each_table() -> None:
    old = GeneTable(("LYZ", "H2AFY", "NA"))
    found = find_genes(["H2AFY", "ENSG00000113648.4", "NA", "CD3E", "LYZ", "?"], [KNOWN, old], RESOLVER)
    assert found.of(["H2AFY", "ENSG00000113648.4", "MACROH2A1", "CD3E", "?"]).tolist() == [0, 0, -1, -1, -1]
    assert found.symbols == ("MACROH2A1", "LYZ", "NA")
    assert [rows.tolist() for rows in found.rows] == [[0, 1, 3], [1, 0, 2]]


def test_repeated_and_conflicting_labels_are_dropped_and_counted() -> None:
    names = ("H2AFY", "MACROH2A1", "LYZ", "LYZ", "NA", "CD3E", "lost")
    labels = GeneLabels(names, np.array([0, 0, 0, 1, 1, 1, 0]), ("yes", "no"))
    sample = labelled_genes(labels, find_genes(names, [KNOWN], RESOLVER))
    assert [sample.symbols[gene] for gene in sample.first] == ["MACROH2A1", "NA", "CD3E"]
    assert sample.labels.tolist() == [0, 1, 1]
    assert sample.positive.tolist() == [True, False, False]
    counts = sample.counts
    assert (counts.listed, counts.lost, counts.repeated, counts.conflicting) == (7, 1, 1, 2)
    assert sample.class_sizes() == "yes 1, no 2"


def test_as_listed_all_of_them_stay() -> None:
    names = ("LYZ", "LYZ", "CD3E")
    labels = GeneLabels(names, np.array([0, 1, 1]), ("yes", "no"))
    sample = labelled_genes(labels, find_genes(names, [KNOWN], RESOLVER), as_listed=True)
    assert sample.labels.tolist() == [0, 1, 1]


def test_small_classes_are_left_out_and_named() -> None:
    labels = GeneLabels(
        tuple(f"g{k}" for k in range(9)), np.array([0, 0, 0, 1, 2, 2, 2, 2, 2]), ("a", "b", "c"), min_rows=3
    )
    sample = labelled_genes(labels, everything(9))
    assert sample.classes == ("a", "c")
    assert sample.labels.tolist() == [0] * 3 + [1] * 5
    assert "b (1)" in sample.counts.note


@pytest.mark.parametrize("names", [("nobody", "no one"), ("LYZ", "nobody")])
def test_one_class_or_none(names: tuple[str, str]) -> None:
    labels = GeneLabels(names, np.array([0, 1]), ("yes", "no"))
    with pytest.raises(NotComputableError, match="nobody"):
        labelled_genes(labels, find_genes(names, [KNOWN], RESOLVER))


def test_pairs_are_unordered_and_a_gene_with_itself_is_none() -> None:
    labels = PairLabels(
        ("g0", "g1", "g2", "g3", "g4", "g5"),
        ("g1", "g0", "g3", "g2", "g4", "lost"),
        np.array([1, 1, 1, 0, 1, 0]),
    )
    sample = labelled_pairs(labels, everything(6), rng=0)
    assert sample.pairs.tolist() == [[0, 1]]
    counts = sample.counts
    assert (counts.lost, counts.repeated, counts.conflicting) == (1, 1, 2)
    assert "1 pairs of a gene with itself" in counts.note


def test_no_pair_is_found() -> None:
    labels = PairLabels(("lost",), ("g1",), np.array([1]))
    with pytest.raises(NotComputableError, match="no pair"):
        labelled_pairs(labels, everything(3), rng=0)


@given(
    edges=st.sets(st.tuples(st.integers(0, 19), st.integers(0, 19)), min_size=1, max_size=15),
    reported=st.sets(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=15),
    screened=st.sets(st.integers(0, 19), min_size=15),
    rng=st.integers(0, 5),
)
def test_drawn_negatives(
    edges: set[tuple[int, int]], reported: set[tuple[int, int]], screened: set[int], rng: int
) -> None:
    labels = PairLabels(
        tuple(f"g{a}" for a, _ in edges),
        tuple(f"g{b}" for _, b in edges),
        np.ones(len(edges), dtype=np.intp),
        space=tuple(f"g{k}" for k in screened),
        reported=tuple((f"g{a}", f"g{b}") for a, b in reported),
    )
    try:
        sample = labelled_pairs(labels, everything(20), rng=rng)
    except NotComputableError:
        assert not any(a != b and {a, b} <= screened for a, b in edges)
        return
    pairs = [frozenset(pair) for pair in sample.pairs.tolist()]
    positives = {pair for pair, label in zip(pairs, sample.labels, strict=True) if label}
    negatives = [pair for pair, label in zip(pairs, sample.labels, strict=True) if not label]
    assert positives == {frozenset(e) for e in edges if len(set(e)) == 2 and set(e) <= screened}
    assert len(set(negatives)) == len(negatives) == len(positives)
    assert all(len(pair) == 2 and pair <= screened for pair in negatives)
    assert not set(negatives) & (positives | {frozenset(pair) for pair in reported})
    assert np.array_equal(sample.pairs, labelled_pairs(labels, everything(20), rng=rng).pairs)


def test_too_few_genes_to_draw_from() -> None:
    labels = PairLabels(("g0", "g0", "g1"), ("g1", "g2", "g2"), np.ones(3, dtype=np.intp))
    with pytest.raises(NotComputableError, match="too few"):
        labelled_pairs(labels, everything(3), rng=0)


def test_each_part_gets_its_own_negatives() -> None:
    labels = PairLabels(
        ("g0", "g1", "g2"),
        ("g3", "g4", "g5"),
        np.ones(3, dtype=np.intp),
        ("train", "train", "test"),
        tuple(f"g{k}" for k in range(20)),
    )
    sample = labelled_pairs(labels, everything(20), rng=0)
    assert sample.part.tolist() == ["train", "train", "test"] * 2
