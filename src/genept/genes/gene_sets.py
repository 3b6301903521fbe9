"""Sets of genes that others have drawn up, from a GMT or from PanglaoDB's table of markers."""

import gzip
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from genept.datasets.verify import digest_of
from genept.errors import ArgumentError, GeneNamesError, InputFileError, name_some
from genept.genes.names import repeated_names
from genept.genes.species import HUMAN, MOUSE

log = logging.getLogger(__name__)

_EXPECTED = (
    "gene sets as a GMT (a line for each set: its name, a description and its genes, with tabs between), "
    "or PanglaoDB's table of markers, plain or gzipped"
)
_SPECIES, _GENE, _CELL_TYPE = PANGLAO_COLUMNS = ("species", "official gene symbol", "cell type")
# How PanglaoDB marks the species in which a gene is a marker.
_PANGLAO_SPECIES = {HUMAN: "Hs", MOUSE: "Mm"}


@dataclass(frozen=True, eq=False)
class GeneSets:
    """Named sets of genes, as a file spells them.

    Parameters
    ----------
    names
        Name of each set; no two are the same.
    members
        For each set the names of its genes, in the order of the file: at least one, each once. They may
        be symbols of any age, or identifiers; who they are is for a resolver to say.
    titles
        For each set what the file says of it, possibly nothing. Leave it out where nothing is said.
    provenance
        Where they come from: ``file`` (its name), ``sha256``, ``format`` (``"gmt"`` or ``"panglaodb"``).

    Raises
    ------
    GeneNamesError
        If the lengths differ, a set has no gene, or a name of a set, or of a gene within a set, stands twice.

    Examples
    --------
    >>> GeneSets(("T cells", "B cells"), (("CD3E", "CD3D"), ("MS4A1",)))
    GeneSets of 2 sets with 3 different genes
    """

    names: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "members", tuple(map(tuple, self.members)))
        object.__setattr__(self, "titles", tuple(self.titles) or ("",) * len(self.names))
        object.__setattr__(self, "provenance", dict(self.provenance))
        if not len(self.names) == len(self.members) == len(self.titles):
            raise GeneNamesError(
                f"{len(self.names):,} names, {len(self.members):,} sets, {len(self.titles):,} titles",
                expected="one of each for every set",
                do="pass them in the same order",
            )
        twice = repeated_names(self.names)
        if twice:
            raise GeneNamesError(
                f"names of gene sets that stand more than once: {name_some(twice)}",
                expected="a name of its own for each set",
                do="rename all but one of each, or join them",
            )
        for name, genes in zip(self.names, self.members, strict=True):
            if not genes or repeated_names(genes):
                raise GeneNamesError(
                    f"the gene set {name!r} with "
                    + (f"{name_some(repeated_names(genes))} more than once" if genes else "no gene"),
                    expected="at least one gene in a set, and each of them once",
                    do="leave empty sets out, and name each gene of a set once",
                )

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        n_genes = len({gene for genes in self.members for gene in genes})
        return f"GeneSets of {len(self):,} sets with {n_genes:,} different genes"


