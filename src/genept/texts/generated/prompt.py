"""What the model is asked: a fixed text with a version."""

from genept.remote.chat import Manner

# Counts up with any change to the messages or to the two numbers below, which makes all answers be
# asked for again. A test holds the version and the words together.
PROMPT_VERSION = "1"
TEMPERATURE = 0.0
# Three times what 80 words take: what reaches it has gone astray.
MAX_TOKENS = 400
MANNER = Manner(
    needed_by="the source 'generated'",
    prompt_version=PROMPT_VERSION,
    temperature=TEMPERATURE,
    max_tokens=MAX_TOKENS,
)

UNKNOWN = "UNKNOWN"

_SYSTEM = f"""\
You write the summary paragraph of an entry in a gene database. The user names one gene; take it for the \
human gene unless the way its symbol is written points to another species.

Write one paragraph of plain prose of 70 to 80 words. Name the gene once, by its symbol. Say, as far as \
it is well established: what the gene encodes and which family the product belongs to; what the product \
does; in which tissues, cell types and part of the cell it is found; which pathway or process it takes part \
in; and which disease it is known for.

State only what you are confident of, and leave out the rest without saying so. Give no citations, links, \
headings, lists or other markup, and no remark about yourself or about this task. If you do not know the \
gene, answer with exactly {UNKNOWN} and nothing else."""


def messages_for(symbol: str, full_name: str = "") -> list[dict[str, str]]:
    """Write the messages that ask for one gene's summary.

    Parameters
    ----------
    symbol
        The gene's symbol.
    full_name
        Its name in words; empty where it isn't known.

    Returns
    -------
    list of dict
        A system and a user message, each with ``role`` and ``content``.

    Examples
    --------
    >>> print(messages_for("LYZ", "lysozyme")[1]["content"])
    Symbol: LYZ
    Name: lysozyme
    """
    gene = f"Symbol: {' '.join(symbol.split())}"
    if full_name.strip():
        gene += f"\nName: {' '.join(full_name.split())}"
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": gene}]
