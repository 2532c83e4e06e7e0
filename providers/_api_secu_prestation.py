"""What the prestations of API-SECU that have one status share: their question, their body, and what a status means.

Such an answer bears no identity: the SNGI alone vouches for whom it is about. Who answered (X-APISECU-FD) is not read
in a success, since no field of the graph says it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Generic, Protocol, TypeVar

import msgspec

from graph.demande import Demande
from graph.errors import DonneeNonFiable, ErreurDeBloc, SourceReponseInvalide
from providers._api_secu import entetes, personne, refus
from providers._normal import DERIVE, date_complete, decode
from providers._source import Appel, UpstreamRequest, UpstreamResponse

#: The statuses that `read` understands.
LIT = frozenset({200, 400, 404})
#: The state of a prestation that is being paid.
ACTIF = 10
_NON_BENEFICIAIRES = frozenset({"NON_BENEFICIAIRE", "NON_BENEFICIAIRE_CSS"})

#: The words of one prestation, as a Literal: any other one is a drift.
Indicateur = TypeVar("Indicateur", bound=str)
Forme = TypeVar("Forme")


class Statut(msgspec.Struct, Generic[Indicateur], frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """What a caisse answers. The date is left out when it knows none."""

    indicateur: Indicateur
    date_indicateur: str | None = None
    """YYYY-MM-DD; filled for non-beneficiaries too, of whom it says nothing."""

    @property
    def beneficiaire(self) -> bool:
        """Whether the person has the prestation."""
        return self.indicateur not in _NON_BENEFICIAIRES

    @property
    def debut(self) -> date | None:
        """First day of the right. Raise SourceReponseInvalide when it is no date."""
        return date_complete(self.date_indicateur) if self.beneficiaire else None


class Etat(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """State of a line."""

    cd: int


class Ligne(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """One prestation of the person."""

    cd: str
    dt_ouverture_droit: str | None = None
    """YYYY-MM-DD."""
    etat: Etat


class StatutDetaille(
    Statut[Indicateur], Generic[Indicateur], frozen=True, rename="camel", kw_only=True, omit_defaults=True
):
    """A status whose lines matter."""

    liste_prestation: list[Ligne] | None = None

    def majoration(self, codes: Mapping[str, bool]) -> bool | None:
        """Tell if the prestation is increased, from the active line that was opened last.

        Args:
            codes: whether each code of the prestation is the increased one.

        Returns:
            None for a non-beneficiary, and when no active line says it or two say the contrary.

        Raises:
            SourceReponseInvalide: an active line of the prestation does not say when it was opened.
        """
        # NOTE: the REST predecessor kept the line opened first, by a sort that lost its order in a rewriting: its
        # rule was written, named and first coded for the last one, which is what is paid today.
        if not self.beneficiaire:
            return None
        actives = [ligne for ligne in self.liste_prestation or () if ligne.etat.cd == ACTIF and ligne.cd in codes]
        derniere = max((_ouverture(ligne) for ligne in actives), default=None)
        dites = {codes[ligne.cd] for ligne in actives if _ouverture(ligne) == derniere}
        return dites.pop() if len(dites) == 1 else None


class Majorable(Protocol):
    """A bloc whose prestation may be increased."""

    est_beneficiaire: bool | None
    avec_majoration: bool | None


def chemin(prestation: str) -> str:
    """Return where a prestation is asked."""
    return f"/prestations/v1/{prestation}"


def demander(prestation: str) -> Callable[[Demande, Appel], UpstreamRequest]:
    """Return the `request` of a prestation: a person, and nothing else."""

    def request(demande: Demande, appel: Appel) -> UpstreamRequest:
        """Ask for a status. Raise IdentifiantManquant without a civil status that says where the person was born."""
        return UpstreamRequest("GET", chemin(prestation), params=personne(demande), headers=entetes(appel))

    return request


def lire(reply: UpstreamResponse, forme: type[Forme]) -> Forme:
    """Return the body of an answer.

    Raises:
        IdentiteNonReconnue: the SNGI identifies nobody, or several persons (it does not tell them apart).
        DossierAbsent: no caisse, or no file at the caisse.
        ParametreRefuseParLaSource: the identity is refused.
        SourceIndisponible: API-SECU could not reach the caisse.
        SourceReponseInvalide: anything that the contract does not say, as the word of another prestation.
    """
    if reply.status != 200:  # noqa: PLR2004 - HTTP OK
        raise refus(reply)
    return decode(reply.body, forme)


def majoration_incertaine(bloc: Majorable, demande: Demande, appel: Appel) -> Mapping[str, ErreurDeBloc]:  # noqa: ARG001 - the form of `reserves`
    """Hold back the increase of a beneficiary when no active line settles it: a mere null would deny the right."""
    incertaine = bloc.est_beneficiaire and bloc.avec_majoration is None
    return {"avec_majoration": DonneeNonFiable()} if incertaine else {}


def _ouverture(ligne: Ligne) -> date:
    ouverture = date_complete(ligne.dt_ouverture_droit)
    if ouverture is None:
        raise SourceReponseInvalide(cause=DERIVE)
    return ouverture
