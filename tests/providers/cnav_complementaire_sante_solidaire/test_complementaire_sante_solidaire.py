import pytest

from graph.complementaire_sante_solidaire import ComplementaireSanteSolidaire
from providers.cnav_complementaire_sante_solidaire import SOURCE
from tests.providers.allers_retours import Epreuve
from tests.providers.prestations.epreuves import DEBUT, DEMANDE, RNCPS

EPREUVE = Epreuve(SOURCE, DEMANDE, headers=(("x-apisecu-fd", RNCPS),))


@pytest.mark.parametrize(
    ("indicateur", "attendu"),
    [
        ("BENEFICIAIRE_AVEC_PARTICIPATION_FINANCIERE", True),
        ("BENEFICIAIRE_SANS_PARTICIPATION_FINANCIERE", False),
    ],
)
def test_the_status_tells_if_the_person_pays_a_share(indicateur: str, attendu: bool) -> None:  # noqa: FBT001 - a table of cases
    bloc = EPREUVE.lire({"indicateur": indicateur, "dateIndicateur": "2024-04-01"})
    assert bloc == ComplementaireSanteSolidaire(
        est_beneficiaire=True, avec_participation=attendu, date_debut_droit=DEBUT
    )


def test_the_share_of_a_non_beneficiary_is_null_not_false() -> None:
    bloc = EPREUVE.lire({"indicateur": "NON_BENEFICIAIRE_CSS", "dateIndicateur": "2024-04-01"})
    assert bloc == ComplementaireSanteSolidaire(est_beneficiaire=False, avec_participation=None, date_debut_droit=None)
