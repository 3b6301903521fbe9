"""Controls: laws of each, numbers from plain calculations, and reasons where one can't be made."""

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from anndata import AnnData
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

import genept
from genept import GeneEmbeddings, GeneTable, GeneTexts
from genept.benchmark.controls import (
    expression_pca,
    make_controls,
    names_alone,
    number_of_words,
    random_vectors,
    shuffled_texts,
    tfidf,
)
from genept.benchmark.representations import NotComputed, Representation, Vectors
from genept.benchmark.texts_behind import TextsBehind, texts_behind
from genept.encoders import embed_texts, get_encoder
from genept.encoders.local.hugging_face import HuggingFaceEncoder
from genept.errors import ArgumentError, ValuesError


def dense(vectors: Vectors) -> np.ndarray:
    return vectors.toarray() if not isinstance(vectors, np.ndarray) else vectors


def made(control: Representation | NotComputed) -> Representation:
    assert isinstance(control, Representation), control
    return control


def refused(control: Representation | NotComputed) -> str:
    assert isinstance(control, NotComputed), control
    return control.reason


class TestRandomVectors:
    def test_a_gene_has_the_same_vector_in_every_table(self) -> None:
        some = dense(random_vectors(GeneTable(("CD3E", "LYZ", "NKG7")), 16).vectors)
        others = dense(random_vectors(GeneTable(("NKG7", "CD3E")), 16).vectors)
        assert (some[[2, 0]] == others).all()
        assert (dense(random_vectors(GeneTable(("CD3E",)), 16, seed=1).vectors) != some[:1]).all()

    def test_directions_are_those_of_the_encoder(self) -> None:
        drawn = get_encoder("random", dimensions=16, seed=2023).encode(["LYZ"])  # type: ignore[union-attr]
        assert (dense(random_vectors(GeneTable(("LYZ",)), 16).vectors) == drawn).all()
        assert np.linalg.norm(drawn) == pytest.approx(1)


class TestShuffledTexts:
    @given(n=st.integers(2, 40), seed=st.integers(0, 5))
    def test_every_gene_has_the_vector_of_another(self, n: int, seed: int) -> None:
        vectors = np.arange(1, 2 * n + 1, dtype=np.float32).reshape(n, 2)
        genes = GeneEmbeddings(GeneTable(tuple(f"G{i}" for i in range(n))), vectors)
        control = made(shuffled_texts("mine", genes, seed=seed))
        shuffled = dense(control.vectors)
        assert (shuffled != vectors).all()
        assert sorted(map(tuple, shuffled)) == sorted(map(tuple, vectors))
        assert (dense(made(shuffled_texts("mine", genes, seed=seed)).vectors) == shuffled).all()
        assert (control.name, control.about) == ("shuffled texts of mine", "mine")

    def test_another_seed_shuffles_otherwise(self, bert_genes: GeneEmbeddings) -> None:
        first, second = (dense(made(shuffled_texts("m", bert_genes, seed=s)).vectors) for s in (0, 1))
        assert (first != second).any()

    def test_one_gene_has_no_other(self) -> None:
        alone = GeneEmbeddings(GeneTable(("A",)), np.ones((1, 2), dtype=np.float32))
        assert "single gene" in refused(shuffled_texts("m", alone))


