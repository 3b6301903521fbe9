"""What of a model's words is a summary of a gene, or why they are none."""

import re

from genept.remote.chat import UnusableError
from genept.texts.clean import one_line
from genept.texts.generated.prompt import UNKNOWN

_IS_UNKNOWN = re.compile(rf"\W*{UNKNOWN}\b.*|\W*(?i:{UNKNOWN})\W*", re.DOTALL)
# A summary of a gene never begins like this.
_IS_REFUSAL = re.compile(r"(?:(?:i.m |i am )?sorry|i cannot|i can.t|i can not|as an ai)\b", re.IGNORECASE)


def summary_of(words: str) -> str | None:
    r"""Give the summary in one line; ``None`` where the model says that it doesn't know the gene.

    Raises
    ------
    UnusableError
        If it is a refusal.

    Examples
    --------
    >>> summary_of(" An\nenzyme. ")
    'An enzyme.'
    """
    text = one_line(words)
    if _IS_REFUSAL.match(text):
        raise UnusableError("the model refused to answer")
    return None if _IS_UNKNOWN.fullmatch(text) else text
