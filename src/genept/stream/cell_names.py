"""Names of cells, read only for the cells asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genept.stream.layout import index_element
from genept.stream.stored_file import StoredFile


@dataclass(frozen=True, eq=False)
class CellNames:
    """The index of ``obs`` as it is stored.

    Parameters
    ----------
    file
        Where it is stored.
    element
        Its name there.
    """

    file: StoredFile
    element: str

    @classmethod
    def look(cls, file: StoredFile) -> "CellNames":
        """Find out which element holds them.

        Raises
        ------
        InputFileError
            If none does.
        """
        element = index_element(file, "obs")
        if len(file.element(element).shape) != 1:
            raise file.damaged(
                f"{element} has the shape {file.element(element).shape}", expected="a name for every cell"
            )
        return cls(file, element)

    def __len__(self) -> int:
        return int(self.file.element(self.element).shape[0])

    def names(self, rows: slice | Sequence[int]) -> list[str]:
        """See ``Cells.names``."""
        numbers = np.asarray(range(len(self))[rows] if isinstance(rows, slice) else rows)
        if not len(numbers):
            return []
        with self.file.reading(self.element):
            stored = self.file.element(self.element)
            if not self.file.is_folder and stored.dtype.kind in "OS":
                stored = stored.asstr()
            # HDF5 gives places in ascending order only, and each once.
            places, back = np.unique(numbers, return_inverse=True)
            together = places[-1] - places[0] + 1 == len(places)
            self.file.check_chunks(self.element, int(places[0]), int(places[-1]) + 1)
            found = stored[places[0] : places[-1] + 1] if together else stored[places]
            return [str(found[i]) for i in back]
