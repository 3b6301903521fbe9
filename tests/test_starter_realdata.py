"""The starter texts against what NCBI Gene says of the same genes."""

import csv
import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from genept.encoders import embed_texts, get_encoder
from genept.texts import StarterTexts

GENE_INFO = "mirror/ncbi/gene/DATA/GENE_INFO/Mammalia/Homo_sapiens.gene_info.gz"
SUMMARIES = "mirror/ncbi/gene/DATA/gene_summary.gz"
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]*")

pytestmark = pytest.mark.realdata


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def gene_info(realdata: Path) -> list[dict[str, str]]:
    return rows(realdata / GENE_INFO)


@pytest.fixture(scope="module")
def summaries(realdata: Path) -> dict[str, str]:
    return {row["GeneID"]: row["Summary"] for row in rows(realdata / SUMMARIES)}


@pytest.fixture(scope="module")
def pairs(gene_info: list[dict[str, str]], summaries: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Symbol to (starter text, Entrez id) for the genes that have a summary."""
    entrez = {name: row["GeneID"] for row in gene_info for name in row["Synonyms"].split("|")}
    entrez |= {row["Symbol"]: row["GeneID"] for row in gene_info}
    starter = StarterTexts().load()
    return {
        symbol: (text, entrez[symbol])
        for symbol, text in zip(starter.genes.symbols, starter.texts, strict=True)
        if entrez.get(symbol) in summaries
    }


@pytest.mark.slow
def test_each_text_finds_its_genes_summary(
    gene_info: list[dict[str, str]], summaries: dict[str, str], pairs: dict[str, tuple[str, str]]
) -> None:
    """Within the first ten of all summaries for 80 % of the genes, all gene symbols struck from both."""
    symbols = {row["Symbol"] for row in gene_info} | set(pairs)

    def strike(text: str) -> str:
        return WORD.sub(lambda word: "" if word[0].strip(".-") in symbols else word[0], text)

    assert len(pairs) >= 1_200
    encoder = get_encoder("minilm")
    ids = list(summaries)
    corpus = embed_texts(encoder, [strike(summaries[i]) for i in ids]).vectors  # type: ignore[arg-type]
    queries = embed_texts(encoder, [strike(text) for text, _ in pairs.values()]).vectors  # type: ignore[arg-type]
    similarity = queries @ corpus.T
    own = similarity[np.arange(len(pairs)), [ids.index(gene) for _, gene in pairs.values()]]
    rank = (similarity > own[:, None]).sum(axis=1)
    assert (rank < 10).mean() >= 0.80


def test_texts_share_no_run_of_nine_words_with_the_summaries(
    summaries: dict[str, str], pairs: dict[str, tuple[str, str]]
) -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z0-9]+", text.lower())
        return {tuple(words[i : i + 9]) for i in range(len(words) - 8)}

    sharing = [symbol for symbol, (text, gene) in pairs.items() if runs(text) & runs(summaries[gene])]
    assert len(sharing) <= 0.01 * len(pairs), sharing
