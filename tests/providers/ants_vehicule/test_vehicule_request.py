from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import IdentifiantManquant
from graph.identite import DateNaissance, Identite, IdentitePivot, choisir
from providers._signature import DS, verifier
from providers._simulateur import reglage
from providers._source import Appel, Sceau, UpstreamRequest
from providers._xml import Element, lire, objet
from providers.ants_vehicule import SOURCE
from providers.ants_vehicule.messages import CORPS, DEMANDE, SIV
from providers.ants_vehicule.sceau import ASSERTION, SAML

PIVOT = IdentitePivot("DELATOUR", ("Thomas",), DateNaissance(1994, 4, 16), sexe=Sexe.M)
DEMANDE_FC = Demande(Identite(pivot=PIVOT, france_connect=True), immatriculation="FC-123-AB")
REGLAGES = {nom: reglage(SOURCE.nom, nom) for nom in SOURCE.auth.reglages}


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 7, 14, 12, tzinfo=PARIS),
    )


def sceller(appel: Appel, demande: Demande = DEMANDE_FC, **reglages: str) -> UpstreamRequest:
    assert isinstance(SOURCE.auth, Sceau)
    return SOURCE.auth.sceller(SOURCE.request(demande, appel), appel, REGLAGES | reglages)


def assertion(call: UpstreamRequest) -> Element:
    (trouvee,) = lire(call.body).iter(ASSERTION)
    return trouvee


def lu(element: Element, chemin: str) -> str:
    return str(element.xpath(f"string({chemin})", namespaces={"saml": SAML, "ds": DS}))


def test_a_plate_is_asked_in_the_words_of_the_siv(appel: Appel) -> None:
    call = sceller(appel)
    demande = lire(call.body).find(f"{CORPS}/{DEMANDE}")
    assert demande is not None
    assert (call.method, call.path, dict(call.headers)) == (
        "POST",
        "/",
        {"Content-Type": "application/soap+xml; charset=utf-8", "SOAPAction": ""},
    )
    assert objet(demande, SIV) == {
        "control": {
            "code_partenaire": REGLAGES["code_partenaire"],
            "code_miat": REGLAGES["code_miat"],
            "type_operation": "Consultation Dossier",
            "numero_session": "req_0f8fad5b-d9cb-469f-a165-70867728950e",
            "date_envoi": "2026-07-14T12:00:00+02:00",
        },
        "requete": {"mode_appel": "L", "informations": {"num_immat": "FC-123-AB"}},
    }


def test_nobody_is_named_in_the_request(appel: Appel) -> None:
    assert b"DELATOUR" not in sceller(appel).body


def test_who_asks_is_said_by_a_signed_assertion_that_lasts_ten_minutes(appel: Appel) -> None:
    call = sceller(appel, idp="idp & Cie", code_concentrateur="C123")
    signee = verifier(call.body, certificat=REGLAGES["certificat"], instant=appel.instant)
    assert signee.tag == ASSERTION
    assert lu(signee, "saml:Issuer") == lu(signee, "saml:Subject/saml:NameID") == "idp & Cie"
    assert (
        lu(signee, "saml:Subject/saml:SubjectConfirmation/@Method") == "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"
    )
    assert lu(signee, "saml:Conditions/@NotBefore") == "2026-07-14T10:00:00Z"
    assert lu(signee, "saml:Conditions/@NotOnOrAfter") == "2026-07-14T10:10:00Z"
    assert lu(signee, "//saml:AuthnContextClassRef") == "urn:oasis:names:tc:SAML:2.0:ac:classes:XMLDSig"
    assert lu(signee, "//saml:Attribute[@Name='CodePartenaire']/saml:AttributeValue") == "C123"


def test_the_signature_comes_after_the_issuer_and_shows_our_certificate_alone(appel: Appel) -> None:
    trouvee = assertion(sceller(appel))
    assert [enfant.tag for enfant in trouvee][:2] == [f"{{{SAML}}}Issuer", f"{{{DS}}}Signature"]
    montre = "".join(lu(trouvee, "//ds:X509Certificate").split())
    assert montre == "".join(REGLAGES["certificat"].split("-----")[2].split())
    assert REGLAGES["cle"].split("\n")[1].encode() not in sceller(appel).body


def test_an_assertion_serves_once(appel: Appel) -> None:
    autre = Demande(DEMANDE_FC.identite, immatriculation="FC-456-CD")
    calls: list[Any] = [
        sceller(appel),
        sceller(appel, autre),
        sceller(replace(appel, correlation="7c9e6679-7425-40de-944b-e07fc1f90ae7")),
        sceller(replace(appel, instant=datetime(2026, 7, 14, 12, 0, 1, tzinfo=PARIS))),
    ]
    assert len({assertion(call).get("ID") for call in calls}) == len(calls)
    assert sceller(appel).body == sceller(appel).body


@pytest.mark.parametrize("nom", ["cle", "certificat"])
def test_a_key_that_cannot_be_used_signs_nothing(appel: Appel, nom: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        sceller(appel, DEMANDE_FC, **{nom: "faux"})


def test_only_franceconnect_opens_this_source() -> None:
    tout = Identite(pivot=PIVOT, ine="1234567890D", numero_fiscal="3001234567899")
    with pytest.raises(IdentifiantManquant):
        choisir(tout, SOURCE.identifications)
    assert choisir(DEMANDE_FC.identite, SOURCE.identifications)
