"""What the simulated SIV checks of a message before it answers: the signed assertion of who asks, and the request."""

from datetime import date, datetime, time, timedelta
from typing import Literal

import msgspec

from graph.circonstances import PARIS
from providers._signature import verifier
from providers._simulateur import reglage
from providers._xml import Element, lire, objet
from providers.ants_vehicule import messages, sceau

NOM = "ants_vehicule"
_LIEU = f"./{messages.ENTETE}/{sceau.SECURITE}/{sceau.ASSERTION}/"
_SAML = {"saml": sceau.SAML}
_JOUR = timedelta(days=1)


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who asks, and for what."""

    code_partenaire: str
    code_miat: str
    type_operation: Literal["Consultation Dossier"]
    numero_session: str
    date_envoi: str


class Informations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The plate."""

    num_immat: str


class Requete(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The question."""

    mode_appel: Literal["L"]
    informations: Informations


class Demande(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request, whose every other word is refused."""

    control: Control
    requete: Requete


class Faute(Exception):  # noqa: N818 - SOAP's own word
    """A message that the SIV does not treat."""


def ouvrir(corps: bytes, aujourdhui: date) -> Demande:
    """Read a request whose assertion is signed by the one partner of the sandbox. Raise Faute."""
    midi = datetime.combine(aujourdhui, time(12), PARIS)
    assertion = verifier(corps, certificat=reglage(NOM, "certificat"), instant=midi, lieu=_LIEU)
    if assertion.tag != sceau.ASSERTION or not _fait_foi(assertion, midi):
        raise Faute("Assertion refusée")
    demande = lire(corps).find(f"{messages.CORPS}/{messages.DEMANDE}")
    if demande is None:
        raise Faute("Opération inconnue")
    try:
        return msgspec.convert(objet(demande, messages.SIV), Demande)
    except msgspec.ValidationError:
        raise Faute("Demande incorrecte") from None


def _fait_foi(assertion: Element, midi: datetime) -> bool:
    """Tell whether an assertion says what the SIV wants to read, for the day."""

    def lu(chemin: str) -> str:
        return str(assertion.xpath(f"string({chemin})", namespaces=_SAML))

    try:
        debut, fin = (datetime.fromisoformat(lu(f"saml:Conditions/@{nom}")) for nom in ("NotBefore", "NotOnOrAfter"))
    except ValueError:
        return False
    return (
        {lu("saml:Issuer"), lu("saml:Subject/saml:NameID")} == {reglage(NOM, "idp")}
        and lu("saml:Subject/saml:SubjectConfirmation/@Method") == sceau.NOTRE_PAROLE
        and lu("saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef") == sceau.PAR_SIGNATURE
        and lu(f"saml:AttributeStatement/saml:Attribute[@Name='{sceau.PARTENAIRE}']/saml:AttributeValue")
        == reglage(NOM, "code_concentrateur")
        and fin - debut == sceau.DUREE
        and abs(debut - midi) < _JOUR
    )