class TestNamesAlone:
    def test_symbols_by_the_embeddings_own_encoder(
        self, bert_genes: GeneEmbeddings, bert_folder: Path
    ) -> None:
        (control,) = names_alone({"mine": bert_genes})
        encoder = HuggingFaceEncoder(str(bert_folder))
        for row, symbol in enumerate(bert_genes.genes.symbols):
            alone = encoder.encode([symbol])[0]
            assert dense(made(control).vectors)[row] == pytest.approx(alone, abs=1e-2)
        assert (control.name, control.about) == ("gene names alone (mine)", "mine")

    def test_embeddings_by_one_encoder_share_a_control_of_all_their_genes(
        self, bert_genes: GeneEmbeddings, bert_folder: Path
    ) -> None:
        other_texts = GeneTexts(GeneTable(("LYZ", "NKG7")), ("An enzyme.", "A protein."))
        other = genept.embed_genes(other_texts, HuggingFaceEncoder(str(bert_folder)))
        random = genept.embed_genes(other_texts, get_encoder("random", dimensions=8))
        shared, own = names_alone({"one": bert_genes, "two": other, "three": random})
        assert made(shared).genes.symbols == (*bert_genes.genes.symbols, "NKG7")
        assert (shared.name, shared.about) == ("gene names alone (one)", "")
        assert (own.name, own.about, dense(made(own).vectors).shape) == (
            "gene names alone (three)",
            "three",
            (2, 8),
        )

    def test_a_server_is_never_asked(self, bert_genes: GeneEmbeddings) -> None:
        said = {"name": "openai:text-embedding-3-small", "settings": {"dimensions": "32"}}
        genes = replace(bert_genes, provenance={"encoder": said, "texts": {"source": "ncbi"}})
        reason = refused(names_alone({"mine": genes})[0])
        assert "each text would cost" in reason
        command = "genept genes embed --texts ncbi --template name --encoder openai:text-embedding-3-small"
        assert command in reason

    def test_an_encoder_that_learns_from_texts(self, few_texts: GeneTexts) -> None:
        assert "lsa learns" in refused(names_alone({"m": genept.embed_genes(few_texts, "lsa")})[0])

    @pytest.mark.parametrize(
        ("encoder", "reason"),
        [
            ({}, "don't say which encoder"),
            ({"name": "no such encoder"}, "no such encoder"),
            ({"name": "random", "settings": {"dimensions": "5"}}, "gives 5 dimensions"),
        ],
    )
    def test_encoders_that_cannot_be_made(
        self, bert_genes: GeneEmbeddings, encoder: dict[str, str], reason: str
    ) -> None:
        genes = replace(bert_genes, provenance={"encoder": encoder})
        one, two = names_alone({"a": genes, "b": genes})
        assert reason in refused(one)
        assert two.about == "b"


class TestOfTexts:
    def test_tfidf_equals_a_calculation_by_hand(self, few_texts: GeneTexts) -> None:
        words = [
            [w for w in Counter(words_of(text)).items() if w[0] not in ENGLISH_STOP_WORDS]
            for text in few_texts.texts
        ]
        n_with = Counter(word for some in words for word, _ in some)
        vocabulary = sorted(n_with)
        expected = np.zeros((len(words), len(vocabulary)))
        for row, some in enumerate(words):
            for word, times in some:
                idf = math.log((1 + len(words)) / (1 + n_with[word])) + 1
                expected[row, vocabulary.index(word)] = (1 + math.log(times)) * idf
        expected /= np.linalg.norm(expected, axis=1, keepdims=True)
        control = made(tfidf(few_texts))
        assert isinstance(control.vectors, sparse.csr_array)
        assert dense(control.vectors) == pytest.approx(expected, abs=1e-6)
        assert control.classifiers == ("logistic_regression",)

    def test_stop_words_alone(self) -> None:
        assert "stop words" in refused(tfidf(GeneTexts(GeneTable(("A", "B")), ("of the", "and"))))

    def test_words_are_counted(self) -> None:
        texts = GeneTexts(GeneTable(("A", "B")), ("one", "one  two\nthree-four five"))
        counted = number_of_words(texts)
        assert dense(counted.vectors) == pytest.approx(np.log([[2], [5]]))
        assert counted.classifiers == ("logistic_regression", "random_forest")


def words_of(text: str) -> list[str]:
    tidy = "".join(c if c.isalnum() or c == "-" else " " for c in text.lower())
    return [word for word in tidy.split() if len(word) > 1]


