"""The Sport Data Hub, played from personas: the same checks in the same order, the same words."""

import re
from typing import Literal

import msgspec
from msgspec.structs import replace

from graph.enums import Sexe
from providers._personas import Persona, Personas
from providers._simulateur import Guichet, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.sdh_statut_sportif.messages import FicheHN, FicheSportif, Sportif

NOM = "sdh_statut_sportif"
GUICHET = Guichet(NOM)
_ROUTE = re.compile(r"/(\d+)", re.ASCII)


class FicheHNDeclaree(FicheHN, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A status as a persona holds it: a word that the source would not say is refused."""


class FicheSportifDeclaree(FicheSportif, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A place of training as a persona holds it, equally strict."""


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What the Sport Data Hub holds on a persona, in its own words (see `messages`), in camel case in the YAML.

    The identity answered is the persona's own. Statuses follow calendar years::

        fichesHN:
          - fiche: 789457
            debutDroits: "{N-1}-01-01"
            finDroits: "{N}-12-31"
            federation: 29
            nomFederation: fédération française de handball
            nomCourtFederation: HANDBALL
            categorie: 2
            libCategorie: elite
            hautNiveau: true
            valeur: 4
        fichesSportif: []

    A failure of the source: `erreur: 429` (or 403, 422, 500, 502, 503, 504). A persona without a view is not an athlete
    (404, without a body).
    """

    fiches_hn: list[FicheHNDeclaree] = msgspec.field(name="fichesHN", default_factory=list)
    fiches_sportif: list[FicheSportifDeclaree] = []
    erreur: Literal[403, 422, 429, 500, 502, 503, 504] | None = None


class Reponse(Sportif, frozen=True, rename="camel", kw_only=True):
    """An answer, with words that the adapter does not read: a caller must stand them."""

    id: int
    sexe: bool | None
    """False for a man; it is not read."""
    club: str | None = None
    fiches_club: tuple[str, ...] = ()


def simulate(call: UpstreamRequest, personas: Personas) -> UpstreamResponse:
    """Issue a token, or answer who bears a PSQS number."""
    if GUICHET.ouvre(call):
        return GUICHET.emettre(call, personas.aujourdhui)
    if not GUICHET.reconnait(call, personas.aujourdhui):
        return _refuser(401, "Jeton absent, incorrect ou expiré")
    if call.method != "GET":
        return _refuser(405, "Méthode non autorisée")
    route = _ROUTE.fullmatch(call.path)
    return _repondre(route[1], personas) if route else _refuser(400, "Identifiant incorrect")


def _repondre(identifiant: str, personas: Personas) -> UpstreamResponse:
    trouves = personas.trouver(lambda persona: persona.identifiant_sportif == identifiant)
    vue = trouves[0].vue(NOM, Vue) if trouves else None
    if vue is None:
        return repondre(404)
    if vue.erreur:
        return _refuser(vue.erreur, "Service momentanément indisponible")
    return repondre(200, _sportif(int(identifiant), trouves[0], vue))


def _sportif(identifiant: int, persona: Persona, vue: Vue) -> Reponse:
    pivot = persona.pivot
    return Reponse(
        id=identifiant,
        nom=pivot.nom_naissance,
        nom_usage=pivot.nom_usage,
        prenom=" ".join(pivot.prenoms),
        date_naissance=_minuit(str(pivot.naissance)),
        genre=pivot.sexe.name if pivot.sexe else None,
        sexe=pivot.sexe is Sexe.F if pivot.sexe else None,
        fiches_hn=[
            replace(une, debut_droits=_minuit(une.debut_droits), fin_droits=_minuit(une.fin_droits))
            for une in vue.fiches_hn
        ],
        fiches_sportif=[
            replace(une, debut=une.debut and _minuit(une.debut), fin=une.fin and _minuit(une.fin))
            for une in vue.fiches_sportif
        ],
    )


def _minuit(jour: str) -> str:
    """Write a day as the hub does: with an hour, without a timezone."""
    return f"{jour}T00:00:00"


def _refuser(status: int, message: str) -> UpstreamResponse:
    return repondre(status, {"message": message})
