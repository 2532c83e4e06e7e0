from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    IdentiteNonReconnue,
    SourceDelaiDepasse,
    SourceIndisponible,
    SourceReponseInvalide,
)
from graph.identite import Identite
from graph.indemnites_chomage import IndemnitesChomage, PaiementChomage
from graph.scalars import SCALARS, Montant
from providers._source import Appel, UpstreamResponse
from providers.france_travail_indemnites_chomage import SOURCE
from tests.providers.allers_retours import ABSENT, muter

DEMANDE = Demande(Identite(identifiant_france_travail="jean.dupont33"))
PAIEMENT = {
    "datePaiement": "2023-07-03T00:00:00+02:00",
    "montantPaiement": 123.4,
    "allocations": 45.1,
    "aides": 12.21,
    "autresPaiements": 0.0,
}
CORPS: dict[str, Any] = {"statutInscription": True, "listePaiement": [PAIEMENT]}


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def lire(appel: Appel, corps: object = CORPS) -> IndemnitesChomage:
    return SOURCE.read(UpstreamResponse(200, body=msgspec.json.encode(corps)), DEMANDE, appel)


def total(appel: Appel, ecrit: str) -> Montant | None:
    """Return an amount read from its very text."""
    body = msgspec.json.encode(CORPS).replace(b"123.4", ecrit.encode())
    paiements = SOURCE.read(UpstreamResponse(200, body=body), DEMANDE, appel).paiements
    assert paiements
    return paiements[0].montant_total


def test_payments_become_the_graph_type(appel: Appel) -> None:
    assert lire(appel) == IndemnitesChomage(
        identifiant="jean.dupont33",
        paiements=[
            PaiementChomage(
                date_versement=date(2023, 7, 3),
                montant_total=Montant(Decimal("123.40")),
                montant_allocations=Montant(Decimal("45.10")),
                montant_aides=Montant(Decimal("12.21")),
                montant_autres=Montant(Decimal(0)),
            )
        ],
    )


@pytest.mark.parametrize(
    ("ecrit", "attendu", "rendu"),
    [
        ("0.1", "0.10", 0.1),
        ("12.21", "12.21", 12.21),
        ("1096.78", "1096.78", 1096.78),
        ("59.650000000000006", "59.65", 59.65),
        ("-12.5", "-12.50", -12.5),
        ("900", "900.00", 900),
        ("1.2e3", "1200.00", 1200),
        ("1e-999999", "0.00", 0),
    ],
)
def test_an_amount_is_read_to_the_cent_from_its_text(appel: Appel, ecrit: str, attendu: str, rendu: float) -> None:
    lu = total(appel, ecrit)
    assert str(lu) == attendu
    ecrire = SCALARS[Montant].serialize
    assert ecrire
    assert ecrire(lu) == rendu


@pytest.mark.parametrize("ecrit", ["1e40", "-1e40", "1e999999999", '"NaN"', '"Infinity"', '"x"', "true", "null", "[]"])
def test_an_absurd_amount_is_a_drift(appel: Appel, ecrit: str) -> None:
    with pytest.raises(SourceReponseInvalide):
        total(appel, ecrit)


def test_payments_keep_the_order_of_the_source_and_their_local_day(appel: Appel) -> None:
    dates = ["2021-05-03T04:00:00+02:00", "2021-04-03T00:30:00+02:00", "2021-01-01T23:59:59-04:00"]
    lus = lire(appel, CORPS | {"listePaiement": [PAIEMENT | {"datePaiement": une} for une in dates]}).paiements
    assert [un.date_versement for un in lus or ()] == [date(2021, 5, 3), date(2021, 4, 3), date(2021, 1, 1)]


@pytest.mark.parametrize("inscrit", [True, False])
@pytest.mark.parametrize("liste", [[], None])
def test_who_was_paid_nothing_has_no_file_be_she_registered_or_not(
    appel: Appel, liste: object, *, inscrit: bool
) -> None:
    with pytest.raises(DossierAbsent):
        lire(appel, {"statutInscription": inscrit, "listePaiement": liste})


@pytest.mark.parametrize(
    ("chemin", "valeur"),
    [
        (("statutInscription",), ABSENT),
        (("statutInscription",), None),
        (("listePaiement",), ABSENT),
        (("listePaiement",), {}),
        (("listePaiement", 0), None),
        (("listePaiement", 0, "datePaiement"), " "),
        (("listePaiement", 0, "datePaiement"), "2023-02-30T00:00:00+02:00"),
        (("listePaiement", 0, "datePaiement"), "03/07/2023"),
        (("listePaiement", 0, "aides"), ABSENT),
        (("listePaiement", 0, "aides"), None),
    ],
)
def test_a_drift_is_caught_at_the_door(appel: Appel, chemin: tuple[str | int, ...], valeur: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        lire(appel, muter(CORPS, chemin, valeur))


@pytest.mark.parametrize(
    ("status", "body", "attendue", "cause"),
    [
        (204, b"", DossierAbsent, None),
        (404, b"", IdentiteNonReconnue, None),
        (404, b'{"codeErreur":"404","messageLog":"Individu inconnu de nos services"}', IdentiteNonReconnue, None),
        (404, b'{"codeErreur":"ressource"}', SourceReponseInvalide, "SOURCE_DERIVE"),
        (404, b"<html>", SourceReponseInvalide, "SOURCE_DERIVE"),
        (
            500,
            b'{"codeErreur":"500","messageLog":"java.util.concurrent.TimeoutException"}',
            SourceDelaiDepasse,
            "SOURCE_DELAI_DEPASSE",
        ),
        (500, b'{"codeErreur":"500","messageLog":null}', SourceIndisponible, "SOURCE_ERREUR"),
    ],
)
def test_each_refusal_has_one_meaning(
    appel: Appel, status: int, body: bytes, attendue: type[ErreurDeBloc], cause: str | None
) -> None:
    assert status in SOURCE.lit
    with pytest.raises(attendue) as refus:
        SOURCE.read(UpstreamResponse(status, body=body), DEMANDE, appel)
    assert refus.value.cause == cause


def test_the_answer_names_nobody(appel: Appel) -> None:
    assert SOURCE.etats_civils(lire(appel)) == ()


def test_more_payments_than_24_months_hold_are_refused(appel: Appel) -> None:
    assert lire(appel, CORPS | {"listePaiement": [PAIEMENT] * 1_000})
    with pytest.raises(SourceReponseInvalide):
        lire(appel, CORPS | {"listePaiement": [PAIEMENT] * 1_001})
