import copy
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from graph.errors import SourceReponseInvalide
from providers._certificats import pem
from providers._signature import DS, certificat_de, cle_privee, emplacement, signer, verifier
from providers._xml import Element, ecrire, lire

INSTANT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
CERTIFICAT, CLE = (pem("essai", nom) or "" for nom in ("certificat", "cle"))
AUTRE_CERTIFICAT, AUTRE_CLE = (pem("autre", nom) or "" for nom in ("certificat", "cle"))
SIGNATURE = f"{{{DS}}}Signature"
C14N = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0


def document(valeur: str = "DUPONT") -> Element:
    racine = etree.fromstring(f'<r xmlns="urn:essai"><tete/><corps ID="c1"><nom>{valeur}</nom></corps></r>')
    racine[0].append(emplacement())
    return racine


def signe(valeur: str = "DUPONT") -> Element:
    return signer(document(valeur), certificat=CERTIFICAT, cle=CLE)


def corps_signe(valeur: str = "DUPONT") -> Element:
    """Return a document of which the body alone is signed."""
    return signer(document(valeur), certificat=CERTIFICAT, cle=CLE, reference="c1")


def lu(corps: bytes, certificat: str = CERTIFICAT, instant: datetime = INSTANT) -> Element:
    return verifier(corps, certificat=certificat, instant=instant)


def refuser(corps: bytes, certificat: str = CERTIFICAT, instant: datetime = INSTANT) -> None:
    with pytest.raises(SourceReponseInvalide) as refus:
        lu(corps, certificat, instant)
    assert "DUPONT" not in f"{refus.value!r} {refus.value.cause}"
    assert refus.value.__cause__ is None


def noms(element: Element) -> list[str | None]:
    return [un.text for un in element.iter("{urn:essai}nom")]


def test_what_was_signed_is_returned_without_its_signature() -> None:
    lue = lu(ecrire(signe()))
    assert (lue.tag, noms(lue)) == ("{urn:essai}r", ["DUPONT"])
    assert list(lue.iter(SIGNATURE)) == []


def test_only_what_was_signed_is_returned() -> None:
    racine = corps_signe()
    etree.SubElement(racine, "{urn:essai}nom").text = "INTRUS"
    lue = lu(ecrire(racine))
    assert (lue.tag, noms(lue)) == ("{urn:essai}corps", ["DUPONT"])


def test_a_signature_is_the_one_that_was_agreed() -> None:
    ecrit = ecrire(signe()).decode()
    for algorithme in (
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/04/xmlenc#sha256",
    ):
        assert algorithme in ecrit
    assert certificat_de(CERTIFICAT).public_bytes(serialization.Encoding.PEM).decode().split("\n")[1] in ecrit


def alterer(change: Callable[[Element], object]) -> bytes:
    racine = signe()
    change(racine)
    return ecrire(racine)


def _nom(racine: Element, valeur: str) -> None:
    next(racine.iter("{urn:essai}nom")).text = valeur


def _sans_signature(racine: Element) -> None:
    racine[0].remove(racine[0][0])


def _doublee(racine: Element) -> None:
    racine[0].append(copy.deepcopy(racine[0][0]))


def _valeur(racine: Element) -> None:
    next(racine.iter(f"{{{DS}}}SignatureValue")).text = "AAAA"


def _reference(racine: Element) -> None:
    next(racine.iter(f"{{{DS}}}Reference")).set("URI", "#c1")


def _exterieure(racine: Element) -> None:
    next(racine.iter(f"{{{DS}}}Reference")).set("URI", "http://127.0.0.1:9/")


def _sans_reference(racine: Element) -> None:
    information = next(racine.iter(f"{{{DS}}}SignedInfo"))
    information.remove(next(racine.iter(f"{{{DS}}}Reference")))


@pytest.mark.parametrize(
    "change",
    [
        lambda racine: _nom(racine, "INTRUS"),
        lambda racine: racine.append(etree.Element("ajout")),
        lambda racine: racine.set("ajout", "1"),
        _sans_signature,
        _doublee,
        _valeur,
        _reference,
        _exterieure,
        _sans_reference,
    ],
)
def test_what_was_altered_is_refused(change: Callable[[Element], object]) -> None:
    refuser(alterer(change))


@pytest.mark.parametrize("identifiant", ["c1", "c2"])
def test_a_body_wrapped_elsewhere_never_stands_for_the_one_that_is_signed(identifiant: str) -> None:
    """The signed body is moved into a corner of the document, and another takes its place."""
    racine = corps_signe()
    vrai = racine[1]
    faux = etree.fromstring(f'<corps xmlns="urn:essai" ID="{identifiant}"><nom>INTRUS</nom></corps>')
    racine.replace(vrai, faux)
    etree.SubElement(racine[0], "cache").append(vrai)
    if identifiant == "c1":
        refuser(ecrire(racine))
    else:
        assert noms(lu(ecrire(racine))) == ["DUPONT"]


