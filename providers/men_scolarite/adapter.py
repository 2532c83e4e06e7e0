"""The ministry of education's words: ask for a pupil in a school or a perimeter, read the answer into `Scolarite`."""

import re
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
from graph.scolarite import (
    CodeRegimePensionnat,
    EtablissementScolaire,
    IdentiteEleve,
    ModuleElementaireFormation,
    RegimePensionnat,
    Scolarite,
    StatutEleve,
)
from graph.scolarite_saisie import Perimetre
from providers._normal import DERIVE, date_complete, decode, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.men_scolarite.messages import Eleve, Entete, Identification, InfoScolarite, Recherche, Refus

IDENTIFICATIONS = (PIVOT_COMPLET,)
CHEMIN = "/anges/v2/eleve/informations-scolarite"
CHEMIN_PERIMETRE = f"{CHEMIN}/perimetre"
SCOPE = "men_statut_scolarite,men_statut_boursier,men_echelon_bourse"
SEXES: Mapping[Sexe, Literal[1, 2]] = {Sexe.M: 1, Sexe.F: 2}
HORS_PERIMETRE = "hors périmètre"
_SEXES_LUS = {code: sexe for sexe, code in SEXES.items()}
_REGIMES = {str(code.value): code for code in CodeRegimePensionnat}
_LIBELLES = {
    CodeRegimePensionnat.R0: "Externe libre",
    CodeRegimePensionnat.R1: "Externe surveillé",
    CodeRegimePensionnat.R2: "Demi-pensionnaire dans l'établissement",
    CodeRegimePensionnat.R3: "Interne dans l'établissement",
    CodeRegimePensionnat.R4: "Interne externé",
    CodeRegimePensionnat.R5: "Interne hébergé",
    CodeRegimePensionnat.R6: "Demi-pensionnaire hors l'établissement",
}
_ANNEE = re.compile(r"(\d{4})(-\d{4})?", re.ASCII)
#: Month and day before which the grants of a school year are still being entered: "no grant" is not yet true.
_BOURSES_SAISIES = (10, 15)
_NAISSANCE_INCONNUE = "0000-00-00"


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
        DossierAbsent: the pupil goes to no school that year.
        SourceReponseInvalide: anything that the contract does not say, another school year included.
    """
    if reply.status != 200:  # noqa: PLR2004 - HTTP OK
        raise _refus(reply)
    if not decode(reply.body, Entete).info_scolarite.est_scolarise:
        raise DossierAbsent
    eleve = decode(reply.body, Eleve)
    if _annee(eleve.identification) != demande["annee_scolaire"]:
        raise SourceReponseInvalide(cause=DERIVE)
    return _scolarite(eleve)


def etats_civils(bloc: Scolarite) -> Sequence[EtatCivil]:
    """Return the état civil of the pupil."""
    lue = bloc.identite
    if lue is None:
        return ()
    naissance = lue.date_naissance.isoformat() if lue.date_naissance else _NAISSANCE_INCONNUE
    return (EtatCivil(lue.nom or "", (lue.prenom,) if lue.prenom else (), naissance),)


def reserves(bloc: Scolarite, demande: Demande, appel: Appel) -> Mapping[str, ErreurDeBloc]:
    """Hold the grant back when nothing is said of it, or when "no grant" is said too early. A grant is always true."""
    if bloc.est_boursier:
        return {}
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


def _annee(identification: Identification) -> int | None:
    trouvee = _ANNEE.fullmatch(identification.annee_scolaire.strip())
    return int(trouvee[1]) if trouvee else None


def _scolarite(eleve: Eleve) -> Scolarite:
    info, etablissement = eleve.info_scolarite, eleve.identification.etablissement
    annee = _annee(eleve.identification) or 0
    return Scolarite(
        regime_pensionnat=_regime(info),
        identite=_identite(eleve.identification),
        module_elementaire_formation=ModuleElementaireFormation(
            code_mef_stat=texte(info.code_mef_stat), libelle=texte(info.libelle_long_mef)
        ),
        etablissement=EtablissementScolaire(
            code_uai=texte(etablissement.code_uai), code_ministere_tutelle=texte(etablissement.ministere_tutelle)
        ),
        annee_scolaire=f"{annee}-{annee + 1}",
        est_scolarise=info.est_scolarise,
        statut_eleve=StatutEleve(code=texte(info.statut_eleve.code), libelle=texte(info.statut_eleve.libelle)),
        est_boursier=eleve.info_bourse.est_boursier if eleve.info_bourse else None,
        echelon_bourse=eleve.info_bourse.niveau_bourse if eleve.info_bourse else None,
    )


def _identite(lue: Identification) -> IdentiteEleve:
    nom = texte(lue.nom)
    if nom is None:
        raise SourceReponseInvalide(cause=DERIVE)
    return IdentiteEleve(
        nom=nom,
        prenom=texte(lue.prenom),
        sexe=_SEXES_LUS[lue.sexe],
        date_naissance=date_complete(lue.date_naissance),
    )


def _regime(info: InfoScolarite) -> RegimePensionnat | None:
    lu = texte(info.code_regime)
    if lu is None:
        return None
    if lu not in _REGIMES:
        raise SourceReponseInvalide(cause=DERIVE)
    return RegimePensionnat(code=_REGIMES[lu], libelle=_LIBELLES[_REGIMES[lu]])
