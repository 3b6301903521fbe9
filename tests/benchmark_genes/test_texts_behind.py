"""The texts behind vectors: found by the gene, believed by their sha256, and never fetched."""

import gzip
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import genept
from genept import GeneEmbeddings, GeneTable, GeneTexts
from genept.benchmark.text_recipe import TextRecipe
from genept.benchmark.texts_behind import all_texts_behind, texts_behind
from genept.datasets.cache import locate
from genept.errors import EmbeddingsError
from genept.texts import build_texts, get_texts, write_texts
from tests.file_server import FileServer, serving
from tests.upstream import FILES


@pytest.fixture(scope="module")
def texts() -> GeneTexts:
    """Two hundred genes with Entrez ids."""
    symbols = tuple(f"GENE{i}" for i in range(200))
    genes = GeneTable(symbols, entrez_ids=tuple(str(1000 + i) for i in range(200)))
    return GeneTexts(genes, tuple(f"the text number {i}" for i in range(200)))


@pytest.fixture(scope="module")
def embedded(texts: GeneTexts) -> GeneEmbeddings:
    return genept.embed_genes(texts, "random")


def changed(texts: GeneTexts, n: int) -> GeneTexts:
    return replace(texts, texts=tuple(f"{t} or so" if i < n else t for i, t in enumerate(texts.texts)))


def test_texts_given_are_met_by_entrez_id_under_other_symbols_and_in_another_order(
    texts: GeneTexts, embedded: GeneEmbeddings
) -> None:
    order = np.random.default_rng(0).permutation(200).tolist()
    renamed = replace(texts.genes.take(order), symbols=tuple(f"NEW{i}" for i in order))
    found = texts_behind(embedded, GeneTexts(renamed, tuple(texts.texts[i] for i in order)))
    assert found.known().genes == embedded.genes
    assert found.known().texts == texts.texts
    assert "200 of 200 genes" in found.said


def test_texts_given_are_met_by_symbol_where_there_is_no_id(
    texts: GeneTexts, embedded: GeneEmbeddings
) -> None:
    without = replace(texts, genes=GeneTable(texts.genes.symbols))
    assert texts_behind(embedded, without).known().texts == texts.texts


@pytest.mark.parametrize(("n_changed", "are_the_same"), [(0, True), (2, True), (3, False), (200, False)])
def test_ninety_nine_of_a_hundred_texts_must_be_the_same(
    texts: GeneTexts, embedded: GeneEmbeddings, n_changed: int, are_the_same: bool
) -> None:
    found = texts_behind(embedded, changed(texts, n_changed))
    assert (found.texts is not None) is are_the_same
    assert f"{200 - n_changed} of 200 genes have exactly the text" in found.said
    if found.texts is not None:
        # A gene whose text is another has none.
        assert found.texts.genes.symbols == texts.genes.symbols[n_changed:]
        assert found.texts.texts == texts.texts[n_changed:]


def test_genes_that_the_texts_do_not_have_count_against_them(
    texts: GeneTexts, embedded: GeneEmbeddings
) -> None:
    some = GeneTexts(texts.genes.take(range(150)), texts.texts[:150])
    assert "150 of 200" in texts_behind(embedded, some).said
    assert texts_behind(embedded, some).texts is None
    few = genept.embed_genes(some, "random")
    assert texts_behind(few, texts).known().texts == some.texts


def test_texts_that_are_not_known_are_asked_for(texts: GeneTexts, embedded: GeneEmbeddings) -> None:
    found = texts_behind(embedded)
    assert "don't say" in found.said
    with pytest.raises(EmbeddingsError, match="don't say which texts"):
        found.known()
    unchecked = GeneEmbeddings(embedded.genes, embedded.vectors, embedded.provenance)
    assert "no checksums" in texts_behind(unchecked, texts).said


