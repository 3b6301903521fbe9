"""A task as a TOML file describes it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genept.benchmark.tasks.files import TaskFiles
from genept.benchmark.tasks.forms import FORMS
from genept.benchmark.tasks.labels import GeneLabels, PairLabels
from genept.errors import InputFileError

_WORDS = ("title", "version", "source", "licence", "citation")
_LISTS = ("metrics", "classifiers", "leakage_words")
_METRICS = ("roc_auc", "accuracy", "balanced_accuracy")
_CLASSIFIERS = ("logistic_regression", "random_forest")


@dataclass(frozen=True)
class DescribedTask:
    """A task that a TOML file describes.

    Parameters
    ----------
    name
        Name of the file, without ``.toml``.
    title, version, source, licence, citation, metrics, classifiers, leakage_words, published
        As :class:`Task` has them.
    labels
        How the labels are read: ``form`` names the reader (:data:`FORMS`), ``files`` the files, ``datasets``
        the upstream files of the same order, and whatever else the reader asks for.
    folder
        Where the description lies, and so the files that it names without a data set.
    """

    name: str
    title: str
    version: str
    source: str
    licence: str
    citation: str
    metrics: tuple[str, ...]
    classifiers: tuple[str, ...]
    leakage_words: tuple[str, ...]
    published: tuple[Mapping[str, Any], ...]
    labels: Mapping[str, Any]
    folder: Path

    def load(self, data: Path | None = None) -> GeneLabels | PairLabels:
        """Read the labels, from files below ``data`` or from upstream by way of the cache.

        Raises
        ------
        InputFileError, FetchError, OutputError
            If the files can't be read or fetched.
        """
        settings = dict(self.labels)
        names, datasets = tuple(settings.pop("files")), tuple(settings.pop("datasets", ()))
        paths = TaskFiles(names, datasets, data, self.folder).paths()
        read = FORMS[settings.pop("form")]
        try:
            return read(paths, **settings)
        except (ValueError, KeyError, TypeError, OSError, SyntaxError) as error:
            if isinstance(error, InputFileError):
                raise
            raise InputFileError(
                f"no labels of {self.name} in {', '.join(map(str, paths))} ({error!r})",
                expected=f"files as {self.source} has them",
                do="check the files, or fetch them again: genept data fetch --refresh",
            ) from error


def read_task(path: Path) -> DescribedTask:
    """Read the description of a task.

    Parameters
    ----------
    path
        A TOML file; those in ``genept/benchmark/tasks/builtin`` are examples.

    Raises
    ------
    InputFileError
        If it can't be read, lacks something, or has what isn't known.
    """
    try:
        with path.open("rb") as file:
            said = tomllib.load(file)
    except (OSError, ValueError) as error:
        raise _wrong(path, str(error)) from error
    labels = said.get("labels")
    if not isinstance(labels, dict) or labels.get("form") not in FORMS or not labels.get("files"):
        raise _wrong(path, f"[labels] needs files, and a form of {', '.join(FORMS)}")
    for word in _WORDS:
        if not isinstance(said.get(word), str):
            raise _wrong(path, f"{word} is missing, or is no text")
    for words in _LISTS:
        if not isinstance(said.get(words, []), list):
            raise _wrong(path, f"{words} is no list")
    for kind, known in (("metrics", _METRICS), ("classifiers", _CLASSIFIERS)):
        if not said.get(kind) or not set(said[kind]) <= set(known):
            raise _wrong(path, f"{kind} must be some of {', '.join(known)}")
    if "roc_auc" in said["metrics"] and len(said["metrics"]) > 1:
        raise _wrong(path, "roc_auc, which ranks two classes, doesn't go with the metrics of classes")
    if unknown := sorted(said.keys() - {*_WORDS, *_LISTS, "labels", "published"}):
        raise _wrong(path, f"{unknown[0]} isn't known")
    return DescribedTask(
        name=path.stem,
        labels=labels,
        published=tuple(said.get("published", ())),
        folder=path.parent,
        title=said["title"],
        version=said["version"],
        source=said["source"],
        licence=said["licence"],
        citation=said["citation"],
        metrics=tuple(said["metrics"]),
        classifiers=tuple(said["classifiers"]),
        leakage_words=tuple(said.get("leakage_words", ())),
    )


def _wrong(path: Path, what: str) -> InputFileError:
    return InputFileError(
        f"{path} describes no task ({what})",
        expected="a TOML file as CONTRIBUTING.md shows under 'Add a task'",
        do="correct the file",
    )
