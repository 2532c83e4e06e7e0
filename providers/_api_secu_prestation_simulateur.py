"""What the simulators of the prestations that have one status share: the same checks in the same order, the same words.

The gateway controls the request and the SNGI finds the person (`_api_secu_simulateur`); her view says the rest.
"""

from collections.abc import Callable
from typing import Any, Generic, Literal

import msgspec
from msgspec import UNSET, UnsetType

from providers._api_secu import INCONNU_DU_SNGI, REGIME, SANS_RATTACHEMENT, Caisse
from providers._api_secu_prestation import ACTIF, Etat, Indicateur, Ligne, chemin
from providers._api_secu_simulateur import accueillir, defaillir, identifier, refuser
from providers._personas import Personas
from providers._simulateur import Guichet, repondre
from providers._source import UpstreamRequest, UpstreamResponse

Nom = Literal["CNAF", "MSA", "RNCPS"]
#: Keys of a view that are not words of the body.
_MISE_EN_SCENE = frozenset({"caisse", "absent", "erreur"})
_IDENTITE_REFUSEE = 40013


class EtatTenu(Etat, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """State of a line as a persona holds it: a word that the source would not say is refused."""

    libelle: str
    dt_effet: str | UnsetType = UNSET


class Organisme(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A caisse, by its code and name."""

    cd: int
    libelle: str


class LigneTenue(Ligne, frozen=True, rename="camel", kw_only=True, omit_defaults=False, forbid_unknown_fields=True):
    """A line as a persona holds it, equally strict; active when its state is not said."""

    libelle: str
    dt_ouverture_droit: str
    etat: EtatTenu = EtatTenu(cd=ACTIF, libelle="Actif")
    qualite_beneficiaire: str | UnsetType = UNSET
    """`105`: who is paid; `205`: the child who opens the right."""
    organisme_rattachement: Organisme | UnsetType = UNSET
    organisme_gestionnaire: Organisme | UnsetType = UNSET


class Vue(msgspec.Struct, Generic[Indicateur], frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What API-SECU holds on a persona for a prestation, in its own words. Keys are in camel case in the YAML.

    A right::

        caisse: MSA
        indicateur: BENEFICIAIRE
        dateIndicateur: "{N-1}-04-01"

    No file: `absent: CNAF` (or MSA, RNCPS). A refusal or a failure: `erreur: 429` (or 400, 403, 500, 502, 503, 504).
    A persona without a view is known to the SNGI and affiliated to no caisse (404/40406).
    """

    caisse: Nom | None = None
    """Who answers, when it is not whom the prestation is most often asked of."""
    indicateur: Indicateur | None = None
    date_indicateur: str | None = None
    absent: Nom | None = None
    """The caisse that answers that it has no file (404 and X-APISECU-FD)."""
    erreur: Literal[400, 403, 429, 500, 502, 503, 504] | None = None
    """The status of a refusal or a failure that this persona always meets; 400: her commune is refused."""

    def __post_init__(self) -> None:
        """Refuse a view that says nothing."""
        if not (self.indicateur or self.absent or self.erreur):
            detail = "Il faut indicateur, absent ou erreur."
            raise ValueError(detail)


class VueDetaillee(
    Vue[Indicateur], Generic[Indicateur], frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True
):
    """The same, with lines.

    Written::

        listePrestation: [{cd: FA3102, libelle: RSA majoré, dtOuvertureDroit: "{N-1}-04-01"}]
    """

    liste_prestation: list[LigneTenue] | None = None


def simuler(
    guichet: Guichet, prestation: str, forme: type[Vue[Any]], repondant: Caisse = Caisse.CNAF
) -> Callable[[UpstreamRequest, Personas], UpstreamResponse]:
    """Return the `simulate` of a prestation whose views have a form."""

    def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
        """Issue a token, or answer the status of the persona that the SNGI recognises."""
        refus = accueillir(call, guichet, chemin(prestation), personas.aujourdhui)
        if refus:
            return refus
        persona = identifier(call, personas)
        if persona is None:
            return refuser(404, INCONNU_DU_SNGI, "Il n’a pas été possible d’identifier la personne")
        vue = persona.vue(guichet.source, forme)
        if vue is None:
            return refuser(404, SANS_RATTACHEMENT, "Le répertoire ne contient aucun rattachement pour cette personne")
        return _incident(vue) or _statut(vue, Caisse[vue.caisse] if vue.caisse else repondant)

    return simulate


def _incident(vue: Vue[Any]) -> UpstreamResponse | None:
    if vue.erreur == 400:  # noqa: PLR2004 - HTTP Bad Request
        return refuser(400, _IDENTITE_REFUSEE, "Commune de naissance absente ou inconnue")
    if vue.erreur:
        return defaillir(vue.erreur)
    if vue.absent:
        return refuser(404, 40404, "Le dossier de l’allocataire n’existe pas", Caisse[vue.absent])
    return None


def _statut(vue: Vue[Any], repondant: Caisse) -> UpstreamResponse:
    """Answer what the view says; what it leaves out, the source leaves out."""
    tenu: dict[str, Any] = msgspec.to_builtins(vue)
    corps = {cle: valeur for cle, valeur in tenu.items() if valeur is not None and cle not in _MISE_EN_SCENE}
    return repondre(200, corps, ((REGIME, repondant.value),))