def with_provenance(genes: GeneEmbeddings, **said: str) -> GeneEmbeddings:
    return replace(genes, provenance={"texts": {"template": "{summary}", **said}})


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"source": "generated"}, "may cost money"),
        ({"source": "ncbi+of another package"}, "from of another package aren't built again"),
        ({"source": "table", "file": "mine.csv"}, "from the file mine.csv, which isn't given"),
        ({"source": "table", "file": "a.parquet", "sources": "starter", "edited": "yes"}, "a.parquet"),
        ({"source": "starter", "taxon": "7955"}, "taxon 7955"),
        ({"source": "starter", "taxon": "10090"}, "can't be built again: the starter texts for taxon 10090"),
        ({"source": "starter", "template": "{what}"}, "can't be built again: the template"),
        ({"source": "ncbi"}, "genept data fetch hgnc_complete_set ncbi_gene_info_human ncbi_gene_summary"),
        ({"source": "uniprot", "taxon": "10090"}, "ncbi_gene_info_mouse uniprot_function_mouse"),
    ],
)
def test_reasons_in_words(
    embedded: GeneEmbeddings,
    said: dict[str, str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path))
    monkeypatch.setenv("GENEPT_MIRROR", "http://127.0.0.1:9")
    found = texts_behind(with_provenance(embedded, **said))
    assert found.texts is None
    assert reason in found.said


@pytest.fixture(scope="module")
def server() -> Iterator[FileServer]:
    with serving(dict(FILES)) as running:
        yield running


class TestBuiltAgain:
    @pytest.fixture(autouse=True)
    def _mirror(self, server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("GENEPT_MIRROR", server.url)

    @pytest.mark.parametrize("source", ["ncbi", "ncbi:refseq", "uniprot", "ncbi+uniprot", "names", "starter"])
    def test_from_the_provenance(self, source: str) -> None:
        texts = get_texts(source)
        found = texts_behind(genept.embed_genes(texts, "random"))
        assert found.known().texts == texts.texts
        assert found.known().genes == texts.genes

    def test_with_a_template_of_some_genes_and_bare_symbols(self) -> None:
        texts = build_texts("ncbi", template="{symbol} ({name}): {summary}", only=["LYZ"])
        assert texts_behind(genept.embed_genes(texts, "random")).known().texts == texts.texts
        bare = build_texts("uniprot", bare_symbols=True)
        assert "Gene Symbol QUIET1" in texts_behind(genept.embed_genes(bare, "random")).known().texts

    def test_through_a_corpus_that_genept_wrote(self, tmp_path: Path) -> None:
        write_texts(get_texts("ncbi"), tmp_path / "corpus.parquet")
        texts = get_texts(str(tmp_path / "corpus.parquet"))
        (tmp_path / "corpus.parquet").unlink()
        assert texts_behind(genept.embed_genes(texts, "random")).known().texts == texts.texts

    def test_after_it_was_written_and_read(self, tmp_path: Path) -> None:
        genes = genept.embed_genes("ncbi", "random")
        genept.write_embeddings(genes, tmp_path / "genes.h5ad")
        assert texts_behind(genept.read_embeddings(tmp_path / "genes.h5ad")).texts is not None

    def test_nothing_is_fetched(self, server: FileServer, tmp_path: Path) -> None:
        genes = genept.embed_genes("ncbi", "random")
        shutil.rmtree(tmp_path / "cache")
        server.requests.clear()
        assert "without hgnc_complete_set, ncbi_gene_info_human" in texts_behind(genes).said
        assert not server.requests

    def test_another_release_in_the_cache_is_other_texts(self, tmp_path: Path) -> None:
        genes = genept.embed_genes("ncbi", "random")
        path = locate("ncbi_gene_summary").path
        path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"It cuts", b"This cuts")))
        n = len(genes.genes)
        assert f"from ncbi: {n - 1} of {n} genes have exactly the text" in texts_behind(genes).said
        assert texts_behind(genes).texts is None

    def test_texts_given_come_first_and_are_built_again_where_they_are_others(self) -> None:
        texts = get_texts("ncbi")
        genes = genept.embed_genes(texts, "random")
        assert texts_behind(genes, texts).said.startswith("the texts given")
        assert texts_behind(genes, get_texts("starter")).said.startswith("texts built again from ncbi")
        without = replace(genes, provenance={})
        both = texts_behind(without, get_texts("starter"))
        assert "the texts given: 0 of" in both.said
        assert "don't say which texts" in both.said

    def test_several_embeddings_of_the_same_texts_build_them_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        built: list[TextRecipe] = []
        build = TextRecipe.build

        def counted(recipe: TextRecipe) -> GeneTexts:
            built.append(recipe)
            return build(recipe)

        monkeypatch.setattr(TextRecipe, "build", counted)
        genes = genept.embed_genes("ncbi", "random")
        found = all_texts_behind({"a": genes, "b": genes})
        assert len(built) == 1
        assert found["a"].known().texts == found["b"].known().texts
