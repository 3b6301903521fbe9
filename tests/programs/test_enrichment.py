"""Enrichment, against Fisher's exact test."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import genept
from genept import GeneEmbeddings, GeneTable
from genept.errors import (
    ArgumentError,
    GeneNamesError,
)
from genept.genes import GenePrograms, GeneSets, read_gene_sets
from tests.programs.planted import programs_of


def test_equals_fishers_exact_test() -> None:
    rng = np.random.default_rng(0)
    n = 60
    symbols = tuple(f"G{i}" for i in range(n))
    programs = GenePrograms(GeneTable(symbols), np.sort(rng.integers(0, 4, n)), np.ones(n))
    members = {f"S{i}": rng.choice(n, rng.integers(5, 20), replace=False) for i in range(6)}
    sets = GeneSets(
        tuple(members), tuple((*(symbols[row] for row in rows), "unknown") for rows in members.values())
    )
    table = genept.tl.enrichment(programs, sets)
    found = {(row["program"], row["set"]): row for row in table.to_dict(orient="records")}
    expected = {}
    for program in (1, 2, 3):
        inside = set(np.flatnonzero(programs.program_of == program))
        for name, rows in members.items():
            both = len(inside & set(rows))
            counts = [
                [both, len(inside) - both],
                [len(rows) - both, n - len(inside) - len(rows) + both],
            ]
            expected[program, name] = float(
                stats.fisher_exact(np.array(counts), alternative="greater").pvalue
            )
            if both == 0:
                assert expected[program, name] == 1
                assert (program, name) not in found
                continue
            row = found[program, name]
            assert row["p_value"] == pytest.approx(expected[program, name])
            assert (row["overlap"], row["program_size"], row["set_size"]) == (
                both,
                len(inside),
                len(rows),
            )
            assert row["universe"] == n
            assert row["fold"] == pytest.approx((both / len(inside)) / (len(rows) / n))
            assert set(row["genes"].split("|")) == {symbols[r] for r in inside & set(rows)}
    # Benjamini and Hochberg by hand, over all pairs.
    ranked = sorted(expected, key=lambda pair: expected[pair], reverse=True)
    q, m = 1.0, len(ranked)
    for place, pair in enumerate(ranked):
        q = min(q, expected[pair] * m / (m - place))
        if pair in found:
            assert found[pair]["q_value"] == pytest.approx(q)
    assert table.groupby("program")["p_value"].is_monotonic_increasing.all()


def test_old_and_new_names_are_one_gene() -> None:
    table = GeneTable(("MACROH2A1", *"ABCDEFGHI"), previous=(("H2AFY",), *((),) * 9))
    programs = GenePrograms(table, np.array([1] * 4 + [0] * 6), np.ones(10))
    sets = GeneSets(("histones",), (("H2AFY", "MACROH2A1", "A"),))
    found = genept.tl.enrichment(programs, sets, min_set_size=2)
    assert found["genes"].tolist() == ["A|MACROH2A1"]
    assert found["set_size"].tolist() == [2]


def test_small_sets_are_not_tested() -> None:
    programs = programs_of("ABCDE", others="FGHIJ")
    sets = GeneSets(("small", "large"), (tuple("ABC1234"), tuple("ABCDE")))
    assert genept.tl.enrichment(programs, sets)["set"].tolist() == ["large"]
    assert genept.tl.enrichment(programs, sets, min_set_size=3)["set"].tolist() == ["large", "small"]
    with pytest.raises(GeneNamesError, match="no gene set with at least 6 of the 10 genes"):
        genept.tl.enrichment(programs, sets, min_set_size=6)
    with pytest.raises(ArgumentError, match="min_set_size=0"):
        genept.tl.enrichment(programs, sets, min_set_size=0)


def test_nothing_in_common_is_an_empty_table() -> None:
    found = genept.tl.enrichment(programs_of("ABCDE", others="FGHIJ"), GeneSets(("S",), (tuple("FGHIJ"),)))
    assert len(found) == 0
    assert {"program", "set", "p_value", "q_value", "genes"} <= set(found.columns)


@pytest.mark.realdata
def test_hallmark_sets_tell_text_programs_apart(realdata: Path, lsa_genes: GeneEmbeddings) -> None:
    programs = genept.tl.gene_programs(lsa_genes)
    sets = read_gene_sets(realdata / "sets" / "h.all.v7.0.symbols.gmt")
    found = genept.tl.enrichment(programs, sets)
    assert found.loc[found["q_value"] < 0.01, "set"].nunique() >= 10
    shuffled = np.random.default_rng(0).permutation(len(lsa_genes.genes))
    by_chance = GeneEmbeddings(lsa_genes.genes, lsa_genes.vectors[shuffled])
    found = genept.tl.enrichment(genept.tl.gene_programs(by_chance), sets)
    assert (found["q_value"] < 0.01).sum() == 0
