"""XML signatures (XMLDSig): enveloped, RSA-SHA256 over exclusive C14N with SHA-256 digests, and nothing else."""

import logging
from datetime import datetime
from functools import lru_cache
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from graph.errors import SourceReponseInvalide
from providers._xml import Element, ecrire, lire, parseur

SIGNATURE = "SOURCE_SIGNATURE"
DS = "http://www.w3.org/2000/09/xmldsig#"
#: Where a signature is to be written; its digest never covers itself.
_SIGNATURE = etree.QName(DS, "Signature")
#: Parsed keys, by their PEM: those of a few sources.
_EN_MEMOIRE = 16

# NOTE: signxml logs whole documents at DEBUG, persons included, whatever the root says.
logging.getLogger("signxml").setLevel(logging.WARNING)


def emplacement() -> Element:
    """Return the element that a signature will replace."""
    return etree.Element(_SIGNATURE, {"Id": "placeholder"}, nsmap={"ds": DS})


def signer(element: Element, *, certificat: str, cle: str, reference: str = "") -> Element:
    """Return an element signed where its `emplacement` stands.

    Args:
        element: what is signed, whole.
        certificat: PEM of the certificate joined to the signature.
        cle: PEM of its private key.
        reference: its identifier in the document that it will be part of; blank: it is the whole document.

    Raises:
        ValueError: a key or a certificate that cannot be used.
    """
    signataire = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    return signataire.sign(
        element,
        key=cle_privee(cle),
        cert=[certificat_de(certificat)],
        reference_uri=f"#{reference}" if reference else None,
    )


def verifier(corps: bytes, *, certificat: str, instant: datetime, lieu: str = ".//") -> Element:
    """Return what the holder of a certificate signed in a document, and nothing of what surrounds it.

    Args:
        corps: the document.
        certificat: PEM of the one certificate trusted; the one joined to the signature is not looked at.
        instant: when the certificate has to be valid.
        lieu: path of the parent of the signature.

    Raises:
        SourceReponseInvalide: no signature, several, one by somebody else, or of something else.
        ValueError: `certificat` is not a certificate.
    """
    racine, autorise = lire(corps), certificat_de(certificat)
    if len(list(racine.iter(_SIGNATURE))) != 1:
        raise SourceReponseInvalide(cause=SIGNATURE)
    try:
        resultat = XMLVerifier().verify(
            racine, x509_cert=autorise, parser=parseur(), expect_config=_attendue(instant, lieu)
        )
    except Exception:  # noqa: BLE001 - lxml, cryptography and signxml each have their own, and may quote a value
        raise SourceReponseInvalide(cause=SIGNATURE) from None
    signe = cast("VerifyResult", resultat).signed_xml
    if signe is None:
        raise SourceReponseInvalide(cause=SIGNATURE)
    return lire(ecrire(signe))


def _attendue(instant: datetime, lieu: str) -> SignatureConfiguration:
    return SignatureConfiguration(
        location=lieu,
        expect_references=1,
        signature_methods=frozenset({SignatureMethod.RSA_SHA256}),
        digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
        verification_time=instant,
    )


@lru_cache(maxsize=_EN_MEMOIRE)
def cle_privee(pem: str) -> RSAPrivateKey:
    """Read an RSA private key. Raise ValueError."""
    cle = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(cle, RSAPrivateKey):
        message = "clé privée RSA attendue"
        raise ValueError(message)  # noqa: TRY004 - what is wrong is the text
    return cle


@lru_cache(maxsize=_EN_MEMOIRE)
def certificat_de(pem: str) -> x509.Certificate:
    """Read a certificate. Raise ValueError."""
    return x509.load_pem_x509_certificate(pem.encode())
