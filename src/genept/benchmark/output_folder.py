"""The folder of a benchmark: new, or one where a run was broken off."""

from importlib.util import find_spec
from pathlib import Path

from genept.atomic import writing
from genept.errors import MissingDependencyError, OutputError, name_some


def open_output(folder: Path, *, resume: bool) -> Path:
    """Make the folder, or go on in it.

    Parameters
    ----------
    folder
        Where to write.
    resume
        Whether a run that was broken off there goes on.

    Raises
    ------
    OutputError
        If it can't be written to, isn't empty, or holds what no benchmark left there.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        there = sorted(path.name for path in folder.iterdir())
    if there and not resume:
        raise OutputError(
            f"the folder {folder} isn't empty: it holds {name_some(there)}",
            expected="a new folder, or one where a run was broken off",
            do="name another with -o, or go on there with --resume (resume=True in Python)",
        )
    if there and not {"jobs", "predictions"} <= set(there):
        raise OutputError(
            f"the folder {folder} holds {name_some(there)}, which no benchmark left there",
            expected="a folder where a run was broken off",
            do="name another with -o",
        )
    return folder


def need_figures() -> None:
    """Raise, before hours of work, if a library of the report is missing.

    Raises
    ------
    MissingDependencyError
        Naming those that are missing.
    """
    missing = [name for name in ("matplotlib", "umap", "jinja2") if find_spec(name) is None]
    if missing:
        raise MissingDependencyError(
            f"the report needs {', '.join(missing)}, which isn't installed",
            expected="matplotlib, umap-learn and Jinja2",
            do="pip install 'genept[plot]'",
        )
