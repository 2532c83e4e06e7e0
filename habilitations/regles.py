"""The rules that operations on habilitations and tokens keep, and the sentence that says which one was broken."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from habilitations.habilitation import Etat, Habilitation, Jeton
from habilitations.siret import siret_valide

#: A token lives 12 months at most; once renewed, 72 hours more at most.
DUREE_MAX = timedelta(days=365)
CHEVAUCHEMENT_MAX = timedelta(hours=72)
#: What one request may name at most, whatever the grant.
PERSONNES_MAX = 50


class OperationRefusee(Exception):  # noqa: N818 - the domain's nouns are French, as everywhere
    """An operation breaks a rule; nothing was changed. Its text is a French sentence for the operator."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def exiger(condition: object, message: str) -> None:
    """Raise OperationRefusee unless `condition` holds."""
    if not condition:
        raise OperationRefusee(message)


def verifier_habilitation(habilitation: Habilitation, scopes_connus: Collection[str]) -> None:
    """Refuse a grant that names nothing, covers nobody, spells a SIRET or a scope wrong, or ends before it begins."""
    exiger(habilitation.intitule.strip(), "L'intitulé de l'habilitation est vide.")
    exiger(habilitation.cadre_juridique.strip(), "Le cadre juridique est vide : citez le texte qui fonde l'accès.")
    exiger(habilitation.sirets, "L'habilitation ne couvre aucun destinataire : donnez un SIRET au moins.")
    _aucun("SIRET invalide", [siret for siret in habilitation.sirets if not siret_valide(siret)])
    _aucun("Scope inconnu", sorted(habilitation.scopes.difference(scopes_connus)))
    personnes = habilitation.personnes_par_requete
    exiger(1 <= personnes <= PERSONNES_MAX, f"Le nombre de personnes par requête va de 1 à {PERSONNES_MAX}.")
    fin = habilitation.fin
    exiger(fin is None or habilitation.debut < fin, "L'habilitation finit avant d'avoir commencé.")


def verifier_emission(habilitation: Habilitation, duree: timedelta, instant: datetime) -> None:
    """Refuse a token that outlives 12 months, or whose grant is over."""
    exiger(timedelta() < duree <= DUREE_MAX, "La durée d'un jeton va d'un jour à 12 mois (365 jours).")
    exiger(habilitation.etat(instant) is not Etat.TERMINEE, "L'habilitation est terminée : aucun jeton n'est émis.")


def verifier_renouvellement(jeton: Jeton, chevauchement: timedelta, instant: datetime) -> None:
    """Refuse an overlap over 72 hours, and a token that opens nothing more."""
    exiger(timedelta() <= chevauchement <= CHEVAUCHEMENT_MAX, "Le chevauchement va de 0 à 72 heures.")
    exiger(instant < jeton.fin, "Ce jeton n'est plus valable : émettez-en un autre.")


def _aucun(quoi: str, fautifs: Sequence[str]) -> None:
    exiger(not fautifs, f"{quoi} : {', '.join(fautifs)}.")
