"""Gene tables, matching and names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genept import GeneTable
from genept.errors import GeneNamesError
from genept.genes import (
    Resolver,
    from_frame,
    is_identifier,
    match_genes,
    match_resolved,
    refuse_duplicates,
    to_frame,
)
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


def test_without_a_resolver_only_exact_symbols_match() -> None:
    match = match_genes(["q", "B", "x", "A"], GeneTable(("A", "B"), aliases=(("x",), ())))
    np.testing.assert_array_equal(match.columns, [1, 3])
    np.testing.assert_array_equal(match.rows, [1, 0])
    assert match.rules == ("unknown", "symbol", "unknown", "symbol")


KNOWN = GeneTable(
    ("NEW1", "NEW2", "B", "C", "D"),
    previous=(("OLD1",), ("OLD2",), (), (), ()),
    aliases=((), (), ("both",), ("both",), ()),
    entrez_ids=("1", "2", "3", "4", "5"),
    ensembl_ids=(("ENSG00000000001",), (), (), (), ()),
)


def test_two_names_of_one_gene_share_its_row() -> None:
    match = match_resolved(Resolver(KNOWN).resolve(["OLD1", "NEW1", "ENSG00000000001.3", "1"]), KNOWN)
    np.testing.assert_array_equal(match.rows, [0, 0, 0, 0])
    assert match.rules == ("previous", "symbol", "ensembl", "entrez")


def test_names_on_both_sides_are_resolved_to_the_same_gene() -> None:
    # An embedding with an old symbol, one with an id under another symbol, one that no list knows.
    table = GeneTable(("OLD1", "ANY", "transgene", "both"), entrez_ids=("", "3", "", ""))
    names = ["NEW1", "B", "transgene", "both", "C", "nothing"]
    match = match_resolved(Resolver(KNOWN).resolve(names), table)
    np.testing.assert_array_equal(match.columns, [0, 1, 2, 3])
    np.testing.assert_array_equal(match.rows, [0, 1, 2, 3])
    # The same word on both sides counts though a list of genes doesn't know or decide it.
    assert match.rules == ("symbol", "symbol", "symbol", "symbol", "symbol", "unknown")


def test_a_number_that_the_list_does_not_know_loses_no_gene() -> None:
    """Embeddings of a later release of NCBI, say."""
    table = GeneTable(("NEW1", "B", "ELSE"), entrez_ids=("999", "4", "5"))
    match = match_resolved(Resolver(KNOWN).resolve(["NEW1", "OLD1", "B", "ELSE"]), table)
    # B is the symbol of gene 3, but the table says that its B is gene 4; ELSE is on both sides.
    np.testing.assert_array_equal(match.columns, [0, 1, 3])
    np.testing.assert_array_equal(match.rows, [0, 0, 2])


def test_of_an_old_and_a_new_symbol_the_new_has_the_gene() -> None:
    names = ["NEW2", "2", "OLD2"]
    match = match_resolved(Resolver(KNOWN).resolve(names), GeneTable(("OLD2", "NEW2")))
    # But a name that stands in the table has the row that stands there.
    np.testing.assert_array_equal(match.rows, [1, 1, 0])


@given(st.permutations(["OLD1", "NEW2", "both", "C", "x", "ENSG00000000001"]))
def test_what_a_name_means_does_not_depend_on_its_company(names: list[str]) -> None:
    match = match_resolved(Resolver(KNOWN).resolve(names), KNOWN)
    alone = {name: match_resolved(Resolver(KNOWN).resolve([name]), KNOWN) for name in names}
    assert match.rules == tuple(alone[name].rules[0] for name in names)
    found = dict(zip(match.columns.tolist(), match.rows.tolist(), strict=True))
    assert [found.get(i) for i in range(len(names))] == [
        int(alone[name].rows[0]) if len(alone[name].rows) else None for name in names
    ]


def test_a_frame_gives_the_same_table_again() -> None:
    assert from_frame(to_frame(KNOWN)) == KNOWN
    assert from_frame(to_frame(KNOWN)[["symbol"]]) == GeneTable(KNOWN.symbols)
    with pytest.raises(GeneNamesError, match="columns entrez_id"):
        from_frame(to_frame(KNOWN)[["entrez_id"]])


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
    assert [is_identifier(name) for name in names] == [kind != "symbols" and name != "LYZ" for name in names]


def test_duplicates_are_named() -> None:
    refuse_duplicates(["A", "B"])
    with pytest.raises(GeneNamesError, match=r"2 gene names that stand more than once: A, C"):
        refuse_duplicates(["A", "C", "A", "B", "C"])
