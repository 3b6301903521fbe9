"""What every text source must pass."""

from genept.texts import TextSource, get_template
from genept.texts.templates import FIELDS


class TextSourceConformance:
    """Checks of the protocol :class:`genept.texts.TextSource`."""

    def make(self) -> TextSource:
        """Make a new source of the kind under test."""
        raise NotImplementedError("say in your subclass how to make the source")

    def test_is_a_text_source(self) -> None:
        """It has all that the protocol names."""
        source = self.make()
        assert isinstance(source, TextSource)
        assert source.name
        assert source.field in FIELDS
        # Raises for a template that means nothing.
        get_template(source.template)

    def test_provenance(self) -> None:
        """The texts say where they come from, in strings."""
        source = self.make()
        provenance = source.load().provenance
        assert provenance["source"] == source.name
        assert all(isinstance(value, str) and value for value in provenance.values())

    def test_texts(self) -> None:
        """There are texts, without stray white space or control characters."""
        texts = self.make().load()
        assert len(texts.genes) > 0
        for symbol, text in zip(texts.genes.symbols, texts.texts, strict=True):
            assert text == text.strip(), symbol
            assert text.isprintable(), symbol

    def test_same_again(self) -> None:
        """Loading twice gives the same."""
        first, second = self.make().load(), self.make().load()
        assert first.genes.symbols == second.genes.symbols
        assert first.texts == second.texts
