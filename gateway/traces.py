"""Turn a question and its answer into what the journal keeps: names, codes and keyed pseudonyms, never a value."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from audit.accord import ClesAccordees
from audit.pseudonyme import fondre, pseudonymes
from audit.trace import OBTENU, Consultation, Intention, Issue, Pseudonyme
from gateway.entrant import Entrant
from gateway.sources import Sources
from graph.context import Chemin
from graph.identite import Identite
from graph.lecture import Lecture
from habilitations.habilitation import Acces
from resolvers.loaders import Reponse
from resolvers.plan import BlocPrevu, Personne, disclosed
from resolvers.planner import Question

Reponses = Mapping[Chemin, Reponse]


@dataclass(frozen=True, slots=True)
class Traces:
    """Makes the traces of requests, with the keys of the pseudonyms."""

    cles: ClesAccordees
    sources: Sources

    def of(self, entrant: Entrant, acces: Acces, siret: str, question: Question) -> "TraceRequete":
        """Return what is traced of one request."""
        return TraceRequete(self.cles, self.sources, entrant, acces, siret, question)


@dataclass(frozen=True, slots=True)
class TraceRequete:
    """The traces of one request: an intention, then an issue, for each person.

    A pseudonym is made with the key of the month of its own trace: when a month turns in between, an issue is not made
    with that of its intention; a person is looked for with every key.
    """

    cles: ClesAccordees
    sources: Sources
    entrant: Entrant
    acces: Acces
    siret: str
    question: Question

    async def intentions(self, horloge: Callable[[], datetime]) -> list[Intention]:
        """Return what is about to be asked; to read a citizen's journal is an access to her data as well.

        Raises:
            AuditIndisponible: this month has no key, or not that of the journal.
        """
        return await self.cles.avec(lambda: self._intentions(horloge))

    def _intentions(self, horloge: Callable[[], datetime]) -> list[Intention]:
        traces = [
            self._intention(rang, personne, horloge()) for rang, personne in enumerate(self.question.plan.personnes)
        ]
        if self.question.usager:
            traces.append(self._ecrite(len(traces), horloge(), self.question.usager, self._du_journal()))
        return traces

    async def issues(
        self,
        horloge: Callable[[], datetime],
        reponses: Reponses,
        resultat: str = OBTENU,
        *,
        journal_lu: bool = True,
    ) -> list[Issue]:
        """Return what came of it; nothing counts as disclosed unless the whole answer is about to leave.

        `journal_lu` tells whether the citizen's journal was read, if it was asked for.

        Raises:
            AuditIndisponible: a source returned an état civil, and this month has no key, or not that of the journal.
        """
        return await self.cles.avec(lambda: self._issues(horloge, reponses, resultat, journal_lu=journal_lu))

    def _issues(
        self, horloge: Callable[[], datetime], reponses: Reponses, resultat: str, *, journal_lu: bool
    ) -> list[Issue]:
        traces = [
            self._issue(rang, personne, horloge(), reponses, resultat)
            for rang, personne in enumerate(self.question.plan.personnes)
        ]
        if self.question.usager:
            champs = self._du_journal() if resultat == OBTENU and journal_lu else ()
            requete, rang = self.entrant.requete, len(traces)
            traces.append(Issue(requete=requete, rang=rang, instant=horloge(), resultat=resultat, champs=champs))
        return traces

    def _intention(self, rang: int, personne: Personne, instant: datetime) -> Intention:
        champs = _fields(bloc.divulgues for bloc in personne.blocs)
        return replace(
            self._ecrite(rang, instant, self.question.identites[personne.chemin], champs),
            refuses=_fields(bloc.refuses for bloc in personne.blocs),
            scopes_arguments=_scopes_arguments(personne),
        )

    def _ecrite(self, rang: int, instant: datetime, identite: Identite, champs: tuple[str, ...]) -> Intention:
        return Intention(
            requete=self.entrant.requete,
            rang=rang,
            instant=instant,
            jeton=self.acces.jeton_id,
            habilitation=self.acces.habilitation.id,
            destinataire=self.siret,
            cadre_juridique=self.acces.habilitation.cadre_juridique,
            operation=self.question.operation.empreinte,
            champs=champs,
            pseudonymes=pseudonymes(self.cles.de(instant), identite),
            agent=self.entrant.agent,
            demarche=self.entrant.demarche,
            delegation=self.acces.delegation_id,
        )

    def _issue(self, rang: int, personne: Personne, instant: datetime, reponses: Reponses, resultat: str) -> Issue:
        return Issue(
            requete=self.entrant.requete,
            rang=rang,
            instant=instant,
            resultat=resultat,
            champs=_fields(_disclosed(personne, reponses)) if resultat == OBTENU else (),
            consultations=tuple(self._consultations(personne, reponses)),
            pseudonymes=self._returned(personne, instant, reponses),
        )

    def _du_journal(self) -> tuple[str, ...]:
        garde = self.question.plan.journal_garde
        return disclosed(garde) if garde else ()

    def _consultations(self, personne: Personne, reponses: Reponses) -> Iterable[Consultation]:
        for bloc in personne.blocs:
            reponse = reponses.get(bloc.chemin)
            for une in (*reponse.essais[:-1], reponse) if reponse else ():
                erreur = une.erreur
                yield Consultation(
                    source=self.sources.fournisseurs[bloc.bloc].nom,
                    code=erreur.code if erreur else OBTENU,
                    duree_ms=une.duree_ms,
                    cause=erreur.cause if erreur else None,
                )

    def _returned(self, personne: Personne, instant: datetime, reponses: Reponses) -> tuple[Pseudonyme, ...]:
        """Return the pseudonyms of her état civil as sources returned it: a citizen known by another key is found."""
        return fondre(
            pseudonyme
            for bloc in personne.blocs
            if (lecture := _answered(bloc, reponses)) and lecture.etat_civil
            for pseudonyme in pseudonymes(self.cles.de(instant), lecture.etat_civil)
        )


def _disclosed(personne: Personne, reponses: Reponses) -> Iterable[tuple[str, ...]]:
    for bloc in personne.blocs:
        if lecture := _answered(bloc, reponses):
            retenus = tuple(f"{bloc.noeud.champ.nom}.{nom}" for nom in bloc.noms(lecture.reserves))
            yield tuple(champ for champ in bloc.divulgues if not _under(champ, retenus))


def _under(champ: str, retenus: tuple[str, ...]) -> bool:
    """Tell whether a field, or one above it, is held back."""
    return any(f"{champ}.".startswith(f"{retenu}.") for retenu in retenus)


def _answered(bloc: BlocPrevu, reponses: Reponses) -> Lecture[Any] | None:
    reponse = reponses.get(bloc.chemin)
    return reponse.lecture if reponse else None


def _scopes_arguments(personne: Personne) -> tuple[str, ...]:
    """Return on what ground the arguments of the blocs to be asked have their values."""
    return tuple(sorted({bloc.titre for bloc in personne.blocs if bloc.garde and bloc.titre}))


def _fields(groupes: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Merge the schema paths of several blocs: aliases of a same field are one."""
    return tuple(sorted({champ for groupe in groupes for champ in groupe}))
