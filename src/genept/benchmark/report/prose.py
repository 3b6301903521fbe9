"""Numbers and names as parts of sentences."""

from collections.abc import Sequence


def join_names(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    Examples
    --------
    >>> join_names(["A", "B", "C"]), join_names(["A"])
    ('A, B and C', 'A')
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else "none"


def number_of(n: int, one: str, many: str = "") -> str:
    """Say how many there are of something.

    Examples
    --------
    >>> number_of(1, "task"), number_of(1300, "task"), number_of(0, "class", "classes")
    ('1 task', '1,300 tasks', '0 classes')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
