"""The labelled genes, or pairs of genes, that a task comes down to for the embeddings at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from genept.benchmark.tasks.labels import GeneLabels, PairLabels
from genept.errors import GeneptError, name_some
from genept.genes import GeneTable, Resolver, match_resolved


@dataclass(frozen=True)
class LabelCounts:
    """What became of a task's labels.

    Parameters
    ----------
    listed
        Rows that the task has.
    lost
        Rows with a gene that some representation lacks.
    repeated, conflicting
        Rows that say again what another says; rows of one gene, or one pair, with several labels.
    note
        What else was left out, in words.
    """

    listed: int
    lost: int
    repeated: int = 0
    conflicting: int = 0
    note: str = ""


class NotComputableError(GeneptError, ValueError):
    """A score that these labels and genes don't allow; the others are computed all the same.

    Attributes
    ----------
    counts
        What became of the labels, where they were counted.
    """

    counts: LabelCounts | None = None


@dataclass(frozen=True, eq=False)
class Sample:
    """Labelled genes or pairs, found in every representation.

    Parameters
    ----------
    symbols
        The genes that occur.
    rows
        For each representation (n_genes,) the row of each gene in it.
    first
        (n,) position in ``symbols`` of the gene of each labelled row; of a pair the first one.
    labels
        (n,) position in ``classes``; for pairs 1 is the positive class.
    classes
        Names of the classes.
    counts
        What became of the task's labels.
    second
        (n,) position of the other gene of each pair; ``None`` where genes are labelled.
    part
        (n,) ``"train"``, ``"valid"`` or ``"test"``; empty where the protocol splits.
    genes_recur
        Whether genes may stand in what is learned from and in what is tested.
    """

    symbols: tuple[str, ...]
    rows: tuple[NDArray[np.intp], ...]
    first: NDArray[np.intp]
    labels: NDArray[np.intp]
    classes: tuple[str, ...]
    counts: LabelCounts
    second: NDArray[np.intp] | None = None
    part: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, dtype=str))
    genes_recur: bool = False

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def positive(self) -> NDArray[np.bool_]:
        """(n,) whether a row is of the positive class: of classes of genes the first, of pairs 1."""
        return np.asarray(self.labels == (0 if self.second is None else 1))

    @property
    def pairs(self) -> NDArray[np.intp]:
        """(n, 2) positions of the two genes of each pair."""
        assert self.second is not None  # noqa: S101  (asked for pairs only)
        return np.column_stack([self.first, self.second])

    def class_sizes(self) -> str:
        """Say how many rows each class has, in words."""
        names = self.classes if self.second is None else ("no", "yes")
        sizes = np.bincount(self.labels, minlength=len(names))
        return ", ".join(f"{name} {size:,}" for name, size in zip(names, sizes, strict=True))


@dataclass(frozen=True, eq=False)
class FoundGenes:
    """Names of genes, found in every representation.

    Parameters
    ----------
    gene
        Name to the position of its gene in ``symbols``; names that some representation lacks aren't there.
    symbols
        The genes as the first representation calls them.
    rows
        For each representation (n_genes,) the row of each.
    """

    gene: dict[str, int]
    symbols: tuple[str, ...]
    rows: tuple[NDArray[np.intp], ...]

    def of(self, names: Sequence[str]) -> NDArray[np.intp]:
        """(n,) position of each name's gene, -1 where there is none."""
        return np.array([self.gene.get(name, -1) for name in names], dtype=np.intp)


def find_genes(names: Sequence[str], tables: Sequence[GeneTable], resolver: Resolver) -> FoundGenes:
    """Find genes by name in several tables; two names of one gene get one position.

    Parameters
    ----------
    names
        Names of any kind that can be resolved.
    tables
        The genes of each representation.
    resolver
        Who the names are.
    """
    distinct = list(dict.fromkeys(names))
    resolution = resolver.resolve(distinct)
    in_table: dict[int, NDArray[np.intp]] = {}
    for table in tables:
        if id(table) not in in_table:
            match = match_resolved(resolution, table)
            rows = np.full(len(distinct), -1, dtype=np.intp)
            rows[match.columns] = match.rows
            in_table[id(table)] = rows
    everywhere = np.flatnonzero(np.all([rows >= 0 for rows in in_table.values()], axis=0))
    own = in_table[id(tables[0])][everywhere]
    known, at, gene = np.unique(own, return_index=True, return_inverse=True)
    return FoundGenes(
        {distinct[name]: int(position) for name, position in zip(everywhere, gene, strict=True)},
        tuple(tables[0].symbols[row] for row in known),
        tuple(in_table[id(table)][everywhere[at]] for table in tables),
    )


def labelled_genes(labels: GeneLabels, found: FoundGenes, *, as_listed: bool = False) -> Sample:
    """Find the labelled genes; repeated and conflicting labels are dropped and counted.

    Parameters
    ----------
    labels
        The task's.
    found
        Their genes.
    as_listed
        Keep repeated and conflicting rows, as the paper does; positives first.

    Raises
    ------
    NotComputableError
        If no gene is found, or fewer than two classes are left.
    """
    gene = found.of(labels.names)
    kept = np.flatnonzero(gene >= 0)
    lost = len(labels) - len(kept)
    repeated = conflicting = 0
    if not as_listed:
        kept, repeated, conflicting = _each_once(kept, gene[kept], labels.labels[kept])
    sizes = np.bincount(labels.labels[kept], minlength=len(labels.classes))
    large = sizes >= labels.min_rows
    kept = kept[large[labels.labels[kept]]]
    position = np.cumsum(large) - 1
    small = [f"{labels.classes[label]} ({sizes[label]})" for label in np.flatnonzero(~large & (sizes > 0))]
    note = f"classes of fewer than {labels.min_rows} genes left out: {name_some(small, 40)}" if small else ""
    counts = LabelCounts(len(labels), lost, repeated, conflicting, note)
    if large.sum() < 2:
        why = f"{lost:,} of {len(labels):,} have no vector in every embedding"
        why += f", {conflicting:,} have labels that conflict" if conflicting else ""
        error = NotComputableError(
            f"{len(kept):,} labelled genes of {int(large.sum())} class are left ({why})",
            expected="genes of two classes at least",
            do=f"embed more of them: {name_some(name for name in labels.names if name not in found.gene)}",
        )
        error.counts = counts
        raise error
    return Sample(
        symbols=found.symbols,
        rows=found.rows,
        first=gene[kept],
        labels=position[labels.labels[kept]],
        classes=tuple(name for name, ok in zip(labels.classes, large, strict=True) if ok),
        counts=counts,
        part=np.array(labels.part)[kept] if labels.part else np.empty(0, dtype=str),
    )


