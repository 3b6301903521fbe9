"""Which scores stand for an analysis of cells, what they are called, and which way is better."""

import re
from dataclasses import dataclass

import pandas as pd

from genept.benchmark.report.cell_files import CellResults
from genept.benchmark.report.choices import called

ASSOCIATION, ANNOTATION, BATCH, PHENOTYPE = "association", "annotation", "batch", "phenotype"
TRANSFER = "transfer"
K_MEANS, NEAREST, LOGISTIC = "k-means", "10-NN cosine", "logistic_regression"
BY_MEAN = "logistic_regression by sample mean"
# How far clusters and labels agree.
AGREEMENT = ("ari", "ami", "nmi")
# Baselines and controls that stand for the others, where they are there.
EXPRESSION = "PCA"
RANDOM, NAMES_ALONE = "random gene vectors", "gene names alone"
WEIGHTED = "GenePT-w"

_CALLED = {
    "ari": "ARI",
    "ami": "AMI",
    "nmi": "NMI",
    "asw_euclidean": "ASW, Euclidean",
    "asw_cosine": "ASW, cosine",
    "macro_f1": "macro F1",
    "roc_auc": "ROC AUC",
    "ilisi": "iLISI",
    "clisi": "cLISI",
    "kbet": "kBET",
    "asw_batch": "batch ASW",
    NEAREST: "10-NN",
    "voting": "vote of a sample's cells",
}
_WHOLE = re.compile(r"\d+ x \d+ folds|80/20")


@dataclass(frozen=True)
class Question:
    """One score of an analysis.

    Parameters
    ----------
    analysis, method, metric
        Names, as in the results.
    """

    analysis: str
    method: str
    metric: str

    def __str__(self) -> str:
        return f"{named(self.method)} {named(self.metric)}"


# Each stands for its analysis where data sets are compared; the first of each is named in the head.
QUESTIONS = (
    Question(ASSOCIATION, K_MEANS, "ari"),
    Question(ASSOCIATION, K_MEANS, "ami"),
    Question(ANNOTATION, NEAREST, "accuracy"),
    Question(ANNOTATION, NEAREST, "macro_f1"),
    Question(ANNOTATION, LOGISTIC, "accuracy"),
    Question(ANNOTATION, LOGISTIC, "macro_f1"),
)
HEADLINES = (QUESTIONS[0], QUESTIONS[2])
PHENOTYPES = (
    Question(PHENOTYPE, BY_MEAN, "roc_auc"),
    Question(PHENOTYPE, BY_MEAN, "balanced_accuracy"),
)


def named(name: str) -> str:
    """Name a method or a metric in words.

    Examples
    --------
    >>> named("ari"), named("10-NN cosine"), named("logistic_regression")
    ('ARI', '10-NN', 'logistic regression')
    """
    return _CALLED.get(name, called(name))


def rows_of(
    results: CellResults, dataset: str, question: Question, *, split: str | None = None
) -> pd.DataFrame:
    """Choose the rows of the summary that answer a question about a data set, of one split.

    By default the main split: one over all cells (repeated folds, or 80/20) if there is one, else the first.
    """
    summary = results.summary
    rows = summary[
        summary["dataset"].eq(dataset)
        & summary["analysis"].eq(question.analysis)
        & summary["method"].eq(question.method)
        & summary["metric"].eq(question.metric)
    ]
    splits = list(dict.fromkeys(rows["split"]))
    if split is None:
        split = next((one for one in splits if _WHOLE.fullmatch(one)), next(iter(splits), ""))
    of_split = rows["split"] == split
    if not of_split.any():
        return pd.DataFrame(rows[of_split])
    return pd.DataFrame(rows[of_split & rows["target"].eq(rows.loc[of_split, "target"].iloc[0])])


def is_or_are(name: str) -> str:
    """Say the verb of a representation's name, which some controls have in the plural.

    Examples
    --------
    >>> is_or_are("PCA"), is_or_are("random gene vectors")
    ('is', 'are')
    """
    return "are" if name.startswith((RANDOM, NAMES_ALONE)) else "is"


def whose(name: str) -> str:
    """Gene embedding that a representation is made with, or that a control is about; empty if none.

    Examples
    --------
    >>> whose("GenePT-w (minilm)"), whose("gene names alone (minilm)"), whose("PCA")
    ('minilm', 'minilm', '')
    """
    found = re.search(r" \((.+)\)$", name)
    return found[1] if found else ""


def expression_of(results: CellResults) -> str:
    """Baseline that stands for the expression itself: its PCA, or else the first; empty if none."""
    baselines = results.names("baseline")
    return EXPRESSION if EXPRESSION in baselines else next(iter(baselines), "")


def controls_of(results: CellResults, embedding: str, control: str) -> list[str]:
    """Name the controls of a sort that are about an embedding, or about all."""
    return [
        name
        for name in results.names("control")
        if (name == control or name.startswith(f"{control} (")) and whose(name) in ("", whose(embedding))
    ]
