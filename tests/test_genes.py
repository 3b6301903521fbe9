"""Gene tables, matching and names."""

import numpy as np
import pytest

from genept import GeneTable
from genept.errors import GeneNamesError
from genept.genes import looks_like_symbols, match_genes, refuse_duplicates
from genept.genes.names import kind_of_names


def test_symbol_beats_alias_and_ambiguous_aliases_name_nothing() -> None:
    table = GeneTable(("A", "B", "C"), aliases=(("B", "x"), ("both",), ("both", "y")))
    np.testing.assert_array_equal(table.locate(["B", "x", "both", "y", "a"]), [1, 0, -1, 2, -1])


def test_a_symbol_of_two_genes_names_neither() -> None:
    table = GeneTable(("A", "A", "B"), aliases=((), (), ("A",)))
    np.testing.assert_array_equal(table.locate(["A", "B"]), [-1, 2])


def test_the_same_alias_twice_on_one_gene_is_no_ambiguity() -> None:
    assert GeneTable(("A",), aliases=(("x", "x"),)).locate(["x"])[0] == 0


@pytest.mark.parametrize(
    ("symbols", "aliases", "message"),
    [
        (("A", " "), (), "empty gene symbol at row 1"),
        (("A", "B"), ((),), "1 aliases"),
        (("A", "B"), ("xyz", ()), "a string in place"),
        (("A",), (("a|b",),), "a name with"),
    ],
)
def test_broken_tables_are_refused(
    symbols: tuple[str, ...], aliases: tuple[tuple[str, ...], ...], message: str
) -> None:
    with pytest.raises(GeneNamesError, match=message):
        GeneTable(symbols, aliases=aliases)


def test_match_keeps_the_order_of_columns() -> None:
    match = match_genes(["q", "B", "x", "A"], GeneTable(("A", "B"), aliases=(("x",), ())))
    np.testing.assert_array_equal(match.columns, [1, 2, 3])
    np.testing.assert_array_equal(match.rows, [1, 0, 0])


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["CD3E", "LYZ", "RP11-782C8.1"], "symbols"),
        (["ENSG00000198851", "ENSG00000198851.12", "LYZ"], "Ensembl ids"),
        (["ENSMUSG00000032093"], "Ensembl ids"),
        (["916", "4069"], "Entrez ids"),
        (["1-Mar", "2-Sep", "NA", "NAN"], "symbols"),
    ],
)
def test_kinds_of_names(names: list[str], kind: str) -> None:
    assert kind_of_names(names) == kind
    assert looks_like_symbols(names) == (kind == "symbols")


def test_duplicates_are_named() -> None:
    refuse_duplicates(["A", "B"])
    with pytest.raises(GeneNamesError, match=r"2 gene names that stand more than once: A, C"):
        refuse_duplicates(["A", "C", "A", "B", "C"])
