"""UniProt's function comments."""

import logging
import re

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

_FILES = {9606: "uniprot_function_human", 10090: "uniprot_function_mouse"}
# One entry may have several comments, of isoforms for example: "FUNCTION: ... {ECO:..}.; FUNCTION: ...".
_COMMENT = re.compile(r"(?:^|;)\s*FUNCTION:\s*")


class UniProtTexts:
    """What UniProt's curators say of the function of a gene's reviewed proteins, cleaned.

    The comments of one entry follow one another; so do those of several entries of one gene, in the
    order of the file. Files are fetched where they aren't in the cache.

    References
    ----------
    The UniProt Consortium, Nucleic Acids Research 2025, doi:10.1093/nar/gkae1010.
    """

    name = "uniprot"
    field = "function"
    template = "release-2"

    def load(self, taxon: int = 9606) -> GeneTexts:
        """Return the function comments of every gene that has one.

        Raises
        ------
        FetchError, OutputError
            If a file isn't in the cache and can't be fetched.
        InputFileError
            If a file can't be read.
        ArgumentError
            If the species isn't human or mouse.
        """
        if taxon not in _FILES:
            raise ArgumentError(
                f"taxon {taxon}", expected="9606 (human) or 10090 (mouse)", do="choose one of the two"
            )
        lists = fetch_gene_files(taxon)
        functions = fetch(_FILES[taxon])
        rows = read_columns(functions.path, ("Gene Names (primary)", "Function [CC]"))
        resolver = species_resolver(taxon)
        texts = [function_of(comments) for comments in rows["Function [CC]"]]
        # An entry of several genes (histones, for example) names them all.
        named = [
            (name, text)
            for names, text in zip(rows["Gene Names (primary)"], texts, strict=True)
            for name in re.split(r";\s*", names)
            if name and text
        ]
        found: dict[int, list[str]] = {}
        meant = resolver.resolve([name for name, _ in named]).rows.tolist()
        for row, (_, text) in zip(meant, named, strict=True):
            if row >= 0 and text not in found.setdefault(row, []):
                found[row].append(text)
        strangers = sum(row < 0 for row in meant)
        if strangers:
            log.info("%s gene names of UniProt say no gene, or several", strangers)
        return texts_of_rows(
            resolver,
            {row: " ".join(texts) for row, texts in found.items()},
            {
                "source": self.name,
                "species": SPECIES[taxon],
                "taxon": str(taxon),
                "licence": "CC BY 4.0",
                **provenance(functions, *lists),
            },
        )


def function_of(comments: str) -> str:
    """Clean text of the function comments of an entry, one after the other.

    Examples
    --------
    >>> function_of("FUNCTION: Cuts. {ECO:0000269|PubMed:1}.; FUNCTION: [Isoform 2]: Rests (PubMed:2).")
    'Cuts. [Isoform 2]: Rests.'
    """
    return " ".join(filter(None, (clean_text(part) for part in _COMMENT.split(comments))))
