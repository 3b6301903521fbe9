"""Gene embeddings of a few texts, by encoders of every kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

import genept
from genept import GeneEmbeddings, GeneTable, GeneTexts
from genept.encoders.local.hugging_face import HuggingFaceEncoder
from tests.tiny_models import write_bert

TEXTS = {
    "LYZ": "An enzyme that cuts the cell walls of bacteria.",
    "CD3E": "A protein of T cells; it binds CD247.",
    "CD247": "A protein of T cells; mutated in one immunodeficiency.",
    "MIR21": "A microRNA that cuts PTEN.",
    "PTENP1": "A pseudogene of PTEN.",
    "MACROH2A1": "One protein of chromatin.",
}


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """As jobs run; small products on many threads wait for one another."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def few_texts() -> GeneTexts:
    """Six genes, one of which has had another symbol."""
    aliases = tuple(("H2AFY",) if symbol == "MACROH2A1" else () for symbol in TEXTS)
    return GeneTexts(GeneTable(tuple(TEXTS), aliases=aliases), tuple(TEXTS.values()))


@pytest.fixture(scope="session")
def bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="session")
def bert_genes(few_texts: GeneTexts, bert_folder: Path) -> GeneEmbeddings:
    return genept.embed_genes(few_texts, HuggingFaceEncoder(str(bert_folder)))
