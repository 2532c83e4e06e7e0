from dataclasses import replace
from datetime import datetime

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentifiantManquant
from graph.identite import DateNaissance, Identite, IdentitePivot
from providers._source import Appel, UpstreamRequest
from providers.mesri_statut_etudiant import SOURCE

ENTETES = (
    ("Accept", "application/json"),
    ("Content-Type", "application/json"),
    ("X-Caller", "DINUM - jeton"),
)
PIVOT = IdentitePivot("D'Œuvre-Dupré", ("Zoë", "Anne Marie"), DateNaissance(2004, 2, 9), sexe=Sexe.F)


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def corps(pivot: IdentitePivot, appel: Appel) -> dict[str, str]:
    lu: dict[str, str] = msgspec.json.decode(SOURCE.request(Demande(Identite(pivot=pivot)), appel).body)
    return lu


def test_a_student_is_asked_by_ine_first(appel: Appel) -> None:
    assert SOURCE.request(Demande(Identite(ine="1234567890D", pivot=PIVOT)), appel) == UpstreamRequest(
        "GET", "/api/etudiant", params=(("INE", "1234567890D"),), headers=ENTETES
    )


def test_a_student_is_asked_by_civil_status_otherwise(appel: Appel) -> None:
    assert SOURCE.request(Demande(Identite(pivot=PIVOT)), appel) == UpstreamRequest(
        "POST",
        "/api/etudiant",
        headers=ENTETES,
        body='{"nomFamille":"D\'Œuvre-Dupré","prenom1":"Zoë","dateNaissance":"2004-02-09","sexe":"2"}'.encode(),
    )


def test_the_commune_of_birth_is_sent_when_its_code_is_known(appel: Appel) -> None:
    assert corps(replace(PIVOT, code_commune="31555"), appel)["lieuNaissance"] == "31555"
    par_son_nom = replace(PIVOT, nom_commune="Toulouse", code_departement="31")
    assert "lieuNaissance" not in corps(par_son_nom, appel)


def test_the_sexes_are_numbered(appel: Appel) -> None:
    assert corps(PIVOT, appel)["sexe"] == "2"
    assert corps(replace(PIVOT, sexe=Sexe.M), appel)["sexe"] == "1"


@pytest.mark.parametrize(
    "identite",
    [
        Identite(numero_fiscal="1234567890123"),
        Identite(pivot=replace(PIVOT, sexe=None)),
        Identite(pivot=replace(PIVOT, naissance=DateNaissance(2004, 2))),
        Identite(pivot=replace(PIVOT, naissance=DateNaissance())),
    ],
)
def test_an_incomplete_civil_status_is_not_sent(appel: Appel, identite: Identite) -> None:
    with pytest.raises(IdentifiantManquant):
        SOURCE.request(Demande(identite), appel)


def test_nothing_of_the_person_shows_when_a_request_is_printed(appel: Appel) -> None:
    affichees = repr([SOURCE.request(Demande(i), appel) for i in (Identite(pivot=PIVOT), Identite(ine="1234567890D"))])
    assert "Zoë" not in affichees
    assert "1234567890D" not in affichees
