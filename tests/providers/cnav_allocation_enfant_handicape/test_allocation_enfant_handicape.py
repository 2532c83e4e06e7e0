import pytest

from graph.allocation_enfant_handicape import AllocationEnfantHandicape, StatutBeneficiaireAeeh
from providers.cnav_allocation_enfant_handicape import SOURCE
from tests.providers.allers_retours import Epreuve
from tests.providers.prestations.epreuves import DEBUT, DEMANDE, ligne

EPREUVE = Epreuve(SOURCE, DEMANDE)


@pytest.mark.parametrize("code", ["FA1510", "MA1510"])
@pytest.mark.parametrize("statut", list(StatutBeneficiaireAeeh))
def test_the_parent_is_told_from_the_child_at_either_caisse(statut: StatutBeneficiaireAeeh, code: str) -> None:
    corps = {"indicateur": statut.name, "dateIndicateur": "2024-04-01", "listePrestation": [ligne(code)]}
    debut = None if statut is StatutBeneficiaireAeeh.NON_BENEFICIAIRE else DEBUT
    assert EPREUVE.lire(corps) == AllocationEnfantHandicape(statut=statut, date_debut_droit=debut)
