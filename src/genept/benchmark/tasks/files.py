"""Where the files of a task lie."""

from dataclasses import dataclass
from pathlib import Path

from genept.datasets import fetch
from genept.errors import InputFileError


@dataclass(frozen=True)
class TaskFiles:
    """The files of a task: below a folder of the user's, beside their description, or fetched.

    Parameters
    ----------
    names
        Paths below the user's folder, with ``/``.
    datasets
        Upstream files of the same order, by the names of ``genept data list``; none for a user's own task.
    data
        The user's folder, if any.
    folder
        Where the description lies.
    """

    names: tuple[str, ...]
    datasets: tuple[str, ...]
    data: Path | None
    folder: Path

    def paths(self) -> list[Path]:
        """Find every file, fetching what has to be fetched.

        Raises
        ------
        InputFileError
            If one isn't where it should be.
        FetchError, OutputError
            If one can't be fetched or kept.
        """
        if self.data is None and self.datasets:
            return [fetch(name).path for name in self.datasets]
        # What can't be fetched is a user's own, and lies beside its description.
        below = self.data if self.data is not None and self.datasets else self.folder
        found = [below / name for name in self.names]
        for path in found:
            if not path.is_file():
                raise InputFileError(
                    f"{path} is not there",
                    expected="the task's file",
                    do="put it there, or name another folder with --data (data= in Python); without a folder "
                    "it is fetched",
                )
        return found
