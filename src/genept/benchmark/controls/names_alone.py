"""Gene names alone: what an encoder makes of the bare symbol, without anything written about the gene."""

from collections.abc import Mapping

from genept.benchmark.controls.union import every_gene
from genept.benchmark.own_encoder import own_encoder
from genept.benchmark.representations import CONTROL, NotComputed, Representation
from genept.embeddings import GeneEmbeddings
from genept.encoders import TextEncoder, embed_texts
from genept.encoders.protocol import FittedEncoder
from genept.errors import GeneptError
from genept.texts.templates import NAME

TITLE = "gene names alone"
_NEEDS_TEXTS = "learns from the texts which words go together, and a symbol alone has no other words"


def names_alone(embeddings: Mapping[str, GeneEmbeddings]) -> list[Representation | NotComputed]:
    """Embed the bare symbol of each gene (template ``name``), once with each encoder.

    Parameters
    ----------
    embeddings
        By name. Those that say the same fingerprint of their encoder share one control, of all their genes.

    Returns
    -------
    list
        Not computed, with the reason and the commands that make it: encoders on a server, which cost; those
        that learned words from the texts (``lsa``), to which a symbol says nothing; those not known.

    References
    ----------
    Chen & Zou 2024, the first of four inputs: gene name only.

    Examples
    --------
    >>> import genept
    >>> names_alone({"mine": genept.embed_genes("starter", "random")})
    [Representation 'gene names alone (mine)' of 2,146 genes x 384 features]
    """
    sharing: dict[str, list[str]] = {}
    for name, genes in embeddings.items():
        fingerprint = str(genes.provenance.get("encoder", {}).get("fingerprint", ""))
        sharing.setdefault(fingerprint or f"of {name}", []).append(name)
    return [_by_one_encoder({name: embeddings[name] for name in names}) for names in sharing.values()]


def _by_one_encoder(embeddings: Mapping[str, GeneEmbeddings]) -> Representation | NotComputed:
    first, genes = next(iter(embeddings.items()))
    title = f"{TITLE} ({first})"
    about = first if len(embeddings) == 1 else ""
    encoder = own_encoder(genes)
    if isinstance(encoder, str):
        return NotComputed(title, CONTROL, about, f"{encoder}; to make it: {_commands(genes)}")
    if isinstance(encoder, FittedEncoder):
        return NotComputed(title, CONTROL, about, f"{encoder.name} {_NEEDS_TEXTS}")
    return _embedded(title, encoder, embeddings, about=about)


def _embedded(
    title: str, encoder: TextEncoder, embeddings: Mapping[str, GeneEmbeddings], *, about: str
) -> Representation | NotComputed:
    table = every_gene(genes.genes for genes in embeddings.values())
    names = [NAME.render({"symbol": symbol}) for symbol in table.symbols]
    try:
        vectors = embed_texts(encoder, names, unit="gene").vectors
    except GeneptError as error:
        return NotComputed(title, CONTROL, about, f"the names can't be embedded: {error.found}")
    return Representation(title, CONTROL, table, vectors, about=about)


def _commands(genes: GeneEmbeddings) -> str:
    texts, encoder = genes.provenance.get("texts", {}), genes.provenance.get("encoder", {})
    source = texts.get("file", "TEXTS") if texts.get("source") == "table" else texts.get("source", "TEXTS")
    return (
        f"genept genes embed --texts {source} --template {NAME.name} "
        f"--encoder {encoder.get('name', 'ENCODER')} -o names.h5ad, "
        "and give that file as a further embedding (--genes names.h5ad)"
    )
