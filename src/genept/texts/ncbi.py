"""NCBI Gene's summaries."""

import logging

from genept.datasets import fetch
from genept.datasets.cache import provenance
from genept.errors import ArgumentError
from genept.genes import species_resolver
from genept.genes.species import SPECIES, fetch_gene_files
from genept.genes.upstream import read_columns
from genept.texts.clean import clean_text
from genept.texts.gene_texts import GeneTexts
from genept.texts.species_texts import texts_of_rows

log = logging.getLogger(__name__)

_WRITERS = {"refseq": "RefSeq", "alliance": "Alliance of Genome Resources"}


class NCBITexts:
    """The summary paragraph of NCBI Gene, cleaned.

    RefSeq's curators wrote most; for other genes the Alliance of Genome Resources generates one from
    annotations. The files (``ncbi_gene_summary``, NCBI's and HGNC's lists of genes) are fetched where they
    aren't in the cache.

    Parameters
    ----------
    writer
        ``"refseq"`` or ``"alliance"`` for the summaries of one of the two; by default both.

    Raises
    ------
    ArgumentError
        If the writer is another.

    References
    ----------
    Brown et al., Nucleic Acids Research 2015, doi:10.1093/nar/gku1055.
    """

    name = "ncbi"
    field = "summary"
    template = "release-2"

    def __init__(self, writer: str = "") -> None:
        if writer and writer not in _WRITERS:
            raise ArgumentError(
                f"the text source ncbi:{writer}", expected="ncbi, ncbi:refseq or ncbi:alliance", do="use one"
            )
        self.writer = writer

    def load(self, taxon: int = 9606) -> GeneTexts:
        """Return the cleaned summary of every gene that has one.

        Raises
        ------
        FetchError, OutputError
            If a file isn't in the cache and can't be fetched.
        InputFileError
            If a file can't be read.
        ArgumentError
            If the species isn't human or mouse.
        """
        lists = fetch_gene_files(taxon)
        summaries = fetch("ncbi_gene_summary")
        rows = read_columns(summaries.path, ("#tax_id", "GeneID", "Source", "Summary"))
        rows = rows[rows["#tax_id"] == str(taxon)]
        if self.writer:
            rows = rows[rows["Source"] == _WRITERS[self.writer]]
        resolver = species_resolver(taxon)
        texts: dict[int, str] = {}
        strangers = 0
        for entrez, summary in zip(rows["GeneID"], rows["Summary"], strict=True):
            row = resolver.row_of_entrez(entrez)
            if row is None:
                strangers += 1
            else:
                texts[row] = clean_text(summary)
        if strangers:
            log.info("%s summaries are of loci that aren't genes, or that the lists don't know", strangers)
        return texts_of_rows(
            resolver,
            texts,
            {
                "source": self.name,
                "writer": _WRITERS.get(self.writer, "RefSeq and Alliance of Genome Resources"),
                "species": SPECIES[taxon],
                "taxon": str(taxon),
                "licence": "public domain (work of the US government)",
                **provenance(summaries, *lists),
            },
        )
