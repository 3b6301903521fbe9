"""Questions to a chat model on a server: asked once, answers checked, kept and priced.

What is asked, and what a usable answer is, belongs to the rooms that ask: a :class:`Question` brings both.
"""

from genept.remote.chat.answer import Answer, UnusableError
from genept.remote.chat.answer_cache import open_answers
from genept.remote.chat.interview import Interview, served_and_dates
from genept.remote.chat.manner import Manner
from genept.remote.chat.price import Price, price_of
from genept.remote.chat.question import Question, missing_answers
from genept.remote.chat.spending import Spending
from genept.remote.chat.tokens import tokens_of

__all__ = [
    "Answer",
    "Interview",
    "Manner",
    "Price",
    "Question",
    "Spending",
    "UnusableError",
    "missing_answers",
    "open_answers",
    "price_of",
    "served_and_dates",
    "tokens_of",
]
