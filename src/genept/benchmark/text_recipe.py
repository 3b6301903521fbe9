"""What texts were built from, so that they can be built again without money and without a network."""

from collections.abc import Mapping
from dataclasses import dataclass

from genept.datasets.cache import in_cache
from genept.genes.species import HUMAN, MOUSE, SPECIES, gene_list_names
from genept.texts import GeneTexts, build_texts
from genept.texts.templates import SUMMARY

# Sources that cost nothing, and the files that they read besides the lists of genes.
_FILES: dict[str, dict[int, tuple[str, ...]]] = {
    "ncbi": {HUMAN: ("ncbi_gene_summary",), MOUSE: ("ncbi_gene_summary",)},
    "uniprot": {HUMAN: ("uniprot_function_human",), MOUSE: ("uniprot_function_mouse",)},
    "names": {HUMAN: (), MOUSE: ()},
}
_STARTER = "starter"


@dataclass(frozen=True)
class TextRecipe:
    """What texts are built from, as :func:`genept.texts.build_texts` takes it.

    Parameters
    ----------
    sources
        Name or sum of names. That of one writer of NCBI's summaries is not told apart: the summaries of
        both hold his.
    template
        Pattern.
    taxon
        NCBI taxon id.
    bare_symbols
        Whether genes without a text have the bare symbol.
    """

    sources: str
    template: str
    taxon: int
    bare_symbols: bool

    def build(self) -> GeneTexts:
        """Build the texts.

        Raises
        ------
        GeneptError
            As :func:`genept.texts.build_texts`.
        """
        return build_texts(
            self.sources, template=self.template, taxon=self.taxon, bare_symbols=self.bare_symbols
        )


def recipe_of(said: Mapping[str, str]) -> TextRecipe | str:
    """Find what builds texts again by what was said of them, or say why nothing does.

    Parameters
    ----------
    said
        The provenance of the texts.

    Examples
    --------
    >>> recipe_of({"source": "starter", "template": "{summary}"})
    TextRecipe(sources='starter', template='{summary}', taxon=9606, bare_symbols=False)
    >>> recipe_of({"source": "generated", "template": "{summary}"})
    "texts from generated aren't built again, which may cost money or a download"
    """
    sources, template = str(said.get("source", "")), str(said.get("template", ""))
    if sources == "table":
        file = f"the texts are from the file {said.get('file', '(without a name)')}"
        # A corpus that genept wrote says what it was built from.
        if "sources" not in said or "edited" in said or template != SUMMARY.pattern:
            return f"{file}, which isn't given"
        sources, template = str(said["sources"]), str(said.get("sources_template", ""))
    if not sources or not template:
        return "the embeddings don't say which texts they were made from"
    taxon = str(said.get("taxon", HUMAN))
    if not taxon.isdecimal() or int(taxon) not in SPECIES:
        return f"the texts are of taxon {taxon}, for which there is no list of genes"
    recipe = TextRecipe(sources, template, int(taxon), "genes_without_text" in said)
    return _obstacle(recipe) or recipe


def _obstacle(recipe: TextRecipe) -> str:
    """Say why texts can't be built again without money and without a network; empty where they can."""
    parts = recipe.sources.split("+")
    strange = [part for part in parts if part not in (*_FILES, _STARTER)]
    if strange:
        return f"texts from {' and '.join(strange)} aren't built again, which may cost money or a download"
    needed = {file for part in parts if part != _STARTER for file in _FILES[part][recipe.taxon]}
    if recipe.bare_symbols or set(parts) != {_STARTER}:
        needed.update(gene_list_names(recipe.taxon))
    missing = sorted(file for file in needed if in_cache(file) is None)
    if missing:
        return (
            f"texts from {recipe.sources} can't be built again without {', '.join(missing)} "
            f"(genept data fetch {' '.join(missing)})"
        )
    return ""
