"""Clean an upstream text: links, PubMed references and provenance tails go, and nothing else."""

import re

# [provided by RefSeq, Nov 2012], [supplied by OMIM, Mar 2008]; also one that the source cut short.
_TAIL = re.compile(r"\s*\[(?:provided|supplied) by [^\[\]]*(?:\]|$)(?P<stop>\.?)", re.IGNORECASE)
# UniProt's evidence for a statement: {ECO:0000269|PubMed:11149932, ECO:0000305}.
_EVIDENCE = re.compile(r"\s*\{ECO:[^{}]*\}(?P<stop>\.?)")
# Most texts have nothing to remove, and to see that is cheap.
_ANY = re.compile(r"PMID|PubMed|://|www\.|(?:provided|supplied) by|\{ECO:|</?a\b", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b[^<>]*>|</a\s*>", re.IGNORECASE)
_LINK = r"(?:(?:https?|ftp)://|www\.)[^\s()\[\]<>]*[^\s()\[\]<>.,;:!?]"
_MARK = r"(?:PMIDs?|PubMed(?:\s?IDs?)?)"
_PUBMED = rf"\b{_MARK}\s*:?\s*\d+(?:(?:\s*,?\s*(?:and|&)\s*|\s*[,;]\s*)(?:{_MARK}\s*:?\s*\d+|\d{{6,8}}\b))*"
_REFERENCE = rf"(?:{_PUBMED}|{_LINK})"
_LEAD = (
    r"(?:(?:(?:for (?:a )?reviews?,? )?see(?: also)?|reviewed in|review in|reviews in|cf\.|e\.g\.,?|and)\s+)?"
)
# A pair of brackets with nothing but references in it, with the white space before it.
_ONLY = rf"\s*{_LEAD}{_REFERENCE}(?:\s*[,;]?\s*{_LEAD}{_REFERENCE})*\s*"
_BRACKETED = re.compile(rf"\s*(?:\({_ONLY}\)|\[{_ONLY}\])", re.IGNORECASE)
# One among other words: with what parts it from the words before it, or, where it comes first, after it.
_AFTER_WORDS = re.compile(rf"(?:\s*[,;]\s*|\s+){_REFERENCE}", re.IGNORECASE)
_BEFORE_WORDS = re.compile(rf"{_REFERENCE}(?:\s*[,;]\s*|\s+|$)|{_REFERENCE}", re.IGNORECASE)


def one_line(text: str) -> str:
    r"""White space and what can't be printed become single spaces.

    Examples
    --------
    >>> one_line(" a tab:\t and\r\na line ")
    'a tab: and a line'
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def clean_text(text: str) -> str:
    r"""Remove links, PubMed references and provenance tails; white space becomes single spaces.

    Brackets that hold nothing but references go with them; of a reference among other words only the
    reference goes, though the sentence may limp after it ("as described in PMID:1."). Citations by
    author and year, MIM numbers and all other brackets stay.

    Parameters
    ----------
    text
        As NCBI or UniProt gives it.

    Returns
    -------
    str
        What is left, in one line; perhaps nothing.

    Examples
    --------
    >>> clean_text("It cuts\n sugars (PMID: 123456, 2345678).[provided by RefSeq, Nov 2012]")
    'It cuts sugars.'
    >>> clean_text("In zebrafish (Doe et al., 1999 [PubMed 123456]) it isn't there.")
    "In zebrafish (Doe et al., 1999) it isn't there."
    """
    line = one_line(text)
    before = None if _ANY.search(line) else line
    # What one removal leaves can be another's pattern; two rounds are the rule.
    while line != before:
        before = line
        line = _TAIL.sub(_keep_one_stop, line)
        line = _EVIDENCE.sub(_keep_one_stop, line)
        line = _ANCHOR.sub("", line)
        for pattern in (_BRACKETED, _AFTER_WORDS, _BEFORE_WORDS):
            line = pattern.sub("", line)
        line = " ".join(line.split())
    return line


def _keep_one_stop(match: re.Match[str]) -> str:
    """Give back the full stop after a tail, unless the sentence has ended already."""
    ended = match.string[: match.start()].endswith((".", "!", "?")) or match.start() == 0
    return "" if ended else match["stop"]
