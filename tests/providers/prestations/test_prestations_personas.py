from typing import Any

import pytest

from graph.demande import Demande
from providers._personas import Persona
from providers._source import UpstreamResponse
from sandbox.personas import load
from tests.providers.allers_retours import APPEL
from tests.providers.prestations.epreuves import CAS, Cas, requete

PERSONAS = load(lambda: APPEL.aujourdhui)
PAR_NOM = {cas.prestation: cas for cas in CAS}
RSA, PPA = "revenu_solidarite_active", "prime_activite"
ASF, AAH = "allocation_soutien_familial", "allocation_adulte_handicape"
AEEH, ARS = "allocation_enfant_handicape", "allocation_rentree_scolaire"
C2S = "complementaire_sante_solidaire"


def persona(nom: str) -> Persona:
    return next(une for une in PERSONAS if une.nom == nom)


def simuler(cas: Cas, demande: Demande) -> UpstreamResponse:
    return cas.source.simulate(requete(cas, demande), PERSONAS)


def lire(prestation: str, nom: str, *, france_connect: bool = False) -> Any:
    cas, personne = PAR_NOM[prestation], persona(nom)
    demande = Demande(personne.par_france_connect if france_connect else personne.identite)
    return cas.source.read(simuler(cas, demande), demande, APPEL)


@pytest.mark.parametrize(
    ("prestation", "nom", "attendu"),
    [
        (RSA, "gontrand-yves", (True, False, "2024-11-01")),
        (RSA, "martin-samuel", (True, True, "2023-11-01")),
        (RSA, "lagaffe-gaston", (False, None, "None")),
        (RSA, "roux-jeanne", (True, None, "2024-04-01")),
        (PPA, "gontrand-yves", (True, False, "2024-11-01")),
        (PPA, "martin-samuel", (True, True, "2025-02-01")),
        (PPA, "lagaffe-gaston", (False, None, "None")),
        (PPA, "lefebvre-alexis-gerome", (True, False, "2022-06-01")),
    ],
)
def test_a_persona_has_a_prestation_increased_or_not(
    prestation: str, nom: str, attendu: tuple[bool, bool | None, str]
) -> None:
    bloc = lire(prestation, nom)
    assert (bloc.est_beneficiaire, bloc.avec_majoration, str(bloc.date_debut_droit)) == attendu


@pytest.mark.parametrize(
    ("prestation", "nom", "attendu"),
    [
        (ASF, "lalanne-francis", (True, "2024-12-01")),
        (ASF, "bergerac-cyrano", (False, "None")),
        (AAH, "dubois-angela", (True, "2023-02-01")),
        (AAH, "martin-pierre-richard", (True, "2022-11-29")),
        (AAH, "martin-jacques", (False, "None")),
    ],
)
def test_a_persona_has_an_allocation_or_not(prestation: str, nom: str, attendu: tuple[bool, str]) -> None:
    bloc = lire(prestation, nom, france_connect=True)
    assert (bloc.est_beneficiaire, str(bloc.date_debut_droit)) == attendu


@pytest.mark.parametrize(
    ("prestation", "nom", "attendu"),
    [
        (AEEH, "dubois-angela", "ALLOCATAIRE"),
        (AEEH, "dupont-pierre", "ALLOCATAIRE"),
        (AEEH, "martin-sophie-marie", "OUVRANT_DROIT"),
        (AEEH, "bernard-lucas", "NON_BENEFICIAIRE"),
        (ARS, "martin-pierre", "BENEFICIAIRE"),
        (ARS, "martin-sophie-marie", "BENEFICIAIRE"),
        (ARS, "bernard-lucas", "NON_BENEFICIAIRE"),
    ],
)
def test_a_persona_has_a_status(prestation: str, nom: str, attendu: str) -> None:
    bloc = lire(prestation, nom)
    assert bloc.statut.name == attendu
    assert (bloc.date_debut_droit is None) is (attendu == "NON_BENEFICIAIRE")


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("martin-pierre", (True, True, "2025-06-01")),
        ("dupont-laura", (True, True, "2025-09-01")),
        ("giraud-anne", (True, False, "2025-03-01")),
        ("giraud-ines", (True, True, "2025-03-01")),
        ("bernanrd-julien", (True, True, "2025-05-01")),
        ("bernanrd-maxime", (True, False, "2025-05-01")),
        ("dupont-pierre-paul", (True, False, "2023-02-01")),
        ("garnier-nicolas", (True, False, "2025-04-01")),
        ("garnier-leo", (True, False, "2025-04-01")),
        ("garnier-nolan", (False, None, "None")),
        ("poquelin-jean-baptiste", (True, False, "2027-01-01")),
    ],
)
def test_each_member_of_a_household_has_her_own_complementaire(
    nom: str, attendu: tuple[bool, bool | None, str]
) -> None:
    bloc = lire(C2S, nom)
    assert (bloc.est_beneficiaire, bloc.avec_participation, str(bloc.date_debut_droit)) == attendu


@pytest.mark.parametrize(
    ("nom", "status"),
    [
        ("duboche-jerome", 404),
        ("duboche-helene", 400),
        ("situdi-clement", 504),
        ("desfouin-rene", 429),
        ("delanoue-jean-marie", 502),
        ("martinez-gerard", 403),
    ],
)
def test_the_complementaire_fails_for_the_personas_of_errors(nom: str, status: int) -> None:
    assert simuler(PAR_NOM[C2S], Demande(persona(nom).identite)).status == status
