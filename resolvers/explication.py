"""Explain a question without putting it: what would be granted, whom it would call, at what cost. Calls nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strawberry import UNSET

from graph.circonstances import Circonstances
from graph.errors import ErreurDeRequete, RequeteInvalide
from graph.explication import ChampExplique, Explication
from graph.source import EtatDeSource
from resolvers.plan import Noeud, Personne, Plan, Verdict, names_a_person
from resolvers.planner import Planner, Question
from resolvers.projection import Fournisseur
from resolvers.selection import Champ

_RIEN: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Feuille:
    """A leaf of a question: its response keys, its names in the schema, what it lacks, the bloc that it is under."""

    cles: tuple[str, ...]
    noms: tuple[str, ...]
    manquants: frozenset[str] = _RIEN
    bloc: type[Any] | None = None

    def sous(self, champ: Champ, **faits: Any) -> "_Feuille":
        """Return what stands one field below."""
        return _Feuille((*self.cles, champ.cle), (*self.noms, champ.nom), **faits)


@dataclass(frozen=True, slots=True)
class Explicateur:
    """Explains questions to one caller."""

    planner: Planner
    fournisseurs: Mapping[type[Any], Fournisseur]
    etats: Callable[[], Sequence[EtatDeSource]]
    circonstances: Circonstances
    demande: str | None
    """Where missing scopes are asked for."""

    def __call__(self, requete: str, variables: Any) -> Explication:
        """Explain a document. What the gateway would refuse as a whole is explained by the refusal."""
        try:
            question = self.planner.essayer(requete, _objet(variables), self.circonstances)
        except ErreurDeRequete as refus:
            message = f"{refus.message} {refus.detail}".strip()
            return Explication(acceptee=False, code=refus.code, message=message, appels=0, personnes=0, champs=[])
        return Explication(
            acceptee=True,
            code=None,
            message=None,
            appels=question.plan.appels,
            personnes=_personnes(question),
            champs=self._champs(question.plan),
        )

    def _champs(self, plan: Plan) -> list[ChampExplique]:
        etats = {etat.nom: etat for etat in self.etats()}
        return [self._champ(feuille, etats) for feuille in _feuilles(plan)]

    def _champ(self, feuille: _Feuille, etats: Mapping[str, EtatDeSource]) -> ChampExplique:
        source = self.fournisseurs[feuille.bloc].nom if feuille.bloc else None
        etat = etats.get(source) if source else None
        return ChampExplique(
            chemin=".".join(feuille.cles),
            champ=".".join(feuille.noms),
            accorde=not feuille.manquants,
            scopes_manquants=sorted(feuille.manquants),
            demande=self.demande if feuille.manquants else None,
            source=source,
            disponibilite=etat.disponibilite if etat else None,
            latence_mediane_ms=etat.latence_mediane_ms if etat else None,
        )


def _objet(variables: Any) -> Mapping[str, Any]:
    """Return variables as a body would bear them. Raise RequeteInvalide."""
    if variables is None or variables is UNSET:
        return {}
    if not isinstance(variables, dict):
        raise RequeteInvalide("« variables » doit être un objet JSON.")
    return variables


def _personnes(question: Question) -> int:
    """Count the distinct persons, each place left to a variable being another one."""
    return len({*question.identites.values()}) + len(question.plan.personnes) - len(question.identites)


def _feuilles(plan: Plan) -> Iterator[_Feuille]:
    """Yield the leaves of a question in its order; those of several persons are the same, and told once."""
    par_racine: dict[object, Personne] = {}
    for personne in plan.personnes:
        par_racine.setdefault(personne.chemin[0], personne)
    for racine in plan.racines:
        if plan.journal and plan.journal.champ is racine:
            yield from _jugees(plan.journal, _Feuille((), ()), None)
            continue
        if not names_a_person(racine):
            yield from _libres(racine, _Feuille((), ()))
            continue
        for noeud in par_racine[racine.cle].noeuds:
            ici = _Feuille((racine.cle,), ())
            if noeud.verdict is Verdict.SOURCES:
                yield from _libres(noeud.champ, ici)
            else:
                yield from _jugees(noeud, ici, noeud.champ.type)


def _libres(champ: Champ, amont: _Feuille) -> Iterator[_Feuille]:
    """Yield the leaves that no scope guards; those of introspection tell nothing."""
    ici = amont.sous(champ)
    if champ.enfants is None and not champ.nom.startswith("__"):
        yield ici
    for enfant in champ.enfants or ():
        yield from _libres(enfant, ici)


def _jugees(noeud: Noeud, amont: _Feuille, bloc: type[Any] | None) -> Iterator[_Feuille]:
    """Yield the leaves below a bloc or the citizen's journal, or a guarded object asked by itself."""
    ici = amont.sous(noeud.champ, manquants=noeud.manquants, bloc=bloc)
    dessous = [enfant for enfant in noeud.enfants or () if enfant.verdict is not Verdict.STATIQUE]
    if not dessous and noeud.verdict is not Verdict.STATIQUE:
        yield ici
    for enfant in dessous:
        yield from _jugees(enfant, ici, bloc)
