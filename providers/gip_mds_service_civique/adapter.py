"""The GIP-MDS's words: ask for the civic service contracts of a person, read the answer into `ServiceCivique`."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, cast

from graph.demande import Demande
from graph.errors import ErreurDeBloc, IdentiteAmbigue, IdentiteNonReconnue, SourceReponseInvalide
from graph.identite import FRANCE_CONNECT, PIVOT_DATE, EtatCivil, IdentitePivot, choisir
from graph.service_civique import OrganismeAccueil, ServiceCivique, StatutServiceCivique
from providers._normal import DERIVE, NAISSANCE_INCONNUE, date_complete, date_partielle, decode, prenoms, texte
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.gip_mds_service_civique.messages import Contrat, Individu, Refus, Reponse

IDENTIFICATIONS = (FRANCE_CONNECT, PIVOT_DATE)
CHEMIN = "/contrats-generique"
NATURE = "89"
INDIVIDU_INCONNU, SANS_CONTRAT, HOMONYMES = "NOT_FOUND_INDIVIDU", "NOT_FOUND_CONTRAT", "TOO_MANY_INDIVIDU"
_NAISSANCE = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)
#: Reasons given to an end that leave the contract current; the DSN pads its codes to three digits.
_TOUJOURS_EN_COURS = frozenset({"99", "099", "100"})


class _Contrat(NamedTuple):
    debut: date | None
    fin: date | None
    en_cours: bool
    organisme: OrganismeAccueil


def request(demande: Demande, _appel: Appel) -> UpstreamRequest:
    """Ask for one person. Raise IdentifiantManquant without her day of birth, even from FranceConnect."""
    choisir(demande.identite, (PIVOT_DATE,))
    pivot = cast("IdentitePivot", demande.identite.pivot)
    params = (
        ("nom", pivot.nom_naissance.upper()),
        ("prenom", pivot.prenoms[0]),
        ("dateNaissance", naissance(pivot)),
        ("listeCodeNature", NATURE),
        ("comparaisonCertifiee", "1"),
    )
    return UpstreamRequest("GET", CHEMIN, params=params, headers=(("Accept", "application/json"),))


def naissance(pivot: IdentitePivot) -> str:
    """Write a birth date as DDMMYYYY."""
    return "".join(reversed(str(pivot.naissance).split("-")))


def read(reply: UpstreamResponse, _demande: Demande, _appel: Appel) -> ServiceCivique:
    """Read every contract of every establishment of every company, and keep the latest of each kind.

    Raises:
        IdentiteNonReconnue: no such person.
        IdentiteAmbigue: several persons answer to this identity.
        SourceReponseInvalide: anything that the contract does not say.
    """
    if reply.status != 200:  # noqa: PLR2004 - HTTP OK
        return _sans_contrat(reply)
    individu = decode(reply.body, Reponse).individu
    contrats = tuple(_contrats(individu))
    return ServiceCivique(
        statut_actuel=_statut(sorted((un for un in contrats if un.en_cours), key=lambda un: un.debut or date.min)),
        statut_passe=_statut(sorted((un for un in contrats if not un.en_cours), key=lambda un: un.fin or date.min)),
        etat_civil=_etat_civil(individu),
    )


def etats_civils(bloc: ServiceCivique) -> Sequence[EtatCivil]:
    """Return the état civil of the SNGI, which comes with contracts alone."""
    return (bloc.etat_civil,) if bloc.etat_civil else ()


def _sans_contrat(reply: UpstreamResponse) -> ServiceCivique:
    """Read a refusal: that there is no contract is an answer."""
    erreur = _refus(reply.status, {erreur.code for erreur in decode(reply.body, Refus).erreurs})
    if erreur:
        raise erreur
    return ServiceCivique(statut_actuel=_statut(()), statut_passe=_statut(()), etat_civil=None)


def _refus(status: int, codes: set[str]) -> ErreurDeBloc | None:
    if (status, codes) == (404, {SANS_CONTRAT}):
        return None
    if (status, codes) == (404, {INDIVIDU_INCONNU}):
        return IdentiteNonReconnue()
    if (status, codes) == (413, {HOMONYMES}):
        return IdentiteAmbigue()
    return SourceReponseInvalide(cause="SOURCE_ERREUR")


def _contrats(individu: Individu) -> Iterator[_Contrat]:
    for entreprise in individu.entreprise:
        for etablissement in entreprise.etablissement:
            siret, raison_sociale = texte(etablissement.siret), texte(entreprise.raison_sociale)
            organisme = OrganismeAccueil(siret=siret, raison_sociale=raison_sociale)
            yield from (_contrat(contrat, organisme) for contrat in etablissement.contrat)


def _contrat(contrat: Contrat, organisme: OrganismeAccueil) -> _Contrat:
    fin = date_complete(contrat.date_fin_contrat)
    en_cours = fin is None or texte(contrat.motif_rupture) in _TOUJOURS_EN_COURS
    return _Contrat(date_complete(contrat.date_debut_contrat), fin, en_cours, organisme)


def _statut(contrats: Sequence[_Contrat]) -> StatutServiceCivique:
    """Return the last contract, if there is one."""
    if not contrats:
        return StatutServiceCivique(
            contrat_trouve=False, organisme_accueil=None, date_debut_contrat=None, date_fin_contrat=None
        )
    dernier = contrats[-1]
    return StatutServiceCivique(
        contrat_trouve=True,
        organisme_accueil=dernier.organisme,
        date_debut_contrat=dernier.debut,
        date_fin_contrat=dernier.fin,
    )


def _etat_civil(individu: Individu) -> EtatCivil:
    nom, trouve = texte(individu.nom_famille_sngi), _NAISSANCE.fullmatch(individu.date_naissance_sngi)
    if nom is None or trouve is None:
        raise SourceReponseInvalide(cause=DERIVE)
    jour, mois, annee = trouve.groups()
    naissance_lue = date_partielle(f"{annee}-{mois}-{jour}") or NAISSANCE_INCONNUE
    return EtatCivil(nom, tuple(prenoms(individu.prenoms_sngi) or ()), naissance_lue)
