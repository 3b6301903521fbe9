"""Gene embeddings from any file that is known, recognised by looking inside."""

from pathlib import Path

from genept.embeddings.adopt import adopt
from genept.embeddings.file import read_own
from genept.embeddings.formats import EmbeddingFormat, embedding_formats
from genept.embeddings.gene_embeddings import GeneEmbeddings
from genept.errors import InputFileError


def read_embeddings(
    path: str | Path,
    format: str | EmbeddingFormat | None = None,  # noqa: A002 (what users call it)
    *,
    taxon: int = 9606,
) -> GeneEmbeddings:
    r"""Read gene embeddings: our own file, or one in a format that others release.

    Nothing in a file is executed, whatever it says.

    Parameters
    ----------
    path
        A file or folder.
    format
        Name of a format (``genept genes formats``), ``name:argument`` where one takes an argument, or a
        format. By default it is recognised by looking inside.
    taxon
        NCBI taxon id of the genes in a foreign file.

    Returns
    -------
    GeneEmbeddings
        Vectors, names and provenance. See :func:`genept.embeddings.adopt` for what becomes of foreign names.

    Raises
    ------
    InputFileError
        If the file is missing, broken, hostile, or of no format that is known.
    EmbeddingsError, GeneNamesError
        If its vectors or names can't be those of genes.
    UnknownNameError
        If there is no format of that name.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text("gene,0,1\nLYZ,0.5,1\nCD3E,1,0\n")
    >>> read_embeddings(path)
    GeneEmbeddings of 2 genes x 2 dimensions
    """
    path = Path(path)
    # Our own reader says best what is wrong with an .h5ad that nobody knows.
    if format is None and path.suffix == ".h5ad" and not embedding_formats.create("anndata").recognises(path):
        return read_own(path)
    try:
        there = path.exists()
    except OSError as error:
        raise InputFileError(
            f"{path} can't be opened ({error.strerror})", expected="a file or folder", do="check the path"
        ) from error
    if not there:
        raise InputFileError(f"{path} is not there", expected="a file or folder", do="check the path")
    chosen = _recognised(path) if format is None else format
    if isinstance(chosen, str):
        chosen = embedding_formats.create(chosen)
    return adopt(chosen.read(path), chosen, taxon=taxon)


def _recognised(path: Path) -> EmbeddingFormat:
    made = [embedding_formats.create(name) for name in embedding_formats.names()]
    fitting = [one for one in made if one.recognises(path)]
    if len(fitting) != 1:
        which = (
            f"several formats: {', '.join(one.name for one in fitting)}"
            if fitting
            else "no format that is known"
        )
        raise InputFileError(
            f"{path} is of {which}",
            expected="gene embeddings in one of the formats: " + ", ".join(one.name for one in made),
            do="name the format (in Python: format=, on the command line: --format); "
            "genept genes formats lists them",
        )
    return fitting[0]
