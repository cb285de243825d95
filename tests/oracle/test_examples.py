"""The example questions of docs/models.md have answers on a portfolio to which much happened."""

from pipeline import open_published
from tests.examples import examples
from tests.oracle.portfolio import Portfolio

# What the portfolio has nothing of.
UNANSWERED = {
    "Who holds a privileged role only because of a group within a group?",
    "How long did administrators stay unprotected before it was mended?",
    "Which exceptions should have been reviewed by now, and who answers for them?",
}


def test_every_question_has_an_answer(portfolio: Portfolio) -> None:
    with open_published(portfolio.home) as connection:
        silent = [
            f"{example.model}, {example.question}"
            for example in examples()
            if example.question not in UNANSWERED
            and connection.execute(example.sql).fetchone() is None
        ]
    assert silent == []
