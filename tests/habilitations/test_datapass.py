"""What is read of a webhook, before anything is recorded."""

import json
from datetime import timedelta
from typing import Any

import pytest

from habilitations.datapass import EvenementInvalide, dans_la_fenetre, lire, signature_valide
from tests.habilitations.evenements import INSTANT, PARIS, SECRET, evenement, signature

CLE = SECRET.encode()


def modifie(chemin: str, valeur: Any) -> bytes:
    """Return an approval one value of which is replaced."""
    corps = json.loads(evenement("approve"))
    *parents, dernier = chemin.split(".")
    objet = corps
    for parent in parents:
        objet = objet[parent]
    objet[dernier] = valeur
    return json.dumps(corps).encode()


def test_the_signature_of_the_body_is_accepted() -> None:
    corps = evenement("approve")
    assert signature_valide(CLE, corps, signature(corps))


@pytest.mark.parametrize(
    "entete",
    [
        None,
        "",
        "sha256=",
        signature(b"autre"),
        signature(b"{}", "un-autre-secret"),
        signature(b"{}").upper(),
        signature(b"{}").removeprefix("sha256="),
        signature(b"{}")[:-1],
        signature(b"{}") + "0",
        "sha1=" + "0" * 40,
        "sha256=é",
    ],
)
def test_any_other_signature_is_refused(entete: str | None) -> None:
    assert not signature_valide(CLE, b"{}", entete)


def test_an_approval_is_read_with_the_facts_that_are_used() -> None:
    lu = lire(evenement("approve"))
    assert lu is not None
    assert (lu.nom, lu.external_id, lu.public_id, lu.etat, lu.emis_le) == (
        "approve",
        "123",
        "D123",
        "validated",
        INSTANT,
    )
    assert lu.accord is not None
    assert lu.accord.intitule == "Tarification de la cantine"
    assert lu.accord.siret == PARIS
    assert lu.accord.scopes == {"cnaf_quotient_familial"}
    assert lu.accord.modalites == ("params", "france_connect")
    assert lu.accord.volume_annuel == 12_000
    assert lu.accord.cadre_juridique == "CRPA, art. L. 114-8 (https://www.legifrance.gouv.fr/)"


def test_no_person_of_the_request_is_kept() -> None:
    assert not any(nom in repr(lire(evenement("approve"))) for nom in ("mairie.example", "Durand"))


@pytest.mark.parametrize(
    ("saisi", "volume"),
    [("12 000", 12_000), (500, 500), ("1\u202f200", 1200), ("environ 3000", None), ("", None), (0, None), (-5, None),
     (None, None), ("3000000000", None), ("99999999999", None), ("１２", None)],
)  # fmt: skip
def test_the_volume_is_kept_when_it_is_a_number(saisi: object, volume: int | None) -> None:
    lu = lire(evenement("approve", volumetrie_approximative=saisi))
    assert lu is not None
    assert lu.accord is not None
    assert lu.accord.volume_annuel == volume


def test_a_form_without_modality_nor_address_of_the_text_is_read() -> None:
    lu = lire(evenement("approve", modalities=None, cadre_juridique_url=None))
    assert lu is not None
    assert lu.accord is not None
    assert (lu.accord.modalites, lu.accord.cadre_juridique) == ((), "CRPA, art. L. 114-8")


def test_the_same_body_has_the_same_identifier_and_another_does_not() -> None:
    ids = {lire(evenement(nom)).id for nom in ("revoke", "revoke", "archive")}  # type: ignore[union-attr]
    assert len(ids) == 2


@pytest.mark.parametrize("nom", ["create", "update", "create_by_api", "cancel_reopening", "inventé"])
def test_an_event_that_changes_nothing_here_is_ignored(nom: str) -> None:
    assert lire(evenement(nom)) is None


def test_an_event_of_another_api_is_ignored() -> None:
    assert lire(evenement("approve", modele="authorization_request/api_entreprise")) is None


def test_the_test_call_is_ignored() -> None:
    assert lire(b'{"test":true,"timestamp":1773135000}') is None


@pytest.mark.parametrize(
    "corps",
    [
        b"", b"{", b"[]", b"null", b"\xff", b"{}", b'{"test":false}', b'{"test":"true"}', b'{"event":"approve"}',
        b"[" * 50_000,
        modifie("fired_at", "hier"), modifie("fired_at", -1), modifie("fired_at", 1e20), modifie("fired_at", None),
        modifie("model_id", None), modifie("model_id", ""), modifie("model_id", 2**70), modifie("model_id", "x" * 65),
        modifie("data", None), modifie("data", []), modifie("data.organization", None), modifie("data.public_id", 3),
        modifie("data.organization.siret", "21750001600018"), modifie("data.organization.siret", 21750001600019),
        modifie("data.data.scopes", None), modifie("data.data.scopes", "cnaf_enfants"),
        modifie("data.data.scopes", ["cnaf_enfants dgfip_rfr"]), modifie("data.data.scopes", ["s"] * 301),
        modifie("data.data.modalities", ["a b"]), modifie("data.data.intitule", 4),
        modifie("data.data.intitule", "x" * 10_001), modifie("event", 4), modifie("data.state", "x" * 33),
    ],
)  # fmt: skip
def test_a_body_that_is_not_an_event_is_refused_without_being_repeated(corps: bytes) -> None:
    with pytest.raises(EvenementInvalide) as refus:
        lire(corps)
    assert str(refus.value) == ""
    assert refus.value.__cause__ is None


@pytest.mark.parametrize("nom", ["revoke", "archive", "submit", "refuse", "request_changes", "reopen"])
def test_an_event_that_grants_nothing_needs_no_form(nom: str) -> None:
    corps = json.loads(evenement(nom))
    corps["data"] = {"id": 123, "state": "revoked"}
    lu = lire(json.dumps(corps).encode())
    assert lu is not None
    assert (lu.nom, lu.accord, lu.siret) == (nom, None, None)


def test_a_transfer_tells_the_new_organization() -> None:
    lu = lire(evenement("transfer"))
    assert lu is not None
    assert lu.siret == PARIS


@pytest.mark.parametrize("minutes", [15, -15])
def test_an_event_is_recent_for_a_quarter_of_an_hour_both_ways(minutes: int) -> None:
    lu = lire(evenement("revoke"))
    assert lu is not None
    borne = INSTANT + timedelta(minutes=minutes)
    assert dans_la_fenetre(lu, borne)
    assert not dans_la_fenetre(lu, borne + timedelta(seconds=minutes / 15))
