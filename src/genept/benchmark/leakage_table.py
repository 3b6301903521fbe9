"""The leakage report: who carries a label's words, and what is left of the score without them."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from genept.benchmark.leakage import leakage, masked
from genept.benchmark.leakage.named_genes import NamedGenes
from genept.benchmark.plan import PlannedTask
from genept.benchmark.report.choices import main_features
from genept.benchmark.representations import NotComputed, Representation
from genept.benchmark.sample import Sample
from genept.benchmark.texts_behind import TextsBehind
from genept.embeddings import GeneEmbeddings
from genept.texts import GeneTexts

if TYPE_CHECKING:
    from genept.benchmark.kept import Row

log = logging.getLogger(__name__)

COLUMNS = (
    "task",
    "embedding",
    "words",
    "class",
    "n",
    "n_with_words",
    "share",
    "score",
    "masked_score",
    "note",
)


class LeakageTable:
    """Collects the leakage of one task after the other.

    Parameters
    ----------
    embeddings
        Gene embeddings by name.
    behind
        What is known of the texts of each.
    is_masked
        Whether texts are embedded again without the words.
    """

    def __init__(
        self,
        embeddings: Mapping[str, GeneEmbeddings],
        behind: Mapping[str, TextsBehind],
        *,
        is_masked: bool,
    ) -> None:
        self._embeddings, self._behind, self._is_masked = embeddings, behind, is_masked
        self._rows: list[Row] = []
        self._metric: dict[str, str] = {}
        self._named: dict[int, NamedGenes] = {}

    def add(self, planned: PlannedTask) -> list[Representation | NotComputed]:
        """Count a task's leakage, and mask what leaks.

        Parameters
        ----------
        planned
            The task.

        Returns
        -------
        list
            For each embedding its masked texts, or why there are none; nothing where nothing is to be masked.
        """
        task = planned.task
        self._metric[task.name] = task.metrics[0]
        made: list[Representation | NotComputed] = []
        for name, genes in self._embeddings.items():
            sample, own_rows = planned.samples.get(name, (None, None))
            if sample is None or own_rows is None or not (task.leakage_words or sample.second is not None):
                continue
            texts = self._behind[name].texts
            if texts is None:
                self._rows.append({"task": task.name, "embedding": name, "note": self._behind[name].said})
                continue
            # (n_genes,) row of each gene of the sample in the texts, -1 where its text isn't known.
            rows = texts.genes.locate([genes.genes.symbols[row] for row in own_rows])
            named = None if sample.second is None else self._names_in(texts)
            words = list(task.leakage_words)
            self._rows += [
                {
                    "task": task.name,
                    "embedding": name,
                    "words": leak.words,
                    "class": leak.of_class,
                    "n": leak.n,
                    "n_with_words": leak.n_with_words,
                    "share": leak.share,
                    "note": leak.note,
                }
                for leak in leakage(texts, _by_class(sample, rows), words, named=named)
            ]
            if self._is_masked:
                log.info("masking what gives the labels of %s away in the texts of %s", task.name, name)
                # Names of the partners of all pairs: those of positive ones alone would be gone by the label.
                pairs = None if sample.second is None else rows[sample.pairs]
                made.append(masked(name, genes, self._behind[name], words=words, pairs=pairs, named=named))
        return made

    def frame(self, summary: pd.DataFrame) -> pd.DataFrame:
        """Give ``leakage.csv``: the shares, beside the scores with and without the words.

        Parameters
        ----------
        summary
            What ``summary.csv`` holds, of which logistic regression counts.
        """
        table = pd.DataFrame(self._rows, columns=list(COLUMNS))
        deciding = summary["metric"] == summary["task"].map(self._metric)
        linear = summary["classifier"] == "logistic_regression"
        main = {task: main_features(rows) for task, rows in summary.groupby("task")}
        scores = summary[deciding & linear & summary["features"].eq(summary["task"].map(main))]
        whole = scores[scores["kind"] == "embedding"].set_index(["task", "embedding"])["mean"]
        without = scores[scores["kind"] == "masked"].set_index(["task", "about"])["mean"]
        keys = pd.MultiIndex.from_frame(table[["task", "embedding"]])
        table["score"] = whole.reindex(keys).to_numpy()
        table["masked_score"] = without.reindex(keys).to_numpy()
        return table

    def _names_in(self, texts: GeneTexts) -> NamedGenes:
        if id(texts) not in self._named:
            self._named[id(texts)] = NamedGenes(texts)
        return self._named[id(texts)]


def _by_class(sample: Sample, rows: NDArray[np.intp]) -> dict[str, NDArray[np.intp]]:
    labelled = rows[sample.first] if sample.second is None else rows[sample.pairs]
    return {name: labelled[sample.labels == label] for label, name in enumerate(sample.classes)}
