"""What texts give away: words against a matcher without patterns, shares by hand, masked vectors."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import genept
from genept import GeneEmbeddings, GeneTable, GeneTexts
from genept.benchmark.leakage import (
    PARTNER,
    NamedGenes,
    have_words,
    leakage,
    masked,
    words_pattern,
)
from genept.benchmark.leakage.label_words import without_words
from genept.benchmark.leakage.mask_texts import mask_texts
from genept.benchmark.leakage_table import LeakageTable
from genept.benchmark.plan import Settings, plan_task
from genept.benchmark.representations import NotComputed, Representation, Vectors
from genept.benchmark.tasks import FileTask, PairLabels
from genept.benchmark.texts_behind import TextsBehind, texts_behind
from genept.encoders import embed_texts, get_encoder
from genept.errors import ArgumentError
from genept.genes import Resolver

ALPHABET = "abABβ1_-. \n"


def is_word(text: str, begin: int, end: int) -> bool:
    """Whether what stands there stands whole."""
    before, after = text[begin - 1 : begin], text[end : end + 1]
    return not any(c.isalnum() or c == "_" for c in before + after)


def naive(text: str, word: str) -> bool:
    """Whether a text holds a word, by trying every stretch of it."""
    wanted = word.removesuffix("*").lower()
    for begin in range(len(text)):
        end = begin + len(wanted)
        if text[begin:end].lower() != wanted:
            continue
        while word.endswith("*") and text[end : end + 1] and (text[end].isalnum() or text[end] == "_"):
            end += 1
        if is_word(text, begin, end):
            return True
    return False


words = st.from_regex(r"[abB1-]*[abB1]\*?", fullmatch=True)


class TestWords:
    @given(text=st.text(ALPHABET, max_size=30), some=st.lists(words, min_size=1, max_size=4))
    def test_as_a_matcher_without_patterns(self, text: str, some: list[str]) -> None:
        assert have_words([text], some).tolist() == [any(naive(text, word) for word in some)]

    @given(text=st.text(ALPHABET, max_size=30), some=st.lists(words, min_size=1, max_size=4))
    def test_what_is_taken_out_is_gone_and_the_rest_stays(self, text: str, some: list[str]) -> None:
        pattern = words_pattern(some)
        rest = without_words(text, pattern)
        if not any(naive(text, word) for word in some):
            assert rest == text
            return
        assert len(rest) < len(text)
        assert "  " not in rest
        # Letters that stay, stay in order.
        letters = iter(text)
        assert all(letter in letters for letter in rest.replace(" ", ""))

    @pytest.mark.parametrize(
        ("word", "text", "found"),
        [
            ("haploinsufficien*", "HAPLOINSUFFICIENCY of", True),
            ("haploinsufficient", "haploinsufficiency", False),
            ("dosage", "dosage-sensitive", True),
            ("notch*", "topnotch", False),
            ("notch*", "(NOTCH1)", True),
            ("long non-coding", "a long\nnon-coding RNA", True),
            ("long non-coding", "long noncoding", False),
            ("3'*", "the 3' end", True),
            ("a.c", "abc", False),
        ],
    )
    def test_examples(self, word: str, text: str, found: bool) -> None:
        assert have_words([text], [word]).tolist() == [found]

    def test_the_longest_is_taken_out(self) -> None:
        pattern = words_pattern(["non-coding", "long non-coding RNA*"])
        assert without_words("A long  non-coding RNAs, and non-coding.", pattern) == "A , and ."

    @pytest.mark.parametrize("bad", [[], [""], ["a", " "], ["*"], ["a*b"], ["**"]])
    def test_words_that_mean_nothing(self, bad: list[str]) -> None:
        with pytest.raises(ArgumentError, match="label words"):
            words_pattern(bad)


class TestShares:
    def test_genes_by_hand(self, few_texts: GeneTexts) -> None:
        rows = {"protein": np.array([0, 1, 2, 5, -1]), "other": np.array([3, 4])}
        leaks = leakage(few_texts, rows, ["pseudogene*", "microRNA*", "an enzyme"])
        assert [(leak.of_class, leak.n, leak.n_with_words, leak.share) for leak in leaks] == [
            ("protein", 4, 1, 0.25),
            ("other", 2, 2, 1.0),
        ]
        assert {leak.words for leak in leaks} == {"pseudogene*, microRNA*, an enzyme"}

    def test_pairs_by_hand(self, few_texts: GeneTexts) -> None:
        # CD3E's text names CD247; MIR21 and PTENP1 name PTEN, which isn't there.
        pairs = {
            "binding": np.array([[1, 2], [2, 1], [3, 4], [0, 5], [1, -1]]),
            "not": np.array([[0, 2], [1, 1]]),
            "none": np.empty((0, 2), dtype=np.intp),
        }
        leaks = {(leak.words, leak.of_class): leak for leak in leakage(few_texts, pairs, ["bind*"])}
        counted = {key: (leak.n, leak.n_with_words) for key, leak in leaks.items()}
        assert counted == {
            ("bind*", "binding"): (4, 2),
            ("bind*", "not"): (2, 1),
            ("bind*", "none"): (0, 0),
            (PARTNER, "binding"): (4, 2),
            (PARTNER, "not"): (2, 0),
            (PARTNER, "none"): (0, 0),
        }
        assert np.isnan(leaks[PARTNER, "none"].share)

    def test_without_words_genes_have_no_rows_and_pairs_those_of_partners(self, few_texts: GeneTexts) -> None:
        assert leakage(few_texts, {"all": np.arange(6)}, []) == []
        (leak,) = leakage(few_texts, {"all": np.array([[1, 2]])}, [], named=NamedGenes(few_texts))
        assert (leak.words, leak.share) == (PARTNER, 1.0)

    @pytest.mark.parametrize(
        "rows", [np.array([6]), np.array([0.5]), np.zeros((2, 3), dtype=int), np.array(["LYZ"])]
    )
    def test_rows_that_are_none(self, few_texts: GeneTexts, rows: np.ndarray) -> None:
        with pytest.raises(ArgumentError, match="rows of all"):
            leakage(few_texts, {"all": rows}, ["a"])


def names_in(symbols: tuple[str, ...], aliases: tuple[str, ...], text: str) -> NamedGenes:
    """What a text names, as the text of a gene more."""
    genes = GeneTable((*symbols, "THE"), aliases=(*((alias,) if alias else () for alias in aliases), ()))
    return NamedGenes(GeneTexts(genes, (*("x" for _ in symbols), text)))


class TestNames:
    @given(
        names=st.lists(st.text("ABab1", min_size=1, max_size=4), min_size=1, max_size=5, unique=True),
        text=st.text("ABab1 ,-", min_size=1, max_size=40).filter(str.strip),
    )
    def test_names_of_one_word_as_a_set_of_words(self, names: list[str], text: str) -> None:
        named = names_in(tuple(names), ("",) * len(names), text)
        words = set(text.replace(",", " ").replace("-", " ").split())
        for row, name in enumerate(names):
            counts = (
                len(name) >= 3 and any(map(str.isalpha, name)) and not (name.isalpha() and name.islower())
            )
            found = named.named(np.array([len(names)]), np.array([row]))
            assert found.tolist() == [counts and name in words]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("It binds NKX2-1.", ["NKX2-1"]),
            ("It binds NKX2, and 1.", []),
            ("HLA-A's peptide", ["HLA-A"]),
            ("HLA of mice, HLA-", ["HLA"]),
            ("unlike HLA-A, HLA", ["HLA-A", "HLA"]),
            ("not nkx2-1", []),
            ("p38(MAPK) and IL2-dependent", ["IL2", "MAPK14"]),
            ("the alpha 2 chain", ["A2C"]),
            ("the alpha 2 helix", []),
        ],
    )
    def test_names_of_several_words(self, text: str, expected: list[str]) -> None:
        symbols = ("NKX2-1", "HLA-A", "HLA", "IL2", "MAPK14", "A2C", "NOT3")
        named = names_in(symbols, ("", "", "", "", "p38(MAPK)", "alpha 2 chain", "not"), text)
        rows = np.arange(len(symbols))
        found = named.named(np.full(len(symbols), len(symbols)), rows)
        assert {symbols[row] for row in rows[found]} == set(expected)

    def test_a_symbol_beats_an_alias_and_a_shared_alias_means_all_that_have_it(self) -> None:
        genes = GeneTable(("ABC1", "XYZ1", "XYZ2"), aliases=((), ("ABC1", "XYZ"), ("XYZ",)))
        named = NamedGenes(GeneTexts(genes, ("XYZ here", "ABC1 here", "nothing")))
        said = {(a, b) for a in range(3) for b in range(3) if named.named(np.array([a]), np.array([b]))[0]}
        assert said == {(0, 1), (0, 2), (1, 0)}

    def test_previous_symbols_count(self) -> None:
        genes = GeneTable(("MACROH2A1", "LYZ"), previous=(("H2AFY",), ()))
        named = NamedGenes(GeneTexts(genes, ("x", "like H2AFY")))
        assert named.named(np.array([1]), np.array([0])).all()
        assert named.without(1, {0}) == "like"

    def test_texts_that_name_nothing(self) -> None:
        named = NamedGenes(GeneTexts(GeneTable(("LYZ",)), ("an enzyme",)))
        assert not named.named(np.array([0]), np.array([0])).any()
        assert named.without(0, {0}) == "an enzyme"


class TestMaskedTexts:
    def test_names_of_partners_go_and_of_others_stay(self) -> None:
        genes = GeneTable(("RAF1", "KRAS", "BRAF"), aliases=((), ("K-RAS",), ()))
        texts = GeneTexts(genes, ("RAF1 binds K-RAS, KRAS and BRAF", "binds RAF1", "binds KRAS"))
        pairs = np.array([[0, 1], [2, 2], [2, -1]])
        assert mask_texts(texts, pairs=pairs) == {0: "RAF1 binds , and BRAF", 1: "binds"}
        assert mask_texts(texts, ["bind*"], pairs=pairs) == {0: "RAF1 , and BRAF", 1: "", 2: "KRAS"}

    def test_only_texts_that_change(self, few_texts: GeneTexts) -> None:
        assert list(mask_texts(few_texts, ["microRNA*"])) == [3]
        assert mask_texts(few_texts, ["nowhere"]) == {}

    def test_nothing_to_mask(self, few_texts: GeneTexts) -> None:
        with pytest.raises(ArgumentError, match="nothing to mask"):
            mask_texts(few_texts)
        with pytest.raises(ArgumentError, match="rows of the pairs"):
            mask_texts(few_texts, pairs=np.array([[0, 6]]))


def values(made: Representation | NotComputed) -> np.ndarray:
    assert isinstance(made, Representation), made
    return dense(made.vectors)


def dense(vectors: Vectors) -> np.ndarray:
    return vectors if isinstance(vectors, np.ndarray) else vectors.toarray()


def reason(made: Representation | NotComputed) -> str:
    assert isinstance(made, NotComputed), made
    return made.reason


class TestMaskedVectors:
    @pytest.mark.parametrize("encoder", ["lsa", "random"])
    def test_texts_that_change_are_embedded_again_and_the_others_stay(
        self, few_texts: GeneTexts, encoder: str
    ) -> None:
        genes = genept.embed_genes(few_texts, encoder)
        made = masked("mine", genes, texts_behind(genes, few_texts), words=["microRNA*", "pseudogene*"])
        rest = list(few_texts.texts)
        rest[3:5] = ["A that cuts PTEN.", "A of PTEN."]
        own = genept.embeddings.encoder_of(genes)
        assert values(made) == pytest.approx(embed_texts(own, rest).vectors, abs=1e-6)
        assert (values(made)[[0, 1, 2, 5]] == genes.vectors[[0, 1, 2, 5]]).all()
        assert (values(made)[3:5] != genes.vectors[3:5]).any(axis=1).all()
        assert (made.name, made.kind, made.about) == ("mine, masked", "masked", "mine")

    def test_by_a_model(self, bert_genes: GeneEmbeddings, few_texts: GeneTexts) -> None:
        made = masked("m", bert_genes, texts_behind(bert_genes, few_texts), pairs=np.array([[1, 2]]))
        own = genept.embeddings.encoder_of(bert_genes)
        again = own.encode(["A protein of T cells; it binds ."])[0]
        assert values(made)[1] == pytest.approx(again, abs=1e-2)
        others = [0, 2, 3, 4, 5]
        assert (values(made)[others] == bert_genes.vectors[others]).all()

    def test_a_gene_without_a_word_left_is_left_out(self) -> None:
        texts = GeneTexts(GeneTable(("A", "B", "C")), ("notch", "notch of cells", "cells"))
        genes = genept.embed_genes(texts, "random")
        made = masked("m", genes, texts_behind(genes, texts), words=["notch*"])
        assert made.genes.symbols == ("B", "C")  # type: ignore[union-attr]
        expected = get_encoder("random").encode(["of cells", "cells"])  # type: ignore[union-attr]
        assert (values(made) == expected).all()

    def test_genes_whose_text_is_another_are_left_out(self) -> None:
        texts = GeneTexts(GeneTable(tuple(f"G{i}" for i in range(100))), tuple(f"a {i}" for i in range(100)))
        genes = genept.embed_genes(texts, "random")
        given = replace(texts, texts=("another", *texts.texts[1:]))
        made = masked("m", genes, texts_behind(genes, given), words=["7"])
        assert made.genes.symbols == texts.genes.symbols[1:]  # type: ignore[union-attr]
        same = [row for row in range(99) if row != 6]
        assert (values(made)[same] == genes.vectors[1:][same]).all()

    def test_reasons(self, bert_genes: GeneEmbeddings, few_texts: GeneTexts) -> None:
        behind = texts_behind(bert_genes, few_texts)
        assert "nothing changes" in reason(masked("m", bert_genes, behind, words=["nowhere"]))
        assert reason(masked("m", bert_genes, TextsBehind(None, "no texts"), words=["a"])) == "no texts"
        silent = replace(bert_genes, provenance={})
        assert "don't say which encoder" in reason(masked("m", silent, behind, words=["enzyme"]))
        remote = {"name": "openai:text-embedding-3-small", "settings": {"dimensions": "32"}}
        server = replace(bert_genes, provenance={"encoder": remote})
        assert "each text would cost" in reason(masked("m", server, behind, words=["enzyme"]))

    def test_vectors_that_are_not_the_encoders_any_more(
        self, bert_genes: GeneEmbeddings, few_texts: GeneTexts
    ) -> None:
        whitened = replace(bert_genes, vectors=bert_genes.vectors - bert_genes.vectors.mean(axis=0))
        made = masked("m", whitened, texts_behind(whitened, few_texts), words=["enzyme"])
        assert "gives other vectors here" in reason(made)
        rounded = replace(bert_genes, vectors=bert_genes.vectors.astype(np.float16).astype(np.float32))
        assert values(masked("m", rounded, texts_behind(rounded, few_texts), words=["enzyme"])).shape == (
            6,
            32,
        )


def test_what_is_masked_of_pairs_does_not_tell_which_are_positive(
    bert_genes: GeneEmbeddings, few_texts: GeneTexts
) -> None:
    """CD3E names CD247: that goes whether they are the positive pair or the negative one."""
    made = []
    for labels in ([1, 0], [0, 1]):
        pairs = PairLabels(("CD3E", "MIR21"), ("CD247", "PTENP1"), np.array(labels))
        task = FileTask("pairs", "Pairs", "", "here", pairs)
        one = Representation("m", "embedding", bert_genes.genes, bert_genes.vectors)
        plan = plan_task(task, pairs, [one], resolver=Resolver(few_texts.genes), settings=Settings())
        table = LeakageTable({"m": bert_genes}, {"m": texts_behind(bert_genes, few_texts)}, is_masked=True)
        made.append(table.add(plan)[0])
    first, second = made
    assert isinstance(first, Representation)
    assert isinstance(second, Representation)
    np.testing.assert_array_equal(first.vectors, second.vectors)


def test_scores_beside_the_shares_are_of_the_features_that_were_scored(
    bert_genes: GeneEmbeddings, few_texts: GeneTexts
) -> None:
    pairs = PairLabels(("CD3E", "MIR21"), ("CD247", "PTENP1"), np.array([1, 0]))
    one = Representation("m", "embedding", bert_genes.genes, bert_genes.vectors)
    settings = Settings(features=("product",))
    task = FileTask("pairs", "Pairs", "", "here", pairs)
    plan = plan_task(task, pairs, [one], resolver=Resolver(few_texts.genes), settings=settings)
    table = LeakageTable({"m": bert_genes}, {"m": texts_behind(bert_genes, few_texts)}, is_masked=False)
    table.add(plan)
    summary = pd.DataFrame(
        {"task": "pairs", "embedding": ["m", "m, masked"], "kind": ["embedding", "masked"], "about": "m"}
    ).assign(classifier="logistic_regression", metric="roc_auc", features="product", mean=[0.8, 0.7])
    said = table.frame(summary)
    assert (said["score"] == 0.8).all()
    assert (said["masked_score"] == 0.7).all()
