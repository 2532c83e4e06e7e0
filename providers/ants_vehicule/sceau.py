"""The seal of the SIV: our messages say who asks by a SAML assertion that we sign, and its answers are signed."""

import hashlib
from datetime import UTC, datetime, timedelta

from lxml import etree

from providers._signature import emplacement, signer, verifier
from providers._source import Appel, Reglages, UpstreamRequest, UpstreamResponse
from providers._xml import Element, ecrire, lire
from providers.ants_vehicule.messages import element, enveloppe

REGLAGES = (
    *("idp", "code_concentrateur", "code_partenaire", "code_miat"),
    *("certificat", "cle", "certificat_source"),
)
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
ASSERTION, SECURITE = f"{{{SAML}}}Assertion", f"{{{WSSE}}}Security"
DUREE = timedelta(seconds=600)
NOTRE_PAROLE = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"
PAR_SIGNATURE = "urn:oasis:names:tc:SAML:2.0:ac:classes:XMLDSig"
PARTENAIRE = "CodePartenaire"
_ENTITE = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
_LIBRE = "urn:oasis:names:tc:SAML:2.0:nameid-format:unspecified"
_SIMPLE = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"


def sceller(request: UpstreamRequest, appel: Appel, reglages: Reglages) -> UpstreamRequest:
    """Put a message in an envelope, with the signed assertion of who asks. Raise ValueError for an unusable key."""
    message = lire(request.body)
    codes = [element(nom, reglages[nom]) for nom in ("code_partenaire", "code_miat")]
    message[0][:0] = codes
    # NOTE: two plates of one request share its correlation, and an assertion serves once.
    identifiant = "_" + hashlib.sha256(ecrire(message)).hexdigest()[:32]
    assertion = signer(
        _assertion(identifiant, appel.instant.astimezone(UTC), reglages),
        certificat=reglages["certificat"],
        cle=reglages["cle"],
        reference=identifiant,
    )
    securite = etree.Element(SECURITE, {"actor": "", "mustUnderstand": "1"}, nsmap={"wsse": WSSE})
    securite.append(assertion)
    corps = ecrire(enveloppe(securite, corps=message))
    return UpstreamRequest(request.method, request.path, request.params, request.headers, corps)


def ouvrir(reply: UpstreamResponse, reglages: Reglages, instant: datetime) -> UpstreamResponse:
    """Return what the SIV signed of an answer, and nothing else. Raise SourceReponseInvalide."""
    signe = verifier(reply.body, certificat=reglages["certificat_source"], instant=instant)
    return UpstreamResponse(reply.status, reply.headers, ecrire(signe))


def _assertion(identifiant: str, instant: datetime, reglages: Reglages) -> Element:
    debut, fin, idp = _ecrit(instant), _ecrit(instant + DUREE), reglages["idp"]
    assertion = etree.Element(
        ASSERTION, {"ID": identifiant, "IssueInstant": debut, "Version": "2.0"}, nsmap={"saml": SAML}
    )
    _ajouter(assertion, "Issuer", idp, Format=_ENTITE)
    assertion.append(emplacement())
    sujet = _ajouter(assertion, "Subject")
    _ajouter(sujet, "NameID", idp, Format=_LIBRE)
    _ajouter(sujet, "SubjectConfirmation", Method=NOTRE_PAROLE)
    _ajouter(assertion, "Conditions", NotBefore=debut, NotOnOrAfter=fin)
    contexte = _ajouter(_ajouter(assertion, "AuthnStatement", AuthnInstant=debut), "AuthnContext")
    _ajouter(contexte, "AuthnContextClassRef", PAR_SIGNATURE)
    attribut = _ajouter(_ajouter(assertion, "AttributeStatement"), "Attribute", Name=PARTENAIRE, NameFormat=_SIMPLE)
    _ajouter(attribut, "AttributeValue", reglages["code_concentrateur"])
    return assertion


def _ajouter(parent: Element, nom: str, texte: str | None = None, **attributs: str) -> Element:
    enfant = etree.SubElement(parent, f"{{{SAML}}}{nom}", attributs)
    enfant.text = texte
    return enfant


def _ecrit(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
