from datetime import date

import pytest

from graph.allocation_adulte_handicape import AllocationAdulteHandicape
from providers.cnav_allocation_adulte_handicape import SOURCE
from tests.providers.allers_retours import Epreuve
from tests.providers.prestations.epreuves import DEMANDE, ligne

EPREUVE = Epreuve(SOURCE, DEMANDE)
STATUT = {"indicateur": "BENEFICIAIRE", "dateIndicateur": "2022-11-29"}


def test_a_beneficiary_is_one_since_the_date_of_the_status_not_of_a_line() -> None:
    attendu = AllocationAdulteHandicape(est_beneficiaire=True, date_debut_droit=date(2022, 11, 29))
    assert EPREUVE.lire({**STATUT, "listePrestation": [ligne("FA1001", "2019-01-01")]}) == attendu


@pytest.mark.parametrize("lignes", [None, [], [ligne("FA1001", None, etat=20)], "illisible"])
def test_lines_tell_nothing_and_are_not_read(lignes: object) -> None:
    assert EPREUVE.lire({**STATUT, "listePrestation": lignes}).est_beneficiaire is True