@pytest.mark.parametrize("attribut", ["Id", "id", "{http://www.w3.org/XML/1998/namespace}id"])
def test_an_identifier_taken_by_another_attribute_gives_nothing_that_is_not_signed(attribut: str) -> None:
    racine = corps_signe()
    faux = etree.SubElement(racine, "{urn:essai}corps", {attribut: "c1"})
    etree.SubElement(faux, "{urn:essai}nom").text = "INTRUS"
    try:
        lus = noms(lu(ecrire(racine)))
    except SourceReponseInvalide:
        return
    assert lus == ["DUPONT"]


def test_a_whole_signed_document_inside_another_is_the_only_one_read() -> None:
    hote = etree.fromstring('<r xmlns="urn:essai"><corps><nom>INTRUS</nom></corps></r>')
    hote.append(signe())
    refuser(ecrire(hote))


def test_a_comment_hides_nothing_of_a_name() -> None:
    corps = ecrire(signe("DUPONT")).replace(b"DUPONT", b"DU<!-- x -->PONT")
    assert noms(lu(corps)) == ["DUPONT"]


def test_a_signature_by_somebody_else_is_refused_whatever_certificate_it_shows() -> None:
    par_un_autre = signer(document(), certificat=AUTRE_CERTIFICAT, cle=AUTRE_CLE)
    refuser(ecrire(par_un_autre))
    refuser(ecrire(signer(document(), certificat=CERTIFICAT, cle=AUTRE_CLE)))
    refuser(ecrire(signe()), AUTRE_CERTIFICAT)


@pytest.mark.parametrize(
    ("methode", "empreinte"),
    [
        (SignatureMethod.RSA_SHA512, DigestAlgorithm.SHA256),
        (SignatureMethod.SHA256_RSA_MGF1, DigestAlgorithm.SHA256),
        (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA512),
    ],
)
def test_another_algorithm_is_refused(methode: SignatureMethod, empreinte: DigestAlgorithm) -> None:
    signataire = XMLSigner(SignatureConstructionMethod.enveloped, methode, empreinte, C14N)
    refuser(ecrire(signataire.sign(document(), key=CLE, cert=CERTIFICAT)))


def test_a_shared_secret_is_no_signature() -> None:
    """The public certificate must not serve as the key of an HMAC."""
    signataire = XMLSigner(
        SignatureConstructionMethod.enveloped, SignatureMethod.HMAC_SHA256, DigestAlgorithm.SHA256, C14N
    )
    refuser(ecrire(signataire.sign(document(), key=CERTIFICAT.encode())))


def certificat(debut: datetime, fin: datetime) -> str:
    """Return another certificate of the same key."""
    cle = cle_privee(CLE)
    nom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "essai")])
    bati = x509.CertificateBuilder().subject_name(nom).issuer_name(nom).public_key(cle.public_key())
    bati = bati.serial_number(1).not_valid_before(debut).not_valid_after(fin)
    return bati.sign(cle, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize(("jours", "valable"), [(-1, False), (0, True), (10, True), (11, False)])
def test_a_certificate_serves_within_its_dates_alone(jours: int, *, valable: bool) -> None:
    autorise = certificat(INSTANT, INSTANT + timedelta(days=10))
    corps, instant = ecrire(signe()), INSTANT + timedelta(days=jours)
    if valable:
        assert noms(lu(corps, autorise, instant)) == ["DUPONT"]
    else:
        refuser(corps, autorise, instant)


@pytest.mark.parametrize("corps", [b"", b"null", b"<r/>", b"<!DOCTYPE r><r/>", b"\xff"])
def test_what_bears_no_signature_is_refused(corps: bytes) -> None:
    refuser(corps)


def test_keys_that_cannot_be_used_are_said_so() -> None:
    courbe = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for mauvaise in ("faux", courbe.decode()):
        with pytest.raises(ValueError, match=r"."):
            signer(document(), certificat=CERTIFICAT, cle=mauvaise)
    with pytest.raises(ValueError, match=r"."):
        lu(ecrire(signe()), "faux")


def test_a_key_is_parsed_once() -> None:
    assert cle_privee(CLE) is cle_privee(CLE)
    assert isinstance(cle_privee(CLE), rsa.RSAPrivateKey)


def test_nothing_of_a_document_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert noms(lu(ecrire(signe()))) == ["DUPONT"]
    assert caplog.text == ""


def test_a_signed_document_reads_back_as_it_was_written() -> None:
    racine = signe("D'ÉPÉE &amp; Cie")
    assert noms(lire(ecrire(racine))) == noms(lu(ecrire(racine))) == ["D'ÉPÉE & Cie"]
