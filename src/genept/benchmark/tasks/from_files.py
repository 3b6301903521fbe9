"""Tasks made of files that users have: gene sets and edge lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from genept.benchmark.tasks.forms import edges
from genept.benchmark.tasks.labels import GeneLabels, PairLabels
from genept.datasets.verify import digest_of
from genept.errors import ArgumentError, InputFileError
from genept.genes.gene_sets import GeneSets, read_gene_sets

# Sets smaller than this can't be split into folds with anything to learn from.
MIN_SET = 15
_TEST_SHARE = 0.2
_RNG = 2023


@dataclass(frozen=True, eq=False)
class FileTask:
    """A task made of a file: labels that are read already, and what is known of them.

    Parameters
    ----------
    name, title, version, source
        As :class:`Task` has them.
    labels
        The labels.
    licence, citation, metrics, classifiers, leakage_words, published
        As :class:`Task` has them.
    """

    name: str
    title: str
    version: str
    source: str
    labels: GeneLabels | PairLabels
    licence: str = "that of the file"
    citation: str = ""
    metrics: tuple[str, ...] = ("roc_auc",)
    classifiers: tuple[str, ...] = ("logistic_regression",)
    leakage_words: tuple[str, ...] = ()
    published: tuple[Mapping[str, Any], ...] = field(default=())

    def load(self, data: Path | None = None) -> GeneLabels | PairLabels:
        """Give the labels; ``data`` doesn't matter."""
        del data
        return self.labels


def edge_task(path: str | Path) -> FileTask:
    """Make a task of an edge list: its pairs against as many others of its genes.

    Parameters
    ----------
    path
        Two gene names in each row, tab or comma between, without a head; further columns don't matter.

    Raises
    ------
    InputFileError
        If it can't be read.
    """
    path = Path(path)
    try:
        labels = edges([path])
    except (OSError, ValueError) as error:
        raise InputFileError(
            f"{path} can't be read as an edge list ({error})",
            expected="two gene names in each row, tab or comma between, and no head",
            do="correct the file",
        ) from error
    title = f"Pairs of {path.name} against other pairs of its genes"
    return FileTask(path.stem, title, _version(digest_of(path)), path.name, labels)


def gene_set_tasks(path: str | Path, *, later: str | Path | None = None) -> list[FileTask]:
    """Make a task of each gene set: its genes against all other genes of the file.

    With a later file each task is to find what that adds to a set: all of the earlier sets is learned
    from; tested are the genes that are new in a set, and a fifth of those in neither, drawn once for all.

    Parameters
    ----------
    path
        A GMT, or PanglaoDB's table.
    later
        A later release of the same sets.

    Returns
    -------
    list of FileTask
        For sets of at least 15 genes (5 new ones, where there is a later file), in the order of the file.

    Raises
    ------
    InputFileError, GeneNamesError
        If a file can't be read.
    ArgumentError
        If no set is large enough.
    """
    path = Path(path)
    sets = read_gene_sets(path)
    after = None if later is None else read_gene_sets(later)
    universe = (
        _genes_of(sets) if after is None else tuple(dict.fromkeys((*_genes_of(sets), *_genes_of(after))))
    )
    version = "; ".join(_version(one.provenance["sha256"]) for one in (sets, after) if one is not None)
    drawn = np.random.default_rng(_RNG).random(len(universe)) < _TEST_SHARE
    tasks = []
    for name, members in zip(sets.names, sets.members, strict=True):
        old = set(members)
        labels = np.array([0 if gene in old else 1 for gene in universe], dtype=np.intp)
        part: tuple[str, ...] = ()
        title = f"Genes of {name} against the other genes of {path.name}"
        if after is not None:
            new = set(dict(zip(after.names, after.members, strict=True)).get(name, ())) - old
            if len(new) < 5:
                continue
            added = np.array([gene in new for gene in universe])
            tested = added | ((labels == 1) & drawn)
            labels[added] = 0
            part = tuple(np.where(tested, "test", "train").tolist())
            title = f"Genes that a later release adds to {name} of {path.name}"
        if len(old) < MIN_SET:
            continue
        labelled = GeneLabels(universe, labels, (name, "other"), part)
        tasks.append(FileTask(f"{path.name.split('.gmt')[0]}:{name}", title, version, path.name, labelled))
    if not tasks:
        raise ArgumentError(
            f"no set of {path} has {MIN_SET} genes" + ("" if after is None else " and 5 new ones"),
            expected="sets that are large enough to learn from",
            do="use a file with larger sets",
        )
    return tasks


def _version(sha256: str) -> str:
    """Tell one state of a file from another: all that is known of a user's own."""
    return f"sha256 {sha256[:12]}"


def _genes_of(sets: GeneSets) -> tuple[str, ...]:
    return tuple(dict.fromkeys(gene for members in sets.members for gene in members))
