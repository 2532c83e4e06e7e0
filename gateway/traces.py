"""Turn a question and its answer into what the journal keeps: names, codes and keyed pseudonyms, never a value."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.cle import CleInvalide, lire, lire_ou_creer
from audit.pseudonyme import pseudonymes
from audit.trace import OBTENU, Consultation, Intention, Issue, Pseudonyme
from gateway.entrant import Entrant
from gateway.settings import ReglageManquant, Settings
from gateway.sources import Sources
from graph.context import Chemin
from graph.lecture import Lecture
from habilitations.habilitation import Acces
from resolvers.loaders import Reponse
from resolvers.plan import BlocPrevu, Personne
from resolvers.planner import Question

Reponses = Mapping[Chemin, Reponse]


def read_key(settings: Settings) -> bytes:
    """Return the key of the pseudonyms, created in the sandbox when there is none. Raise ReglageManquant."""
    try:
        return lire_ou_creer(settings.cle_pseudonymes) if settings.bac_a_sable else lire(settings.cle_pseudonymes)
    except CleInvalide as refus:
        raise ReglageManquant(str(refus)) from None


@dataclass(frozen=True, slots=True)
class Traces:
    """Makes the traces of requests, with the key of the pseudonyms."""

    cle: bytes = field(repr=False)
    sources: Sources

    def of(self, entrant: Entrant, acces: Acces, siret: str, question: Question) -> "TraceRequete":
        """Return what is traced of one request."""
        return TraceRequete(self.cle, self.sources, entrant, acces, siret, question)


@dataclass(frozen=True, slots=True)
class TraceRequete:
    """The traces of one request: an intention, then an issue, for each person."""

    cle: bytes = field(repr=False)
    sources: Sources
    entrant: Entrant
    acces: Acces
    siret: str
    question: Question

    def intentions(self, horloge: Callable[[], datetime]) -> list[Intention]:
        """Return what is about to be asked."""
        return [
            Intention(
                requete=self.entrant.requete,
                rang=rang,
                instant=horloge(),
                jeton=self.acces.jeton_id,
                habilitation=self.acces.habilitation.id,
                destinataire=self.siret,
                cadre_juridique=self.acces.habilitation.cadre_juridique,
                operation=self.question.operation.empreinte,
                champs=_fields(bloc.divulgues for bloc in personne.blocs),
                refuses=_fields(bloc.refuses for bloc in personne.blocs),
                pseudonymes=pseudonymes(self.cle, self.question.identites[personne.chemin]),
                agent=self.entrant.agent,
                demarche=self.entrant.demarche,
            )
            for rang, personne in enumerate(self.question.plan.personnes)
        ]

    def issues(self, horloge: Callable[[], datetime], reponses: Reponses, resultat: str = OBTENU) -> list[Issue]:
        """Return what came of it; nothing counts as disclosed unless the whole answer is about to leave."""
        return [
            Issue(
                requete=self.entrant.requete,
                rang=rang,
                instant=horloge(),
                resultat=resultat,
                champs=_fields(_disclosed(personne, reponses)) if resultat == OBTENU else (),
                consultations=tuple(self._consultations(personne, reponses)),
                pseudonymes=self._returned(personne, reponses),
            )
            for rang, personne in enumerate(self.question.plan.personnes)
        ]

    def _consultations(self, personne: Personne, reponses: Reponses) -> Iterable[Consultation]:
        for bloc in personne.blocs:
            reponse = reponses.get(bloc.chemin)
            if reponse:
                erreur = reponse.erreur
                yield Consultation(
                    source=self.sources.fournisseurs[bloc.bloc].nom,
                    code=erreur.code if erreur else OBTENU,
                    duree_ms=reponse.duree_ms,
                    cause=erreur.cause if erreur else None,
                )

    def _returned(self, personne: Personne, reponses: Reponses) -> tuple[Pseudonyme, ...]:
        """Return the pseudonyms of her état civil as sources returned it: a citizen known by another key is found."""
        trouves = {
            pseudonyme: None
            for bloc in personne.blocs
            if (lecture := _answered(bloc, reponses)) and lecture.etat_civil
            for pseudonyme in pseudonymes(self.cle, lecture.etat_civil)
        }
        return tuple(trouves)


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


def _fields(groupes: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Merge the schema paths of several blocs: aliases of a same field are one."""
    return tuple(sorted({champ for groupe in groupes for champ in groupe}))
