import pytest

from providers.cnav_prime_activite import SOURCE
from tests.providers.allers_retours import APPEL, Epreuve
from tests.providers.prestations.epreuves import DEMANDE, ligne

EPREUVE = Epreuve(SOURCE, DEMANDE)


@pytest.mark.parametrize(("code", "attendu"), [("FA3105", False), ("FA3106", True)])
def test_the_code_of_its_line_tells_the_increase(code: str, attendu: bool) -> None:  # noqa: FBT001 - a table of cases
    assert EPREUVE.lire({"indicateur": "BENEFICIAIRE", "listePrestation": [ligne(code)]}).avec_majoration is attendu


@pytest.mark.parametrize("code", ["FA3101", "FA3102", "FA1001"])
def test_the_line_of_another_prestation_does_not(code: str) -> None:
    bloc = EPREUVE.lire({"indicateur": "BENEFICIAIRE", "listePrestation": [ligne(code)]})
    assert bloc.avec_majoration is None
    assert list(SOURCE.reserves(bloc, DEMANDE, APPEL)) == ["avec_majoration"]
