"""What an attestation says of each bloc of a question: its source, its state, and how fresh it is."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from gateway.attestation import BlocAtteste
from graph.context import Chemin
from graph.errors import ErreurDeBloc, EtatSource
from resolvers.plan import BlocPrevu, Plan, Verdict
from resolvers.projection import Fournisseur

#: What comes of a source that is down, or makes no sense, is no answer of its own; neither is a refusal of ours.
_SANS_REPONSE = (EtatSource.INDISPONIBLE, EtatSource.NON_HABILITE)


class Datee(Protocol):
    """What came of a question to a source, and when. `resolvers.loaders.Reponse`, once it bears its instant."""

    @property
    def erreur(self) -> ErreurDeBloc | None:
        """Why the bloc is null."""

    @property
    def instant(self) -> datetime | None:
        """When it came, aware; None when the source was not asked."""


def blocs_attestes(
    plan: Plan, reponses: Mapping[Chemin, Datee], fournisseurs: Mapping[type[Any], Fournisseur]
) -> tuple[BlocAtteste, ...]:
    """Return every bloc, in the order of the question: asked, refused, or answered without a source."""

    def attestes() -> Iterator[BlocAtteste]:
        for bloc in (bloc for personne in plan.personnes for bloc in personne.blocs):
            reponse = reponses.get(bloc.chemin) if bloc.garde else None
            etat = _state(bloc, reponse)
            instant = reponse.instant if reponse and etat not in _SANS_REPONSE else None
            yield BlocAtteste(
                chemin=".".join(str(pas) for pas in bloc.chemin),
                source=fournisseurs[bloc.bloc].nom,
                etat=etat,
                repondu_le=instant and instant.astimezone(UTC),
            )

    return tuple(attestes())


def _state(bloc: BlocPrevu, reponse: Datee | None) -> EtatSource:
    if bloc.noeud.verdict is Verdict.REFUS:
        return EtatSource.NON_HABILITE
    return reponse.erreur.etat if reponse and reponse.erreur else EtatSource.OBTENU