def log_normalised(counts: AnnData) -> np.ndarray:
    X: np.ndarray = counts.X.toarray().astype(float)
    return np.asarray(np.log1p(1e4 * X / X.sum(axis=1, keepdims=True)))


class TestExpression:
    @pytest.fixture
    def counts(self) -> AnnData:
        rng = np.random.default_rng(0)
        matrix = rng.poisson(rng.uniform(0.5, 5.0, size=(1, 40)), size=(30, 40)).astype(np.float32)
        matrix[:, 7] = 0
        adata = AnnData(sparse.csr_matrix(matrix))
        adata.var_names = [f"G{i}" for i in range(40)]
        return adata

    def test_products_are_those_of_a_dense_decomposition(self, counts: AnnData) -> None:
        control = made(expression_pca(counts, n_components=5))
        logs = log_normalised(counts)
        names = np.array(counts.var_names)
        varying = logs.std(axis=0) > 0
        standard = ((logs - logs.mean(axis=0)) / np.where(varying, logs.std(axis=0), 1)).T / np.sqrt(30)
        u, s, _ = np.linalg.svd(standard[varying], full_matrices=False)
        expected = (u[:, :5] * s[:5]) @ (u[:, :5] * s[:5]).T
        at = [list(names[varying]).index(symbol) for symbol in control.genes.symbols]
        vectors = dense(control.vectors)
        assert vectors @ vectors.T == pytest.approx(expected[np.ix_(at, at)], abs=1e-5)
        # Largest first.
        assert (vectors**2).sum(axis=0) == pytest.approx(s[:5] ** 2, rel=1e-4)

    def test_genes_in_no_cell_and_constant_genes_are_left_out(self, counts: AnnData) -> None:
        assert "G7" not in made(expression_pca(counts)).genes.symbols
        logs = AnnData(np.log1p(counts.X.toarray()) + 0.1)
        logs.var_names = counts.var_names
        assert set(made(expression_pca(logs)).genes.symbols) == {f"G{i}" for i in range(40)} - {"G7"}

    def test_fewer_components_where_there_are_fewer_cells_and_the_same_again(self, counts: AnnData) -> None:
        control = made(expression_pca(counts))
        assert control.vectors.shape == (39, 29)
        assert (dense(made(expression_pca(counts)).vectors) == dense(control.vectors)).all()
        assert (np.linalg.norm(dense(control.vectors), axis=1) <= 1 + 1e-5).all()

    def test_all_components_keep_every_correlation(self, counts: AnnData) -> None:
        control = made(expression_pca(counts))
        vectors = dense(control.vectors)
        logs = log_normalised(counts)
        columns = [counts.var_names.get_loc(symbol) for symbol in control.genes.symbols]
        assert vectors @ vectors.T == pytest.approx(np.corrcoef(logs.T[columns]), abs=1e-4)

    def test_old_names_meet_the_embeddings_and_of_two_columns_the_fuller_is_taken(
        self, counts: AnnData
    ) -> None:
        own = GeneTable(("NEW", "OTHER"), aliases=(("G1", "G2"), ()))
        control = made(expression_pca(counts, own=own))
        assert control.genes.symbols[0] == "NEW"
        assert set(control.genes.symbols) == {"NEW", *(f"G{i}" for i in range(40) if i not in (1, 2, 7))}
        logs = log_normalised(counts)
        fuller = max(1, 2, key=lambda column: float(logs[:, column].mean()))
        new, other = (dense(control.vectors)[control.genes.symbols.index(s)] for s in ("NEW", "G3"))
        assert new @ other == pytest.approx(np.corrcoef(logs[:, fuller], logs[:, 3])[0, 1], abs=1e-4)

    def test_too_little(self, counts: AnnData) -> None:
        assert "too few" in refused(expression_pca(counts[:1].copy()))
        assert "too few" in refused(expression_pca(counts[:, 6:8].copy()))

    def test_scaled_values_are_refused(self, counts: AnnData) -> None:
        scaled = AnnData(counts.X.toarray() - 1)
        scaled.var_names = counts.var_names
        with pytest.raises(ValuesError, match="negative"):
            expression_pca(scaled)


