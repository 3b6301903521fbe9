"""``generated``: summaries that a chat model writes from a gene's symbol and name."""

from collections.abc import Iterable, Mapping

from genept.errors import ArgumentError, FetchError, name_some
from genept.genes import GeneTable, refuse_repeated_symbols
from genept.remote.chat import Answer, Interview, Question, missing_answers, served_and_dates
from genept.remote.endpoint import find_endpoint
from genept.texts.gene_texts import GeneTexts
from genept.texts.generated.answers import answers_file
from genept.texts.generated.estimate import Estimate, estimate_tokens
from genept.texts.generated.prompt import MANNER
from genept.texts.generated.question import questions_about


class GeneratedTexts:
    """What a chat model writes about each gene (the paper's fourth kind of text).

    Any server with OpenAI's chat completions will do, a local one too. The key is read from
    ``OPENAI_API_KEY`` when it is needed, goes to whatever server is named, and is kept nowhere.
    Answers are cached in ``generated.sqlite`` in the cache folder (``GENEPT_CACHE``), each as soon as it
    comes: a run that is broken off goes on where it was.

    Parameters
    ----------
    genes
        Which genes; their full names help the model.
    model
        The model's name on the server.
    base_url
        The server's address; by default ``OPENAI_BASE_URL``, or OpenAI's own. A user name and password
        in it, or a query, are sent, but neither shown nor kept.
    concurrency
        How many questions may be under way at a time.

    Raises
    ------
    ArgumentError
        If an argument means nothing.
    GeneNamesError
        If two genes have the same symbol.

    Examples
    --------
    >>> genes = GeneTable(("LYZ", "CD3E"), full_names=("lysozyme", ""))
    >>> source = GeneratedTexts(genes, model="gpt-4o-mini")  # doctest: +SKIP
    >>> source.estimate().n_requests  # doctest: +SKIP
    2
    >>> source.load().texts[0]  # doctest: +SKIP
    'LYZ encodes an enzyme that ...'
    """

    name = "generated"
    field = "summary"
    template = "summary"

    def __init__(
        self, genes: GeneTable, *, model: str, base_url: str | None = None, concurrency: int = 8
    ) -> None:
        refuse_repeated_symbols(genes.symbols)
        self.genes = genes
        self._interview = Interview(find_endpoint(base_url), model, MANNER, answers_file(), concurrency)

    @property
    def model(self) -> str:
        """The model's name on the server."""
        return self._interview.model

    @property
    def base_url(self) -> str:
        """The server's address, without what nobody else is to see."""
        return self._interview.endpoint.url

    def estimate(self) -> Estimate:
        """Say what :meth:`load` would send, without sending anything; no key is needed.

        Raises
        ------
        OutputError
            If the file of answers can't be opened.
        """
        questions = questions_about(self.genes)
        known = self._interview.known()
        missing = missing_answers(questions, known)
        prompt_tokens, completion_tokens = estimate_tokens(question.messages for question in missing)
        return Estimate(
            n_genes=len(questions),
            n_cached=sum(question.sha256 in known for question in questions),
            n_requests=len(missing),
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
        )

    def load(self, taxon: int = 9606) -> GeneTexts:
        """Ask what isn't cached, and return a text for every gene that the model knows.

        Parameters
        ----------
        taxon
            NCBI taxon id of the genes, for the provenance.

        Raises
        ------
        ArgumentError
            If the server needs a key and there is none.
        MissingDependencyError
            If something is to be asked and the SDK isn't installed.
        FetchError
            If the server can't be reached or refuses, or some genes got no answer. Answers that came are
            kept, and running again sends only what is missing.
        OutputError
            If answers can't be written.
        """
        questions = questions_about(self.genes)
        answers, failures = self._interview.answers(questions, title=self.name, unit="gene")
        _refuse_gaps(questions, answers, failures)
        given = [answers[question.sha256] for question in questions]
        rows = [row for row, answer in enumerate(given) if answer.text is not None]
        return GeneTexts(
            genes=self.genes.take(rows),
            texts=tuple(given[row].text or "" for row in rows),
            provenance={**self._provenance(given), "taxon": str(taxon)},
        )

    def _provenance(self, answers: Iterable[Answer]) -> dict[str, str]:
        answers = list(answers)
        served, dates = served_and_dates(answers)
        return {
            "source": self.name,
            "model": self.model,
            "model_served": served,
            "base_url": self.base_url,
            "prompt_version": MANNER.prompt_version,
            "n_unknown": str(sum(answer.text is None for answer in answers)),
            "date": dates,
            "written_by": "a language model; not curated, not for clinical use",
        }


def by_name(model: str = "") -> GeneratedTexts:
    """Say why a name alone makes no such source: the genes are missing.

    Raises
    ------
    ArgumentError
        Always.
    """
    raise ArgumentError(
        f"the source generated:{model}, without the genes to write about",
        expected="texts that were generated before: every one costs",
        do=f"first genept texts build --source generated:{model or 'MODEL'} --only genes.txt "
        "-o texts.parquet, then --texts texts.parquet (in Python: genept.texts.GeneratedTexts)",
    )


def _refuse_gaps(
    questions: list[Question], answers: Mapping[str, Answer], failures: Mapping[str, str]
) -> None:
    gaps = [question for question in questions if question.sha256 not in answers]
    if gaps:
        raise FetchError(
            f"{len(gaps):,} of {len(questions):,} genes got no text: {name_some(q.subject for q in gaps)}; "
            f"of {gaps[0].subject}: {failures.get(gaps[0].sha256, 'its answer is no longer there')}",
            expected="an answer for every gene",
            do="run again, which sends only what is missing, or leave these genes out",
        )
