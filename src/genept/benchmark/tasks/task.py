"""The protocol of a task, and the tasks by name."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from genept.benchmark.tasks.described import read_task
from genept.benchmark.tasks.labels import GeneLabels, PairLabels
from genept.registry import Registry

_BUILTIN = Path(__file__).parent / "builtin"


@runtime_checkable
class Task(Protocol):
    """What genes, or pairs of genes, are to be told apart, where that is known from, and how it is scored.

    Tasks are data: most are a TOML file (:func:`read_task`). ``genept.testing.TaskConformance`` checks one.
    """

    @property
    def name(self) -> str:
        """The name under which users ask for it."""
        ...

    @property
    def title(self) -> str:
        """What is asked, in a line."""
        ...

    @property
    def version(self) -> str:
        """Release or date of the labels."""
        ...

    @property
    def source(self) -> str:
        """Where the labels come from."""
        ...

    @property
    def licence(self) -> str:
        """On what terms."""
        ...

    @property
    def citation(self) -> str:
        """What to cite."""
        ...

    @property
    def metrics(self) -> Sequence[str]:
        """Names of the metrics; the first decides where something is chosen."""
        ...

    @property
    def classifiers(self) -> Sequence[str]:
        """Names of the classifiers that the protocol ``paper`` uses."""
        ...

    @property
    def leakage_words(self) -> Sequence[str]:
        """Words that say the label; a stem ends in ``*``."""
        ...

    @property
    def published(self) -> Sequence[Mapping[str, Any]]:
        """Published numbers: ``embedding``, ``classifier``, ``metric``, ``value``, ``source``."""
        ...

    def load(self, data: Path | None = None) -> GeneLabels | PairLabels:
        """Read the labels, from files below ``data`` or from upstream by way of the cache.

        Raises
        ------
        InputFileError, FetchError, OutputError
            If the files can't be read or fetched.
        """
        ...


tasks: Registry[Task] = Registry(
    "task",
    group="genept.tasks",
    builtins={path.stem: partial(read_task, path) for path in sorted(_BUILTIN.glob("*.toml"))},
)


def get_task(task: "str | Path | Task") -> Task:
    """Find a task by its name, read it from a TOML file, or give it back as it is.

    Raises
    ------
    UnknownNameError
        If no task of that name is registered.
    InputFileError
        If the file can't be read, or describes no task.

    Examples
    --------
    >>> get_task("dosage_sensitivity").metrics
    ('roc_auc',)
    """
    if isinstance(task, Path) or (isinstance(task, str) and task.endswith(".toml")):
        return read_task(Path(task))
    return tasks.create(task) if isinstance(task, str) else task
