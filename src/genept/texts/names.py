"""Names alone: the paper's first input, and the control that shows what the texts add."""

from genept.datasets.cache import provenance
from genept.genes import species_resolver
from genept.genes.species import SPECIES, fetch_gene_files
from genept.texts.gene_texts import GeneTexts
from genept.texts.species_texts import texts_of_rows


class NameTexts:
    """The symbol of every gene that NCBI or HGNC knows, with its full name for templates that ask.

    The lists of genes are fetched where they aren't in the cache.
    """

    name = "names"
    field = "name"
    template = "name"

    def load(self, taxon: int = 9606) -> GeneTexts:
        """Return the full name of every gene, or its symbol where it has none.

        Raises
        ------
        FetchError, OutputError
            If a list isn't in the cache and can't be fetched.
        ArgumentError
            If the species isn't human or mouse.
        """
        lists = fetch_gene_files(taxon)
        resolver = species_resolver(taxon)
        genes = resolver.genes
        names = (name or symbol for name, symbol in zip(genes.full_names, genes.symbols, strict=True))
        return texts_of_rows(
            resolver,
            dict(enumerate(names)),
            {
                "source": self.name,
                "species": SPECIES[taxon],
                "taxon": str(taxon),
                "licence": "public domain (NCBI), CC0 (HGNC)",
                **provenance(*lists),
            },
        )
