"""Conformance suites for extensions.

Subclass one in a test file, say how to make yours, and pytest runs the checks::

    from genept.testing import TextEncoderConformance

    class TestMyEncoder(TextEncoderConformance):
        def make(self):
            return MyEncoder()
"""

from genept.testing.encoders import TextEncoderConformance
from genept.testing.formats import EmbeddingFormatConformance
from genept.testing.tasks import TaskConformance
from genept.testing.texts import TextSourceConformance

__all__ = ["EmbeddingFormatConformance", "TaskConformance", "TextEncoderConformance", "TextSourceConformance"]
