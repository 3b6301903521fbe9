"""Questions about genes."""

from genept.genes import GeneTable
from genept.remote.chat import Question
from genept.texts.generated.prompt import messages_for
from genept.texts.generated.summary import summary_of


def questions_about(genes: GeneTable) -> list[Question]:
    """Write one question for each gene, in order.

    Examples
    --------
    >>> first, second = questions_about(GeneTable(("LYZ", "CD3E")))
    >>> first.sha256 == second.sha256
    False
    """
    pairs = zip(genes.symbols, genes.full_names, strict=True)
    return [Question(symbol, messages_for(symbol, full_name), summary_of) for symbol, full_name in pairs]
