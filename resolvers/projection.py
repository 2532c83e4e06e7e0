"""Rebuild the answer in the order of the question, from what the plan kept: refused is null with exactly one error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graph.context import Chemin
from graph.errors import ErreurDeBloc, ErreurInterne, EtatSource, IdentiteIncoherente, NonHabilite
from graph.source import Concordance, SourceConsultee
from resolvers.loaders import Reponse
from resolvers.plan import BlocPrevu, Noeud, Personne, Plan, Verdict, names_a_person
from resolvers.selection import Champ


@dataclass(frozen=True, slots=True)
class Fournisseur:
    """How a source is named to callers."""

    nom: str
    fournisseur: str


@dataclass(frozen=True, slots=True)
class ErreurAuChemin:
    """One null and its reason. `source` is None when no source is to blame."""

    chemin: Chemin
    erreur: ErreurDeBloc
    source: str | None = None


@dataclass(slots=True)
class Projection:
    """One answer being rebuilt: `project` gives its data, `erreurs` then holds one entry per null of ours."""

    reponses: Mapping[Chemin, Reponse]
    fournisseurs: Mapping[type[Any], Fournisseur]
    erreur_du_journal: ErreurDeBloc | None = None
    erreurs: list[ErreurAuChemin] = field(default_factory=list)

    def project(self, plan: Plan, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of the answer. `data` is what execution gave; only what the plan kept is read from it."""
        return {racine.cle: self._root(racine, plan, data.get(racine.cle)) for racine in plan.racines}

    def _root(self, racine: Champ, plan: Plan, valeur: Any) -> Any:
        if names_a_person(racine):
            return self._racine(racine, plan, valeur)
        if plan.journal and plan.journal.champ is racine:
            return self._journal(plan.journal, valeur)
        return valeur

    def _journal(self, journal: Noeud, valeur: Any) -> Any:
        """Project the citizen's journal; it is null when it is refused, or could not be read."""
        if journal.verdict is Verdict.GARDE and self.erreur_du_journal:
            self.erreurs.append(ErreurAuChemin((journal.champ.cle,), self.erreur_du_journal))
            return None
        return self._noeud(journal, valeur, (journal.champ.cle,))

    def _racine(self, racine: Champ, plan: Plan, valeur: Any) -> Any:
        """Project one person, or each of several at its rank."""
        personnes = [personne for personne in plan.personnes if personne.chemin[0] == racine.cle]
        if isinstance(valeur, list):
            return [self._personne(personne, une) for personne, une in zip(personnes, valeur, strict=True)]
        return self._personne(personnes[0], valeur)

    def _personne(self, personne: Personne, valeur: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if valeur is None:
            return None
        blocs = {bloc.chemin[-1]: bloc for bloc in personne.blocs}
        resultat: dict[str, Any] = {}
        for noeud in personne.noeuds:
            cle = noeud.champ.cle
            bloc = blocs.get(cle)
            resultat[cle] = self._bloc(bloc, valeur.get(cle)) if bloc else _static(noeud)
        for noeud in personne.noeuds:
            if noeud.verdict is Verdict.SOURCES:
                resultat[noeud.champ.cle] = [_plain(noeud.champ, une) for une in self._consultees(personne)]
        return resultat

    def _bloc(self, bloc: BlocPrevu, valeur: Any) -> Any:
        erreur = self._erreur(bloc)
        if erreur is None or bloc.noeud.verdict is Verdict.REFUS:
            projete = self._noeud(bloc.noeud, valeur, bloc.chemin)
            self._reserves(bloc)
            return projete
        self._blame(bloc, bloc.chemin, erreur)
        return None

    def _reserves(self, bloc: BlocPrevu) -> None:
        """Say why each field that its source does not vouch for is null; the answer does not even hold its value."""
        reponse = self.reponses.get(bloc.chemin)
        reserves = reponse.lecture.reserves if bloc.garde and reponse and reponse.lecture else {}
        for noeud in bloc.noeud.enfants or () if reserves else ():
            if noeud.verdict is Verdict.GARDE and noeud.champ.attribut in reserves:
                self._blame(bloc, (*bloc.chemin, noeud.champ.cle), reserves[noeud.champ.attribut])

    def _blame(self, bloc: BlocPrevu, chemin: Chemin, erreur: ErreurDeBloc) -> None:
        source = None if isinstance(erreur, NonHabilite) else self.fournisseurs[bloc.bloc].nom
        self.erreurs.append(ErreurAuChemin(chemin, erreur, source))

    def _erreur(self, bloc: BlocPrevu) -> ErreurDeBloc | None:
        if bloc.noeud.verdict is Verdict.REFUS:
            return NonHabilite(bloc.noeud.manquants)
        if bloc.noeud.verdict is Verdict.STATIQUE:
            return None
        if bloc.chemin not in self.reponses:
            raise ErreurInterne
        return self.reponses[bloc.chemin].erreur

    def _noeud(self, noeud: Noeud, valeur: Any, chemin: Chemin) -> Any:
        """Copy what a node keeps of a value; never look at the value of a refused or static node."""
        if noeud.verdict is Verdict.REFUS:
            self.erreurs.append(ErreurAuChemin(chemin, NonHabilite(noeud.manquants)))
            return None
        if noeud.verdict is Verdict.STATIQUE:
            return _static(noeud)
        if valeur is None or noeud.enfants is None:
            return valeur
        if isinstance(valeur, list):
            return [self._objet(noeud, une, (*chemin, rang)) for rang, une in enumerate(valeur)]
        return self._objet(noeud, valeur, chemin)

    def _objet(self, noeud: Noeud, valeur: Mapping[str, Any] | None, chemin: Chemin) -> dict[str, Any] | None:
        if valeur is None:
            return None
        return {
            enfant.champ.cle: self._noeud(enfant, valeur.get(enfant.champ.cle), (*chemin, enfant.champ.cle))
            for enfant in noeud.enfants or ()
        }

    def _consultees(self, personne: Personne) -> list[SourceConsultee]:
        """List the outcome of each bloc, called or not."""
        return [self._consultee(bloc) for bloc in personne.blocs]

    def _consultee(self, bloc: BlocPrevu) -> SourceConsultee:
        reponse, erreur = self.reponses.get(bloc.chemin), self._erreur(bloc)
        return SourceConsultee(
            chemin=".".join(str(cle) for cle in bloc.chemin),
            source=self.fournisseurs[bloc.bloc].nom,
            fournisseur=self.fournisseurs[bloc.bloc].fournisseur,
            etat=erreur.etat if erreur else EtatSource.OBTENU,
            code=erreur.code if erreur else None,
            duree_ms=reponse.attente_ms if reponse else None,
            reessayer_dans_ms=erreur.retry_after_ms if erreur else None,
            concordance=_concordance(reponse),
        )


def _concordance(reponse: Reponse | None) -> Concordance | None:
    """Return what was compared, be the answer shown or held back."""
    if reponse is None:
        return None
    if isinstance(reponse.erreur, IdentiteIncoherente):
        return reponse.erreur.concordance
    return reponse.lecture.concordance if reponse.lecture else None


def _static(noeud: Noeud) -> Any:
    """Answer a node from the question alone: nothing but type names can stand there."""
    if noeud.enfants is None:
        return noeud.champ.parent
    return {enfant.champ.cle: _static(enfant) for enfant in noeud.enfants}


def _plain(champ: Champ, objet: Any) -> dict[str, Any]:
    """Write an object of ours as the selection asks for it."""

    def value(enfant: Champ) -> Any:
        if enfant.nom == "__typename":
            return enfant.parent
        valeur = getattr(objet, enfant.attribut)
        if valeur is not None and enfant.enfants is not None:
            return _plain(enfant, valeur)
        return valeur.name if isinstance(valeur, Enum) else valeur

    return {enfant.cle: value(enfant) for enfant in champ.enfants or ()}
