"""The ministry of education's words: ask for a pupil in a school or a perimeter, read the answer into `Scolarite`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, cast

import msgspec

from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import (
    DonneeNonFiable,
    DossierAbsent,
    ErreurDeBloc,
    IdentiteNonReconnue,
    NonEligible,
    SourceReponseInvalide,
)
from graph.identite import PIVOT_COMPLET, EtatCivil, IdentitePivot, choisir
from graph.scolarite import Scolarite
from graph.scolarite_saisie import Perimetre
from providers._normal import DERIVE, decode, naissance
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.men_scolarite.lecture import rentree, scolarite
from providers.men_scolarite.messages import Eleve, Entete, Recherche, Refus

IDENTIFICATIONS = (PIVOT_COMPLET,)
CHEMIN = "/anges/v2/eleve/informations-scolarite"
CHEMIN_PERIMETRE = f"{CHEMIN}/perimetre"
SCOPE = "men_statut_scolarite,men_statut_boursier,men_echelon_bourse"
SEXES: Mapping[Sexe, Literal[1, 2]] = {Sexe.M: 1, Sexe.F: 2}
HORS_PERIMETRE = "hors périmètre"
#: Month and day before which the grants of a school year are still being entered: "no grant" is not yet true.
_BOURSES_SAISIES = (10, 15)


def request(demande: Demande, appel: Appel) -> UpstreamRequest:
    """Ask in a school, else in a perimeter. Raise IdentifiantManquant without a whole état civil."""
    choisir(demande.identite, IDENTIFICATIONS)
    perimetre: Perimetre = demande["perimetre"]
    headers = (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("X-Siret-Partenaire", appel.destinataire),
    )
    if perimetre.code_etablissement:
        params = _params(demande, perimetre.code_etablissement)
        return UpstreamRequest("GET", CHEMIN, params=params, headers=headers)
    return UpstreamRequest("POST", CHEMIN_PERIMETRE, headers=headers, body=msgspec.json.encode(_recherche(demande)))


def read(reply: UpstreamResponse, demande: Demande, _appel: Appel) -> Scolarite:
    """Read a pupil; the body is JSON, whatever its type says.

    Raises:
        IdentiteNonReconnue: no such pupil there.
        NonEligible: the pupil is not one of those whom the ministry answers about, as after the baccalauréat.
        DossierAbsent: the pupil is known, and goes to no school that year: not found there (30004), rather than
            ineligible.
        SourceReponseInvalide: anything that the contract does not say, another school year included.
    """
    if reply.status != 200:  # noqa: PLR2004 - HTTP OK
        raise _refus(reply)
    if not decode(reply.body, Entete).info_scolarite.est_scolarise:
        raise DossierAbsent
    eleve = decode(reply.body, Eleve)
    annee = rentree(eleve.identification)
    if annee is None or annee != demande["annee_scolaire"]:
        raise SourceReponseInvalide(cause=DERIVE)
    return scolarite(eleve, annee)


def etats_civils(bloc: Scolarite) -> Sequence[EtatCivil]:
    """Return the état civil of the pupil."""
    lue = bloc.identite
    if lue is None:
        return ()
    return (EtatCivil(lue.nom or "", (lue.prenom,) if lue.prenom else (), naissance(lue.date_naissance)),)


def reserves(bloc: Scolarite, demande: Demande, appel: Appel) -> Mapping[str, ErreurDeBloc]:
    """Hold the grant back when nothing is said of it, or when "no grant" is said too early. A grant is always true.

    Its level is held back when it is not said: a null would be taken for no grant.
    """
    if bloc.est_boursier:
        return {} if bloc.echelon_bourse else {"echelon_bourse": DonneeNonFiable()}
    saisies = appel.aujourdhui >= date(demande["annee_scolaire"], *_BOURSES_SAISIES)
    if bloc.est_boursier is False and saisies:
        return {}
    return {"est_boursier": DonneeNonFiable(), "echelon_bourse": DonneeNonFiable()}


def _params(demande: Demande, uai: str) -> tuple[tuple[str, str], ...]:
    pivot = cast("IdentitePivot", demande.identite.pivot)
    return (
        ("nom", pivot.nom_naissance),
        ("prenom", pivot.prenoms[0]),
        ("sexe", str(SEXES[cast("Sexe", pivot.sexe)])),
        ("date-naissance", str(pivot.naissance)),
        ("code-uai", uai),
        ("annee-scolaire", str(demande["annee_scolaire"])),
        ("scope", SCOPE),
    )


def _recherche(demande: Demande) -> Recherche:
    pivot, perimetre = cast("IdentitePivot", demande.identite.pivot), cast("Perimetre", demande["perimetre"])
    return Recherche(
        nom=pivot.nom_naissance,
        prenom=pivot.prenoms[0],
        sexe=SEXES[cast("Sexe", pivot.sexe)],
        date_naissance=str(pivot.naissance),
        annee_scolaire=str(demande["annee_scolaire"]),
        scope=SCOPE,
        degre_etablissement=cast("Literal['1D', '2D']", perimetre.degre and perimetre.degre.value),
        type_perimetre="departement" if perimetre.departements else "region",
        valeurs_perimetre=list(perimetre.departements or perimetre.regions),
    )


def _refus(reply: UpstreamResponse) -> ErreurDeBloc:
    refus = decode(reply.body, Refus)
    if refus.status == "FORBIDDEN" or HORS_PERIMETRE in (refus.detail or "").lower():
        return NonEligible()
    return IdentiteNonReconnue() if refus.status == "NOT_FOUND" else SourceReponseInvalide(cause="SOURCE_ERREUR")
