"""From what a request presents to the grant that judges it: token, addresses, delegation, recipient, in this order."""

from dataclasses import dataclass, field, replace

from graph.errors import DestinataireInvalide, DestinataireNonCouvert
from habilitations.adresses import verifier_adresse
from habilitations.destinataire import destinataire
from habilitations.habilitation import Acces, Deleguee, Etat
from habilitations.lignes import juger_habilitation
from habilitations.siret import siret_valide
from habilitations.store import Store

_UUID = 36


@dataclass(frozen=True, slots=True)
class Presente:
    """What a request presents."""

    jeton: str = field(repr=False)
    adresse: str | None = field(default=None, repr=False)
    """The caller's address, as the server or its trusted proxy saw it."""
    destinataire: str | None = None
    """`X-Destinataire`."""
    delegation: str | None = None
    """`X-Delegation`: which of the editor's delegations is used."""


async def ouvrir(store: Store, presente: Presente) -> tuple[Acces, str]:
    """Return what the request is granted, and the SIRET of the recipient.

    Raises:
        JetonInvalide, JetonRevoque, JetonExpire, HabilitationInactive: the token opens nothing.
        AdresseNonAutorisee: the caller is outside the ranges of the token's grant, or of the one delegated.
        DestinataireInvalide, DestinataireNonCouvert: the recipient is missing, wrong, or not covered by one grant.
        Surcharge: the database did not answer in time.
    """
    acces = await store.authentifier(presente.jeton)
    verifier_adresse(acces, presente.adresse)
    if acces.editeur_id is not None:
        deleguee = await _deleguee(store, acces.editeur_id, presente)
        juger_habilitation(deleguee.habilitation, store.instant())
        acces = replace(acces, habilitation=deleguee.habilitation, delegation_id=deleguee.delegation_id)
        verifier_adresse(acces, presente.adresse)
    elif presente.delegation is not None:
        raise DestinataireNonCouvert("X-Delegation : réservé au jeton d'un éditeur.")
    return acces, destinataire(acces, presente.destinataire)


async def _deleguee(store: Store, editeur_id: str, presente: Presente) -> Deleguee:
    """Return the one grant that an editor's request is judged by."""
    if presente.delegation is not None:
        choisie = await store.deleguee(editeur_id, presente.delegation[: _UUID + 1])
        if choisie is None:
            raise DestinataireNonCouvert("X-Delegation : aucune délégation en cours ne porte cet identifiant.")
        return choisie
    if presente.destinataire is None:
        raise DestinataireInvalide("X-Destinataire : obligatoire pour un éditeur.")
    if not siret_valide(presente.destinataire):
        raise DestinataireInvalide("X-Destinataire : 14 chiffres, clé de contrôle comprise.")
    return _seule(await store.deleguees(editeur_id, presente.destinataire), store)


def _seule(deleguees: list[Deleguee], store: Store) -> Deleguee:
    """Return the only grant that is active; failing that, one whose state tells why nothing is open."""
    actives = [une for une in deleguees if une.habilitation.etat(store.instant()) is Etat.ACTIVE]
    if len(actives) > 1:
        detail = "Plusieurs délégations couvrent cette administration : choisissez-en une par l'en-tête X-Delegation."
        raise DestinataireNonCouvert(detail)
    if not deleguees:
        raise DestinataireNonCouvert("Aucune délégation en cours ne couvre cette administration.")
    return actives[0] if actives else deleguees[0]
