"""The rules that operations on habilitations and tokens keep, and the sentence that says which one was broken."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches

from habilitations.adresses import lire_plage
from habilitations.habilitation import Etat, Habilitation, Jeton
from habilitations.siret import siret_valide

#: A token lives 12 months at most; once renewed, 72 hours more at most.
DUREE_MAX = timedelta(days=365)
CHEVAUCHEMENT_MAX = timedelta(hours=72)
#: What one request may name at most, whatever the grant.
PERSONNES_MAX = 50
#: What fits an INTEGER on both databases; and as many ranges as one site may need.
VOLUME_MAX = 2**31 - 1
PLAGES_MAX = 50

_SIRET = "Un SIRET a 14 chiffres, sans espace, et sa clé de contrôle (Luhn) : recopiez celui de l'avis de situation."
_PLAGE = "Écrivez une adresse (192.0.2.7), ou la première d'un réseau et sa taille (192.0.2.0/24, 2001:db8::/32)."
_TERMINEE = (
    "L'habilitation est terminée : aucun jeton n'est émis. Enregistrez celle qui lui succède "
    "(« particulier habilitation creer »)."
)
#: How much alike two scopes must be for one to be taken for the other, misspelt; and letters that are compared.
_RESSEMBLANCE, _COMPARES = 0.75, 100
_SERVICE = re.compile(r"[!-~]{1,255}")
#: Scopes of the DGFIP are known by their names: a year opens no data, and data open nothing without a year.
_DGFIP, _ANNEE = "dgfip_", "dgfip_annee_n_moins_"
_N_2_A_DEFAUT = "dgfip_annee_n_moins_2_si_indispo_n_moins_1"


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
    """Refuse a grant that names nothing, covers nobody, spells something wrong, or ends before it begins."""
    exiger(
        habilitation.intitule.strip(),
        "L'intitulé de l'habilitation est vide : nommez l'usage des données, ou l'éditeur.",
    )
    exiger(habilitation.cadre_juridique.strip(), "Le cadre juridique est vide : citez le texte qui fonde l'accès.")
    exiger(habilitation.sirets, "L'habilitation ne couvre aucun destinataire : donnez un SIRET au moins.")
    _aucun("SIRET invalide", [siret for siret in habilitation.sirets if not siret_valide(siret)], _SIRET)
    inconnus = sorted(habilitation.scopes.difference(scopes_connus))
    _aucun("Scope inconnu", inconnus, _orthographe(inconnus, scopes_connus))
    verifier_personnes(habilitation.personnes_par_requete)
    volume = habilitation.volume_annuel
    exiger(volume is None or 1 <= volume <= VOLUME_MAX, "Le volume annuel est un nombre de personnes, 1 au moins.")
    verifier_plages(habilitation.plages_ip)
    verifier_service(habilitation.franceconnect_client_id)
    fin = habilitation.fin
    exiger(
        fin is None or habilitation.debut < fin,
        "L'habilitation finit avant d'avoir commencé : donnez une fin qui suive son début.",
    )


def verifier_personnes(personnes: int) -> None:
    """Refuse a number of persons that no request may name."""
    exiger(1 <= personnes <= PERSONNES_MAX, f"Le nombre de personnes par requête va de 1 à {PERSONNES_MAX}.")


def verifier_service(client_id: str | None) -> None:
    """Refuse what is not the client id of a service of FranceConnect."""
    attendu = "L'identifiant de client FranceConnect a de 1 à 255 caractères, sans espace ni accent."
    exiger(client_id is None or _SERVICE.fullmatch(client_id), attendu)


def verifier_plages(plages: Sequence[str]) -> None:
    """Refuse what is not a range, a network with host bits for instance, and more ranges than one site may need."""
    exiger(len(plages) <= PLAGES_MAX, f"L'habilitation porte {PLAGES_MAX} plages d'adresses au plus : regroupez-les.")
    _aucun("Plage d'adresses invalide", [plage for plage in plages if lire_plage(plage) is None], _PLAGE)


def incompatibilite(scopes: Collection[str]) -> str | None:
    """Return the sentence that says why these scopes cannot be granted together; None when they can."""
    annees = {scope for scope in scopes if scope.startswith(_ANNEE)}
    if not annees and any(scope.startswith(_DGFIP) for scope in scopes):
        return f"Scopes incompatibles : les données de la DGFIP veulent une année, par exemple {_ANNEE}1."
    if _N_2_A_DEFAUT in annees and len(annees) > 1:
        return f"Scopes incompatibles : {_N_2_A_DEFAUT} exclut {', '.join(sorted(annees - {_N_2_A_DEFAUT}))}."
    return None


def verifier_compatibilite(scopes: Collection[str]) -> None:
    """Refuse scopes that cannot be granted together."""
    raison = incompatibilite(scopes)
    exiger(raison is None, raison or "")


def verifier_emission(habilitation: Habilitation, duree: timedelta, instant: datetime) -> None:
    """Refuse a token that outlives 12 months, or whose grant is over."""
    exiger(timedelta() < duree <= DUREE_MAX, "La durée d'un jeton va d'un jour à 12 mois (365 jours).")
    exiger(habilitation.etat(instant) is not Etat.TERMINEE, _TERMINEE)


def verifier_renouvellement(jeton: Jeton, chevauchement: timedelta, instant: datetime) -> None:
    """Refuse an overlap over 72 hours, or a token that is over, suspended or still to be collected."""
    exiger(not jeton.a_retirer, "Ce jeton n'a pas encore été retiré : « particulier jeton emettre » le donne.")
    exiger(timedelta() <= chevauchement <= CHEVAUCHEMENT_MAX, "Le chevauchement va de 0 à 72 heures.")
    exiger(instant < jeton.fin, "Ce jeton n'est plus valable : émettez-en un autre.")
    exiger(jeton.suspendu_le is None, "Ce jeton est suspendu : « particulier jeton retablir » y met fin.")


def _aucun(quoi: str, fautifs: Sequence[str], remede: str) -> None:
    exiger(not fautifs, f"{quoi} : {', '.join(fautifs)}. {remede}")


def _orthographe(inconnus: Sequence[str], connus: Collection[str]) -> str:
    """Return which scopes may have been meant, and where all of them are named."""
    proches = [get_close_matches(scope[:_COMPARES], sorted(connus), 1, _RESSEMBLANCE) for scope in inconnus]
    voulus = dict.fromkeys(scope for proche in proches for scope in proche)
    question = f"Vouliez-vous dire {', '.join(voulus)} ? " if voulus else ""
    return f"{question}« particulier schema » les nomme tous (@requiresScopes)."
