"""API-SECU's participation familiale EAJE, played from personas: the same checks in the same order, the same words."""

from datetime import date
from typing import Literal

import msgspec

from graph.identite import IdentitePivot
from providers._api_secu import REGIME, Caisse
from providers._api_secu_foyer import Annee, Entier, VueFoyer, ecrire_allocataire, trouver
from providers._api_secu_simulateur import accueillir
from providers._personas import Personas
from providers._simulateur import Guichet, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.cnav_participation_familiale_eaje.adapter import CHEMIN
from providers.cnav_participation_familiale_eaje.messages import Dossier, PersonneNee

NOM = "cnav_participation_familiale_eaje"
GUICHET = Guichet(NOM, scope="participation_familiale_eaje")


class Membre(PersonneNee, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A person of the household as a persona holds it: a word that the source would not say is refused."""


class Vue(VueFoyer, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What API-SECU holds on a persona, in its own words (see `messages`). Keys are in camel case in the YAML.

    A file::

        caisse: CNAF
        montantRessources: 32400
        nombreBeneficiaireAEH: 1
        conjoint: {nomNaissance: "...", listePrenoms: "ANNE MARIE", dateNaissance: "1988-02-00", genre: F}
        enfants: [{nomNaissance: "...", listePrenoms: "...", dateNaissance: "{N-2}-04-00", genre: M, cogNaissance: ""}]
        adresse: {identite: "...", numeroLibelleVoie: "...", codePostalVille: "...", pays: FRANCE}

    No file: `absent: CNAF` (or MSA, RNCPS). A failure of the source: `erreur: 429` (or 500, 502, 503, 504).
    A file that opens nothing, since every child has turned seven: `absent: JEUNE_ENFANT`, beside the file.
    A persona without a view is known to the SNGI and affiliated to no caisse (404/40406).
    """

    montant_ressources: Entier = 0
    nombre_beneficiaire_aeeh: Entier = msgspec.field(default=0, name="nombreBeneficiaireAEH")
    nombre_enfant_a_charge: Entier | None = None
    """As many as there are children when it is not said."""
    annee: Annee | None = None
    """Of the income: when it is not said, two years ago at the CNAF, and the current year at the MSA."""
    conjoint: Membre | None = None
    """Declared spouse; the persona is the first allocataire, from her own état civil."""
    enfants: tuple[Membre, ...] = ()
    absent: Literal["CNAF", "MSA", "RNCPS", "JEUNE_ENFANT"] | None = None


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer the household of the persona that the SNGI recognises."""
    refus = accueillir(call, GUICHET, CHEMIN, personas.aujourdhui)
    if refus:
        return refus
    trouve = trouver(call, personas, NOM, Vue)
    return trouve if isinstance(trouve, UpstreamResponse) else _dossier(*trouve, personas.aujourdhui)


def _dossier(pivot: IdentitePivot, vue: Vue, aujourdhui: date) -> UpstreamResponse:
    """Answer a file, whatever the age of the children: the rule on it is not the source's."""
    allocataire = ecrire_allocataire(pivot, PersonneNee, cog_naissance=pivot.code_commune)
    nombre = vue.nombre_enfant_a_charge
    dossier = Dossier(
        allocataires=[allocataire, *([vue.conjoint] if vue.conjoint else [])],
        enfants=list(vue.enfants) or None,
        adresse=vue.adresse,
        nombre_enfant_a_charge=len(vue.enfants) if nombre is None else nombre,
        nombre_beneficiaire_aeeh=vue.nombre_beneficiaire_aeeh,
        montant_ressources=vue.montant_ressources,
        annee=vue.annee or (aujourdhui.year - 2 if vue.caisse == "CNAF" else aujourdhui.year),
    )
    return repondre(200, dossier, ((REGIME, Caisse[vue.caisse].value),))
