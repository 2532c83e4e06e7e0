from datetime import date

import pytest

from providers._source import Appel


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        aujourdhui=date(2026, 3, 14),
    )
