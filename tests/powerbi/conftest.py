"""The semantic model that the tests of the Power BI project share."""

import pytest

from tests.powerbi.files import PROJECT
from tests.powerbi.model import Model, read_model


@pytest.fixture(scope="session")
def powerbi_model() -> Model:
    """The semantic model as the checkout has it."""
    return read_model(PROJECT / "Posture.SemanticModel" / "definition")