def labelled_pairs(labels: PairLabels, found: FoundGenes, *, rng: int, as_listed: bool = False) -> Sample:
    """Find the labelled pairs; repeated and conflicting ones are dropped and counted, negatives drawn.

    Parameters
    ----------
    labels
        The task's. Where all are positive, as many negatives are drawn among its ``space``, part by part.
    found
        Their genes.
    rng
        Seed of the negatives.
    as_listed
        Keep repeated and conflicting pairs, and pairs of a gene with itself, as the paper does.

    Raises
    ------
    NotComputableError
        If no pair is found, or there are too few genes to draw negatives from.
    """
    pairs = np.column_stack([found.of(labels.first), found.of(labels.second)])
    kept = np.flatnonzero((pairs >= 0).all(axis=1))
    lost, repeated, conflicting, note = len(labels) - len(kept), 0, 0, ""
    if not as_listed:
        own = pairs[kept, 0] == pairs[kept, 1]
        note = f"{own.sum():,} pairs of a gene with itself left out"
        kept = kept[~own]
        if labels.space:
            # Else a positive pair is told from the negatives by a gene that no negative may have.
            screened = np.zeros(len(found.symbols), dtype=bool)
            screened[[gene for gene in found.of(labels.space) if gene >= 0]] = True
            inside = screened[pairs[kept]].all(axis=1)
            note += f"; {(~inside).sum():,} pairs of genes that weren't screened left out"
            kept = kept[inside]
        kept, repeated, conflicting = _each_once(kept, _key(pairs[kept]), labels.labels[kept])
    counts = LabelCounts(len(labels), lost, repeated, conflicting, note)
    if not len(kept):
        error = NotComputableError(
            "no pair is left whose genes both have a vector",
            expected="pairs of genes that the embeddings hold",
            do="embed these genes too",
        )
        error.counts = counts
        raise error
    pairs, signs = pairs[kept], labels.labels[kept]
    part = np.array(labels.part)[kept] if labels.part else np.empty(0, dtype=str)
    if labels.labels.all():
        reported = np.column_stack(
            [found.of([one for one, _ in labels.reported]), found.of([other for _, other in labels.reported])]
        )
        known = np.concatenate([_key(pairs), _key(reported[(reported >= 0).all(axis=1)])])
        space = np.unique(found.of(labels.space)) if labels.space else np.unique(pairs)
        drawn = _unreported_pairs(space[space >= 0], known, len(pairs), np.random.default_rng(rng))
        pairs = np.concatenate([pairs, drawn])
        signs = np.concatenate([signs, np.zeros(len(drawn), dtype=np.intp)])
        part = np.concatenate([part, part])
    return Sample(
        symbols=found.symbols,
        rows=found.rows,
        first=pairs[:, 0],
        second=pairs[:, 1],
        labels=signs,
        classes=("no", "yes"),
        counts=counts,
        part=part,
        genes_recur=labels.genes_recur,
    )


def _each_once(
    kept: NDArray[np.intp], key: NDArray[np.intp], labels: NDArray[np.intp]
) -> tuple[NDArray[np.intp], int, int]:
    """Keep the first row of each key whose rows agree; count the rows that repeat and that conflict."""
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    conflicts = np.zeros(len(first), dtype=bool)
    np.logical_or.at(conflicts, group, labels != labels[first][group])
    conflicting = int(conflicts[group].sum())
    chosen = np.sort(first[~conflicts])
    return kept[chosen], len(kept) - conflicting - len(chosen), conflicting


def _key(pairs: NDArray[np.intp]) -> NDArray[np.intp]:
    """(n,) one number for each unordered pair."""
    return np.asarray(pairs.min(axis=1) * np.intp(1 << 31) + pairs.max(axis=1))


def _unreported_pairs(
    space: NDArray[np.intp], reported: NDArray[np.intp], n: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Draw ``n`` different unordered pairs of different genes that aren't reported."""
    possible = len(space) * (len(space) - 1) // 2
    # Drawing until they differ ends quickly as long as a good part of all pairs is free.
    if possible - len(reported) < 2 * n:
        raise NotComputableError(
            f"{len(space):,} screened genes have a vector, too few for {n:,} pairs that aren't reported",
            expected="at least twice as many free pairs as reported ones",
            do="embed more of the genes that were screened",
        )
    taken = np.unique(reported)
    drawn = np.empty(0, dtype=np.intp)
    while len(drawn) < n:
        more = space[rng.integers(len(space), size=(n, 2))]
        keys = _key(more[more[:, 0] != more[:, 1]])
        keys = np.concatenate([drawn, keys[~np.isin(keys, taken)]])
        drawn = keys[np.sort(np.unique(keys, return_index=True)[1])]
    return np.column_stack([drawn[:n] >> 31, drawn[:n] & ((1 << 31) - 1)])