def read_gene_sets(path: str | Path, *, taxon: int = HUMAN) -> GeneSets:
    r"""Read gene sets from a GMT, or cell types and their markers from PanglaoDB's table.

    Which of the two it is, is found by looking: PanglaoDB's table has a header with ``species``,
    ``official gene symbol`` and ``cell type``. A gene that stands twice in a set counts once; sets without
    genes are left out, and how many is logged.

    Parameters
    ----------
    path
        The file, plain or gzipped, whatever its name.
    taxon
        PanglaoDB has markers of human and mouse in one table: those of 9606 (human, the default) or 10090
        (mouse) are taken, in both cases spelt as human symbols; markers without a species are left out.
        A GMT says nothing of the species, and is taken whole.

    Returns
    -------
    GeneSets
        In the order of the file.

    Raises
    ------
    InputFileError
        If the file can't be read, is neither of the two, or holds no gene.
    GeneNamesError
        If a GMT has two sets of one name.
    ArgumentError
        If PanglaoDB is asked for another species.

    References
    ----------
    GMT: Subramanian et al., PNAS 2005 (GSEA), and the file formats of its documentation. PanglaoDB:
    Franzen, Gan & Bjorkegren, Database 2019.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "sets.gmt"
    >>> _ = path.write_text("T cells\tmarkers\tCD3E\tCD3D\tCD3E\nB cells\t\tMS4A1\n")
    >>> read_gene_sets(path).members
    (('CD3E', 'CD3D'), ('MS4A1',))
    """
    path = Path(path)
    rows = _rows(path)
    header = [name.strip() for name in rows[0][1]] if rows else []
    if set(PANGLAO_COLUMNS) <= set(header):
        kind, (genes_of, titles) = "panglaodb", _markers(rows[1:], header, path, taxon)
    else:
        kind, (genes_of, titles) = "gmt", _sets_by_line(rows, path)
    kept = {name: genes for name, genes in genes_of.items() if genes}
    if not kept:
        raise InputFileError(
            f"{path} with {len(genes_of):,} gene sets and no gene", expected=_EXPECTED, do="check the file"
        )
    if len(kept) < len(genes_of):
        empty = [name for name in genes_of if name not in kept]
        log.info("%s gene sets of %s have no gene: %s", f"{len(empty):,}", path.name, name_some(empty))
    return GeneSets(
        names=tuple(kept),
        members=tuple(kept.values()),
        titles=tuple(titles[name] for name in kept),
        provenance={"file": path.name, "sha256": digest_of(path), "format": kind},
    )


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Read a plain or gzipped text: the number of each line that isn't empty, and its parts between tabs."""
    try:
        with path.open("rb") as file:
            gzipped = file.read(2) == b"\x1f\x8b"
        content = gzip.decompress(path.read_bytes()) if gzipped else path.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputFileError(
            f"{path} can't be read ({error})", expected=_EXPECTED, do="check the path and the format"
        ) from error
    # splitlines() would also split at characters that stand within names.
    lines = enumerate(text.split("\n"), start=1)
    return [(number, line.rstrip("\r").split("\t")) for number, line in lines if line.strip()]


def _sets_by_line(
    rows: list[tuple[int, list[str]]], path: Path
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Genes and titles of the sets of a GMT."""
    genes_of: dict[str, tuple[str, ...]] = {}
    titles: dict[str, str] = {}
    for number, row in rows:
        if len(row) < 2 or not row[0].strip():
            raise InputFileError(
                f"line {number} of {path} ({row[0][:40]!r} ...) "
                + ("has no tab" if len(row) < 2 else "begins with a tab, so that the set has no name"),
                expected=_EXPECTED,
                do="write the gene sets as a GMT, with tabs",
            )
        name, title, *genes = (part.strip() for part in row)
        if name in genes_of:
            raise GeneNamesError(
                f"the gene set {name!r} stands more than once in {path}",
                expected="one line for each set",
                do="rename one of them, or join them",
            )
        genes_of[name] = tuple(dict.fromkeys(filter(None, genes)))
        titles[name] = title
    return genes_of, titles


def _markers(
    rows: list[tuple[int, list[str]]], header: list[str], path: Path, taxon: int
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Cell types of PanglaoDB with their markers in one species."""
    if taxon not in _PANGLAO_SPECIES:
        raise ArgumentError(
            f"taxon {taxon} for the markers of {path}",
            expected="9606 (human) or 10090 (mouse), which PanglaoDB has",
            do="choose one of the two",
        )
    at = {name: header.index(name) for name in PANGLAO_COLUMNS}
    genes_of: dict[str, list[str]] = {}
    n_other = 0
    for number, row in rows:
        if len(row) != len(header):
            raise InputFileError(
                f"line {number} of {path} with {len(row)} fields, where the header has {len(header)}",
                expected=_EXPECTED,
                do="get the file again; it is damaged",
            )
        genes = genes_of.setdefault(row[at[_CELL_TYPE]].strip(), [])
        if _PANGLAO_SPECIES[taxon] in row[at[_SPECIES]].split():
            genes.append(row[at[_GENE]].strip())
        else:
            n_other += 1
    if n_other:
        log.info("%s markers of %s are of other species or of none", f"{n_other:,}", path.name)
    title = f"markers of PanglaoDB, {_PANGLAO_SPECIES[taxon]}"
    once = {name: tuple(dict.fromkeys(filter(None, genes))) for name, genes in genes_of.items()}
    return once, dict.fromkeys(once, title)
