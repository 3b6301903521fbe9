"""Text sources and the starter texts."""

import re

import pytest

import genept
from genept import GeneTable, GeneTexts
from genept.errors import EmbeddingsError, UnknownNameError
from genept.testing import TextSourceConformance
from genept.texts import StarterTexts, get_texts

STARTER = StarterTexts().load()


class TestStarterTexts(TextSourceConformance):
    def make(self) -> StarterTexts:
        return StarterTexts()


def test_every_gene_of_the_demo_has_a_text() -> None:
    assert len(STARTER.genes) >= 1_200
    assert set(genept.datasets.pbmc68k_reduced().var_names) <= set(STARTER.genes.symbols)


def test_each_text_is_35_to_80_words_of_plain_characters() -> None:
    wrong = [
        s for s, t in zip(STARTER.genes.symbols, STARTER.texts, strict=True) if not 35 <= len(t.split()) <= 80
    ]
    assert wrong == []
    assert all(text.isascii() for text in STARTER.texts)


def test_each_text_begins_with_symbol_and_full_name_and_has_the_symbol_once() -> None:
    wrong = []
    for symbol, text in zip(STARTER.genes.symbols, STARTER.texts, strict=True):
        times = len(re.findall(rf"(?<![\w-]){re.escape(symbol)}(?![\w-])", text))
        if times != 1 or not text.startswith(f"{symbol} ("):
            wrong.append(symbol)
    assert wrong == []


def test_no_text_stands_twice() -> None:
    assert len(set(STARTER.texts)) == len(STARTER.texts)


def test_provenance_says_who_wrote_them() -> None:
    assert "language model" in STARTER.provenance["written_by"]
    assert "not curated, not for clinical use" in STARTER.provenance["written_by"]


def test_renamed_genes_are_found_by_their_current_symbol() -> None:
    old, new = STARTER.genes.locate(["H2AFY", "MACROH2A1"])
    assert old == new >= 0
    # Every alias belongs to a gene of the table and to no other gene.
    for symbol, names in zip(STARTER.genes.symbols, STARTER.genes.aliases, strict=True):
        for alias in names:
            assert STARTER.genes.symbols[STARTER.genes.locate([alias])[0]] == symbol
    assert sum(map(len, STARTER.genes.aliases)) > 50


def test_unknown_source_names_those_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match="starter"):
        get_texts("nbci")


def test_broken_texts_are_refused() -> None:
    with pytest.raises(EmbeddingsError, match="1 texts for 2 genes"):
        GeneTexts(GeneTable(("A", "B")), ("only one",))
    with pytest.raises(EmbeddingsError, match="empty text: B"):
        GeneTexts(GeneTable(("A", "B")), ("a text", " \n"))