class TestAll:
    def test_controls_that_embeddings_share_are_made_once(self, few_texts: GeneTexts) -> None:
        wide = genept.embed_genes(few_texts, get_encoder("random", dimensions=32))
        lsa = genept.embed_genes(few_texts, "lsa")
        foreign = GeneEmbeddings(GeneTable(("LYZ", "NKG7")), np.eye(2, dtype=np.float32))
        embeddings = {"wide": wide, "lsa": lsa, "foreign": foreign}
        behind = {name: texts_behind(genes, few_texts) for name, genes in embeddings.items()}
        controls = {control.name: control for control in make_controls(embeddings, behind)}
        assert list(controls) == [
            "random vectors",
            "shuffled texts of wide",
            "shuffled texts of lsa",
            "shuffled texts of foreign",
            "gene names alone (wide)",
            "gene names alone (lsa)",
            "gene names alone (foreign)",
            "TF-IDF of the texts of wide",
            "number of words in the text of wide",
            "TF-IDF of the texts of foreign",
            "number of words in the text of foreign",
        ]
        assert made(controls["random vectors"]).vectors.shape == (7, 32)
        assert controls["TF-IDF of the texts of wide"].about == ""
        assert controls["gene names alone (wide)"].about == "wide"
        assert "no checksums" in refused(controls["TF-IDF of the texts of foreign"])
        assert all(control.kind == "control" for control in controls.values())

    def test_one_embedding_and_expression(self, few_texts: GeneTexts) -> None:
        genes = genept.embed_genes(few_texts, "random")
        cells = AnnData(np.random.default_rng(0).poisson(2.0, size=(9, 4)).astype(np.float32))
        cells.var_names = ["LYZ", "CD3E", "H2AFY", "unknown"]
        behind = {"mine": texts_behind(genes, few_texts)}
        controls = make_controls({"mine": genes}, behind, expression=cells)
        assert [control.name for control in controls[3:]] == [
            "TF-IDF of the texts",
            "number of words in the text",
            "PCA of expression",
        ]
        assert [control.about for control in controls] == ["", "mine", "mine", "mine", "mine", ""]
        assert set(made(controls[-1]).genes.symbols) == {"LYZ", "CD3E", "MACROH2A1", "unknown"}

    def test_texts_that_differ_are_told_apart(self, few_texts: GeneTexts) -> None:
        others = replace(few_texts, texts=tuple(text.upper() for text in few_texts.texts))
        embeddings = {"a": genept.embed_genes(few_texts, "random"), "b": genept.embed_genes(others, "random")}
        behind = {"a": texts_behind(embeddings["a"], few_texts), "b": texts_behind(embeddings["b"], others)}
        controls = make_controls(embeddings, behind)
        names = [control.name for control in controls]
        assert len(set(names)) == len(names)
        assert {"TF-IDF of the texts of a", "TF-IDF of the texts of b"} <= set(names)
        assert sum(name.startswith("gene names alone") for name in names) == 1

    def test_nothing_said_of_the_texts(self, bert_genes: GeneEmbeddings) -> None:
        with pytest.raises(ArgumentError, match="embeddings \\['a'\\] and texts of \\['b'\\]"):
            make_controls({"a": bert_genes}, {"b": TextsBehind(None, "not known")})
        with pytest.raises(ArgumentError, match="one embedding or more"):
            make_controls({}, {})


def test_names_alone_are_what_the_template_gives(few_texts: GeneTexts) -> None:
    """As ``genept genes embed --template name`` would embed them."""
    genes = genept.embed_genes(few_texts, "random")
    (control,) = names_alone({"mine": genes})
    expected = embed_texts(get_encoder("random"), few_texts.genes.symbols).vectors  # type: ignore[arg-type]
    assert (dense(made(control).vectors) == expected).all()
