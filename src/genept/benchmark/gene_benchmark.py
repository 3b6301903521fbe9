"""The gene benchmark: embeddings and controls on tasks, to tables, figures and a report."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from genept.benchmark.class_map import draw_class_map
from genept.benchmark.controls import make_controls
from genept.benchmark.gene_tables import Planned, write_tables
from genept.benchmark.jobs import Protocol
from genept.benchmark.kept import KeptJobs
from genept.benchmark.leakage_table import LeakageTable
from genept.benchmark.output_folder import need_figures, open_output
from genept.benchmark.plan import Settings, Together, plan_task, refuse_families, resolver_for
from genept.benchmark.provenance import write_provenance
from genept.benchmark.report import write_gene_report
from genept.benchmark.representations import EMBEDDING, NotComputed, Representation
from genept.benchmark.run_jobs import run_jobs
from genept.benchmark.tasks import GeneLabels, PairLabels, Task, choose_tasks
from genept.benchmark.texts_behind import all_texts_behind
from genept.embeddings import GeneEmbeddings
from genept.errors import ArgumentError
from genept.genes import Resolver
from genept.h5ad import read_h5ad
from genept.texts import GeneTexts

log = logging.getLogger(__name__)


def benchmark_genes(
    embeddings: Mapping[str, GeneEmbeddings],
    output: str | Path,
    *,
    tasks: Sequence[str | Path | Task] | None = None,
    gene_sets: Sequence[Path] = (),
    later_gene_sets: Path | None = None,
    edges: Sequence[Path] = (),
    protocol: Protocol = "rigorous",
    data: Path | None = None,
    texts: GeneTexts | None = None,
    expression: Path | None = None,
    features: Sequence[str] = ("sum",),
    classifiers: Sequence[str] | None = None,
    keep_together: Together = "gene",
    controls: bool = True,
    n_permutations: int = 0,
    rng: int = 2023,
    n_jobs: int | None = None,
    resume: bool = False,
) -> pd.DataFrame:
    """Score gene embeddings on gene-level tasks, beside controls, and write tables, figures and a report.

    Parameters
    ----------
    embeddings
        Gene embeddings by name.
    output
        The folder to write to: ``results.csv`` (a row for each fold), ``summary.csv`` (means and 95 %
        intervals), ``differences.csv``, ``labels.csv``, ``leakage.csv``, ``provenance.json``,
        ``predictions``, figures and ``report.html``.
    tasks
        Names of tasks (``genept benchmark tasks``), TOML files or tasks. By default all that are registered;
        none of them where gene sets or edges are given.
    gene_sets, later_gene_sets, edges
        Files that become tasks: GMTs, each set against the rest; a later GMT, whose additions to the only one
        of ``gene_sets`` are to be found; edge lists.
    protocol
        ``"rigorous"``, fair, or ``"paper"``, the reference with its quirks.
    data
        Folder of the tasks' files, as the reference has them. By default they are fetched.
    texts
        The texts that were embedded; by default those that the embeddings' provenance names, if their files
        are in the cache. Without them some controls can't be made, and say so.
    expression
        Cells x genes (``.h5ad``), whose PCA becomes a control.
    features
        How a pair's features are made of two vectors; the sum is the paper's.
    classifiers
        Names of classifiers; by default those of each task.
    keep_together
        What is never on both sides of a split: a ``"gene"``, or a whole ``"family"`` (HGNC gene group).
    controls
        Whether to score controls and masked texts beside the embeddings.
    n_permutations
        Runs on labels (of pairs: vectors) in random order, for a p-value; they cost as much each
        as a score. None by default.
    rng
        Seed of everything that is drawn; 2023 is the paper's.
    n_jobs
        Jobs at a time; by default one for each processor. Results don't depend on it.
    resume
        Go on in a folder where a run was broken off: what was scored from the same input is kept.

    Returns
    -------
    pandas.DataFrame
        What ``summary.csv`` holds: one row for each task, representation, classifier and metric.

    Raises
    ------
    ArgumentError
        If arguments don't go together.
    UnknownNameError
        If there is no task of a name.
    InputFileError, FetchError
        If the files of a task can't be read or fetched.
    OutputError
        If the folder can't be written to, or holds something else.
    MissingDependencyError
        If a library for the figures or the report isn't installed.
    """
    settings = Settings(
        protocol=protocol,
        features=tuple(features),
        keep_together=keep_together,
        classifiers=tuple(classifiers) if classifiers else None,
        n_permutations=n_permutations,
        rng=rng,
    )
    if not embeddings:
        raise ArgumentError("no gene embeddings", expected="one or more", do="give some")
    chosen = choose_tasks(tasks, gene_sets=gene_sets, later_gene_sets=later_gene_sets, edges=edges)
    need_figures()
    folder = open_output(Path(output), resume=resume)
    # Whatever can't be read fails now, before hours of work.
    labels = {task.name: task.load(data) for task in chosen}
    cells = None if expression is None else read_h5ad(expression)
    behind = all_texts_behind(embeddings, texts)
    asked: list[Representation | NotComputed] = [
        Representation(name, EMBEDDING, genes.genes, genes.vectors) for name, genes in embeddings.items()
    ]
    if keep_together == "family":
        refuse_families(embeddings)
    if controls:
        asked += make_controls(embeddings, behind, expression=cells, seed=rng)
    _refuse_shared_names(asked)
    leakage = LeakageTable(embeddings, behind, is_masked=controls and protocol == "rigorous")
    resolver = resolver_for(embeddings)
    planned = [
        _plan(task, labels[task.name], asked, resolver=resolver, settings=settings, leakage=leakage)
        for task in chosen
    ]
    kept = KeptJobs(folder)
    rows = run_jobs([job for one in planned for job in one.plan.jobs], kept, n_jobs=n_jobs)
    summary = write_tables(folder, rows, planned, kept=kept, leakage=leakage, settings=settings)
    write_provenance(
        folder / "provenance.json", embeddings, behind, tasks=chosen, settings=settings, expression=expression
    )
    for one in planned:
        draw_class_map(folder, one.plan, embeddings)
    write_gene_report(folder)
    return summary


def _plan(
    task: Task,
    labels: GeneLabels | PairLabels,
    asked: list[Representation | NotComputed],
    *,
    resolver: Resolver,
    settings: Settings,
    leakage: LeakageTable,
) -> Planned:
    log.info("preparing %s", task.name)
    made = [one for one in asked if isinstance(one, Representation)]
    plan = plan_task(task, labels, made, resolver=resolver, settings=settings)
    masked = leakage.add(plan)
    also = [one for one in masked if isinstance(one, Representation)]
    if also:
        # Scored on the same genes as all others, and so all others on the same genes as these.
        plan = plan_task(task, labels, [*made, *also], resolver=resolver, settings=settings)
    return Planned(plan, (*asked, *masked))


def _refuse_shared_names(asked: Sequence[Representation | NotComputed]) -> None:
    names = [one.name for one in asked]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ArgumentError(
            f"an embedding named {twice[0]!r}, as a control is",
            expected="a name of its own for each",
            do="name it otherwise: --genes NAME=FILE",
        )
