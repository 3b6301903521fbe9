"""The starter texts: short descriptions of human genes that ship in the package."""

import csv
import hashlib
from importlib.resources import files

from genept.errors import ArgumentError
from genept.genes import GeneTable
from genept.texts.gene_texts import GeneTexts


class StarterTexts:
    """About two thousand human genes in 35 to 80 words each.

    A large language model wrote these texts for this project, from general knowledge (the fourth
    text source that the GenePT paper compares). They are not curated and not for clinical use.
    They let a newcomer run everything offline; for results, use a curated source.

    Symbols are those of the data set that ``genept demo`` uses, some of them outdated; a second
    table gives the current symbol of these as an alias.

    Examples
    --------
    >>> texts = StarterTexts().load()
    >>> texts.texts[texts.genes.locate(["LYZ"])[0]][:14]
    'LYZ (lysozyme)'
    """

    name = "starter"
    field = "summary"
    template = "summary"

    def load(self, taxon: int = 9606) -> GeneTexts:
        """Return the texts, with the checksum of the table as their version.

        Raises
        ------
        ArgumentError
            If another species than human is asked for.
        """
        if taxon != 9606:
            raise ArgumentError(
                f"the starter texts for taxon {taxon}",
                expected="taxon 9606: they are of human genes",
                do="choose another source, such as ncbi",
            )
        folder = files("genept.texts")
        table = folder.joinpath("starter.tsv").read_bytes()
        rows = _read(table)
        aliases: dict[str, list[str]] = {}
        for row in _read(folder.joinpath("starter_aliases.tsv").read_bytes()):
            aliases.setdefault(row["symbol"], []).append(row["alias"])
        symbols = tuple(row["symbol"] for row in rows)
        return GeneTexts(
            genes=GeneTable(symbols, aliases=tuple(tuple(aliases.get(s, ())) for s in symbols)),
            texts=tuple(row["text"] for row in rows),
            provenance={
                "source": self.name,
                "species": "Homo sapiens",
                "taxon": "9606",
                "sha256": hashlib.sha256(table).hexdigest(),
                "written_by": "a large language model, for genept; not curated, not for clinical use",
                "licence": "BSD-3-Clause",
            },
        )


def _read(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(table.decode("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
