"""What every task must pass."""

import numpy as np

from genept.benchmark.statistics import METRICS
from genept.benchmark.tasks import GeneLabels, PairLabels, Task


class TaskConformance:
    """Checks of the protocol :class:`genept.benchmark.tasks.Task`."""

    def make(self) -> Task:
        """Make the task under test."""
        raise NotImplementedError("say in your subclass how to make the task")

    def test_is_a_task(self) -> None:
        """It has all that the protocol names, and says where it comes from."""
        task = self.make()
        assert isinstance(task, Task)
        words = (task.name, task.title, task.version, task.source, task.licence, task.citation)
        assert all(isinstance(word, str) for word in words)
        assert all((task.name, task.title, task.source, task.licence))
        assert task.metrics
        assert set(task.metrics) <= set(METRICS)
        assert task.classifiers
        assert all(word.strip("*").strip() for word in task.leakage_words)
        assert all({"embedding", "metric", "value", "source"} <= set(one) for one in task.published)

    def test_labels(self) -> None:
        """Its labels are of genes or of pairs, and of two classes at least, or all positive pairs."""
        labels = self.make().load()
        assert isinstance(labels, GeneLabels | PairLabels)
        assert len(labels) > 0
        if isinstance(labels, GeneLabels):
            assert len(set(labels.labels.tolist())) > 1
            assert all(name.strip() for name in labels.names)
        else:
            assert 1 in labels.labels

    def test_same_again(self) -> None:
        """Loading twice gives the same labels in the same order."""
        first, second = self.make().load(), self.make().load()
        assert np.array_equal(first.labels, second.labels)
        assert first.part == second.part
