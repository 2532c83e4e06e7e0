import pytest

from graph.allocation_rentree_scolaire import AllocationRentreeScolaire, StatutPrestation
from providers.cnav_allocation_rentree_scolaire import SOURCE
from tests.providers.allers_retours import Epreuve
from tests.providers.prestations.epreuves import DEBUT, DEMANDE

EPREUVE = Epreuve(SOURCE, DEMANDE)


@pytest.mark.parametrize("indicateur", ["ALLOCATAIRE", "OUVRANT_DROIT", "BENEFICIAIRE"])
def test_who_is_paid_and_who_opens_the_right_are_beneficiaries(indicateur: str) -> None:
    attendu = AllocationRentreeScolaire(statut=StatutPrestation.BENEFICIAIRE, date_debut_droit=DEBUT)
    assert EPREUVE.lire({"indicateur": indicateur, "dateIndicateur": "2024-04-01"}) == attendu


def test_a_non_beneficiary_has_no_date() -> None:
    attendu = AllocationRentreeScolaire(statut=StatutPrestation.NON_BENEFICIAIRE, date_debut_droit=None)
    assert EPREUVE.lire({"indicateur": "NON_BENEFICIAIRE", "dateIndicateur": "2024-08-09"}) == attendu
