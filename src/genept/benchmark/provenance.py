"""Where the numbers come from, as ``provenance.json``."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from genept import __version__
from genept.atomic import written_whole
from genept.benchmark.plan import Settings
from genept.benchmark.tasks import Task
from genept.benchmark.texts_behind import TextsBehind
from genept.datasets.verify import digest_of
from genept.embeddings import GeneEmbeddings

_LIBRARIES = ("numpy", "scipy", "pandas", "scikit-learn")


def write_provenance(
    path: Path,
    embeddings: Mapping[str, GeneEmbeddings],
    behind: Mapping[str, TextsBehind],
    *,
    tasks: Sequence[Task],
    settings: Settings,
    expression: Path | None = None,
) -> None:
    """Write what was scored, on what, and by which versions; no date, so that a rerun gives the same file.

    Parameters
    ----------
    path
        The file.
    embeddings, behind
        Gene embeddings by name, and what is known of their texts.
    tasks
        The tasks.
    settings
        How they were scored.
    expression
        Cells of a control, if any.
    """
    said = {
        "genept": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "settings": asdict(settings),
        **(
            {}
            if expression is None
            else {"expression": {"file": expression.name, "sha256": digest_of(expression)}}
        ),
        "embeddings": {
            name: {
                "genes": len(genes.genes),
                "dimensions": genes.dimensions,
                "texts known": behind[name].said,
                **genes.provenance,
            }
            for name, genes in embeddings.items()
        },
        "tasks": {
            task.name: {
                "title": task.title,
                "version": task.version,
                "source": task.source,
                "licence": task.licence,
                "citation": task.citation,
            }
            for task in tasks
        },
        "published": [{"task": task.name, **one} for task in tasks for one in task.published],
    }
    with written_whole(path) as draft:
        draft.write_text(json.dumps(said, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
