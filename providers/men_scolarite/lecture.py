"""The words of the ministry of education brought to the types of the graph."""

import re

from graph.enums import Sexe
from graph.errors import SourceReponseInvalide
from graph.scolarite import (
    CodeRegimePensionnat,
    EtablissementScolaire,
    IdentiteEleve,
    ModuleElementaireFormation,
    RegimePensionnat,
    Scolarite,
    StatutEleve,
)
from providers._normal import DERIVE, code, date_complete, texte
from providers.men_scolarite.messages import Eleve, Identification, InfoScolarite

_ANNEE = re.compile(r"(\d{4})(-\d{4})?", re.ASCII)
_SEXES = {1: Sexe.M, 2: Sexe.F}
_REGIMES = {
    CodeRegimePensionnat.R0: "Externe libre",
    CodeRegimePensionnat.R1: "Externe surveillé",
    CodeRegimePensionnat.R2: "Demi-pensionnaire dans l'établissement",
    CodeRegimePensionnat.R3: "Interne dans l'établissement",
    CodeRegimePensionnat.R4: "Interne externé",
    CodeRegimePensionnat.R5: "Interne hébergé",
    CodeRegimePensionnat.R6: "Demi-pensionnaire hors l'établissement",
}


def rentree(identification: Identification) -> int | None:
    """Return the year in which a school year begins; None when it is not written as one."""
    trouvee = _ANNEE.fullmatch(identification.annee_scolaire.strip())
    return int(trouvee[1]) if trouvee else None


def scolarite(eleve: Eleve, annee: int) -> Scolarite:
    """Return the schooling of a pupil during the school year that begins in a year."""
    info, etablissement = eleve.info_scolarite, eleve.identification.etablissement
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
        sexe=_SEXES[lue.sexe],
        date_naissance=date_complete(lue.date_naissance),
    )


def _regime(info: InfoScolarite) -> RegimePensionnat | None:
    regime = code(info.code_regime, CodeRegimePensionnat)
    return RegimePensionnat(code=regime, libelle=_REGIMES[regime]) if regime else None
