"""The part of the page that is about one task."""

import pandas as pd

from genept.benchmark.predictions import Predicted
from genept.benchmark.report.blocks import Block, Paragraph, Section, SideBySide
from genept.benchmark.report.choices import CLASSIFIERS, METRICS, called, main_features, ordered
from genept.benchmark.report.gene_figures import draw_confusion, draw_curves, draw_scores
from genept.benchmark.report.gene_files import GeneResults
from genept.benchmark.report.gene_tables import difference_table, leakage_table, score_table
from genept.benchmark.report.prose import number_of


def task_section(results: GeneResults, task: str, *, drawn: bool) -> Section:
    """Say what a task is, and what came out.

    Parameters
    ----------
    results
        What a gene benchmark left.
    task
        Its name.
    drawn
        Whether with figures, which are written into the results' folder.

    Returns
    -------
    Section
        Labels, figures, scores, differences, leakage.
    """
    rows = results.summary[results.summary["task"] == task]
    blocks: list[Block] = [Paragraph(_about(results, task))]
    if rows.empty:
        blocks.append(Paragraph("Nothing was scored."))
        return Section(results.title(task), blocks)
    features = main_features(rows)
    main = rows[rows["features"] == features]
    if drawn:
        blocks += _figures(results, task, main)
    title = results.title(task)
    named = f" of the pairs' features “{called(features)}”" if features else ""
    blocks.append(score_table(main, f"{title}: scores{named}"))
    others = rows[rows["features"] != features]
    if len(others):
        blocks.append(score_table(others, f"{title}: scores of other features of the pairs", folded=True))
    return Section(title, [*blocks, *_differences_and_leakage(results, task)])


def _about(results: GeneResults, task: str) -> str:
    versions = results.results.loc[results.results["task"] == task, "task_version"]
    version = next((f", version {one}" for one in versions if one), "")
    said = [f"Task {task}{version}."]
    known = results.labels[results.labels["task"] == task]
    if known.empty:
        return f"{said[0]} Nothing is known of its labels."
    label = known.iloc[0]
    if label["classes"]:
        said.append(f"Classes: {label['classes']}.")
    numbers = [
        f"{name} {int(label[name]):,}"
        for name in ("listed", "found", "lost", "repeated", "conflicting", "kept")
        if pd.notna(label[name])
    ]
    if numbers:
        said.append(f"Labels: {', '.join(numbers)}.")
    if label["groups"]:
        said.append(f"Groups: {label['groups']}.")
    if label["note"]:
        said.append(f"{str(label['note']).removesuffix('.')}.")
    return " ".join(said)


def _figures(results: GeneResults, task: str, main: pd.DataFrame) -> list[Block]:
    by_metric = [main[main["metric"] == metric] for metric in ordered(main["metric"], METRICS)]
    charts: list[Block] = [
        draw_scores(results, task, rows) for rows in by_metric if rows["mean"].notna().any()
    ]
    return [*charts, *_curves_or_matrices(results, task, main)] if charts else []


def _curves_or_matrices(results: GeneResults, task: str, main: pd.DataFrame) -> list[Block]:
    classifiers = ordered(main.loc[main["mean"].notna(), "classifier"], CLASSIFIERS)
    features = main_features(main)
    curves = [draw_curves(results, task, classifier, features) for classifier in classifiers]
    drawn = [curve for curve in curves if curve is not None]
    if drawn:
        return [SideBySide(drawn)]
    matrices = [
        draw_confusion(results, Predicted(task, name, classifier, features))
        for name in results.names("embedding")
        for classifier in classifiers[:1]
    ]
    shown = [matrix for matrix in matrices if matrix is not None]
    return [*shown] if shown else [Paragraph("There are no predictions of this task to draw curves of.")]


def _differences_and_leakage(results: GeneResults, task: str) -> list[Block]:
    title = results.title(task)
    blocks: list[Block] = []
    differences = results.differences[results.differences["task"] == task]
    if len(differences):
        blocks.append(
            difference_table(differences, f"{title}: {number_of(len(differences), 'paired difference')}")
        )
    leakage = results.leakage[results.leakage["task"] == task]
    if len(leakage):
        blocks.append(leakage_table(leakage, f"{title}: words of the labels in the texts."))
    return blocks
