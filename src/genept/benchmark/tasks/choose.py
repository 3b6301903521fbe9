"""Which tasks are meant."""

from collections.abc import Sequence
from pathlib import Path

from genept.benchmark.tasks.from_files import edge_task, gene_set_tasks
from genept.benchmark.tasks.task import Task, get_task, tasks
from genept.errors import ArgumentError


def choose_tasks(
    asked: Sequence[str | Path | Task] | None = None,
    *,
    gene_sets: Sequence[str | Path] = (),
    later_gene_sets: str | Path | None = None,
    edges: Sequence[str | Path] = (),
) -> list[Task]:
    """Find the tasks that are asked for.

    Parameters
    ----------
    asked
        Names, TOML files or tasks. By default all that are registered; none where files are given.
    gene_sets, later_gene_sets, edges
        Files that become tasks (:func:`gene_set_tasks`, :func:`edge_task`).

    Raises
    ------
    UnknownNameError
        If no task of a name is registered.
    InputFileError
        If a file can't be read.
    ArgumentError
        If two tasks have one name, or there is a later file of gene sets without one earlier.
    """
    if later_gene_sets is not None and len(gene_sets) != 1:
        raise ArgumentError(
            f"later gene sets to {len(gene_sets)} files of gene sets",
            expected="one earlier file of the same sets",
            do="name it with --gene-sets (gene_sets= in Python)",
        )
    if asked is None:
        asked = [] if gene_sets or edges else tasks.names()
    chosen: list[Task] = [get_task(one) for one in asked]
    for path in gene_sets:
        chosen += gene_set_tasks(path, later=later_gene_sets)
    chosen += [edge_task(path) for path in edges]
    names = [task.name for task in chosen]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise ArgumentError(
            f"two tasks named {twice[0]!r}" if twice else "no task",
            expected="one task or more, each of another name",
            do="rename one of the files" if twice else "name a task (genept benchmark tasks)",
        )
    return chosen
