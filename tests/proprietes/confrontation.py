"""One case, seen by the oracle and by a gateway: both in the same form, so that they are compared as they are."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from habilitations.regles import PERSONNES_MAX
from tests.application import ESSAIS, SIRET
from tests.proprietes.citoyens import consentement
from tests.proprietes.generateur import Cas
from tests.proprietes.lecture import NON_HABILITE, SANS_QUESTION, Chemin, Refus, Types
from tests.proprietes.monde import Issue, Monde
from tests.proprietes.oracle import Oracle
from tests.proprietes.passerelle import Passerelle


@dataclass(frozen=True, slots=True)
class Vues:
    """What a campaign saw: how often each thing worth seeing, and which leaves were granted, and refused."""

    compte: Counter[str] = field(default_factory=Counter)
    permises: set[str] = field(default_factory=set)
    """As `bloc.Type.field`."""
    refusees: set[str] = field(default_factory=set)

    def update(self, autres: "Vues") -> None:
        """Add what others saw."""
        self.compte.update(autres.compte)
        self.permises.update(autres.permises)
        self.refusees.update(autres.refusees)


def in_force(types: Types, cas: Cas) -> frozenset[str]:
    """Return what is granted; and, when FranceConnect names the person, agreed to: it gives no identity again."""
    if cas.dossier.identite:
        return cas.scopes
    consentis = consentement(cas.consentement, known_scopes(types))
    return frozenset(un for un in cas.scopes if un in consentis and "_identite" not in un)


def known_scopes(types: Types) -> frozenset[str]:
    """Return every scope that the printed schema knows."""
    champs = (groupes for une in types.values() for groupes, _ in une.values())
    return frozenset(scope for groupes in champs for groupe in groupes for scope in groupe)


def predict(types: Types, monde: Monde, cas: Cas, vues: Vues) -> dict[str, Any]:
    """Return what the oracle expects, in the form of `observe`; and `personnes`: who is asked about, to whom."""
    effectifs = in_force(types, cas)

    def issue(identite: Any, bloc: str, arguments: dict[str, Any]) -> Issue:
        return monde.ask(cas.dossier, identite, bloc, arguments, effectifs)

    def asked(identite: Any, bloc: str, arguments: dict[str, Any]) -> tuple[list[list[str]] | None, Any]:
        attendue = issue(identite, bloc, arguments)
        return attendue.groupes, attendue.donnees

    def in_band(blocs: Iterable[Any]) -> list[dict[str, Any]]:
        return [
            {
                "chemin": ".".join(map(str, chemin)),
                "source": monde.fournisseurs[bloc][0],
                "fournisseur": monde.fournisseurs[bloc][1],
                "etat": refus.etat if refus else "OBTENU",
                "code": refus.code if refus not in (None, SANS_QUESTION) else None,
                "concordance": None
                if refus in (SANS_QUESTION, NON_HABILITE)
                else issue(identite, bloc, arguments).concordance,
            }
            for chemin, identite, bloc, arguments, refus in blocs
        ]

    oracle = Oracle(types, effectifs, cas.query, cas.variables, asked)
    habilitation = {"scopes": sorted(cas.scopes), "destinataires": [SIRET], "personnesParRequete": PERSONNES_MAX}
    data = oracle.data({"habilitation": habilitation, "sources": monde.sources}, in_band)
    vues.permises.update(oracle.permises)
    vues.refusees.update(oracle.refusees)
    sources = {chemin: monde.fournisseurs[bloc][0] for chemin, _, bloc, _, _ in oracle.blocs}
    questions = set()
    for _, identite, bloc, arguments, refus in oracle.blocs:
        attendue = issue(identite, bloc, arguments)
        vues.compte["repli"] += len(attendue.posees) > 1 and not isinstance(attendue.donnees, Refus)
        vues.compte["repli refusé"] += attendue.refus is not None
        for reponse in attendue.posees if refus not in (SANS_QUESTION, NON_HABILITE) else ():
            if reponse.appelee:
                questions.add((monde.fournisseurs[bloc][0], monde.of(identite, cas.dossier).nom, reponse.question))
    erreurs = [
        [list(chemin or ()), code, etat, manquants, None if code == NON_HABILITE.code else _source(sources, chemin)]
        for chemin, code, etat, manquants in oracle.erreurs
    ]
    appels = Counter(source for source, _, _ in questions)
    return {
        "data": json.dumps(data),
        "erreurs": sorted(map(json.dumps, erreurs)),
        "appels": {nom: appels[nom] for nom, _ in sorted(monde.fournisseurs.values())},
        "personnes": Counter((source, nom) for source, nom, _ in questions),
    }


def _source(sources: Mapping[Chemin, str], chemin: Chemin | None) -> str | None:
    """Return the source of the bloc where, or under which, an error stands."""
    return next((nom for debut, nom in sources.items() if chemin and chemin[: len(debut)] == debut), None)


async def observe(passerelle: Passerelle, jeton: str, cas: Cas) -> dict[str, Any]:
    """Return what the gateway answers, key order included, and what its sources were asked."""
    for _ in range(ESSAIS):
        await passerelle.oublier_les_appels()
        citoyen = {"X-FranceConnect-Token": f"{cas.dossier.nom}:{cas.consentement}"}
        headers = {} if cas.dossier.identite else citoyen
        reponse = await passerelle.demander(cas.query, cas.variables, jeton, headers)
        if reponse.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
    corps = reponse.json()
    if "data" not in corps:
        return {"refus": corps}
    erreurs = [
        [une["path"], suite["code"], suite["etat"], suite.get("scopes", []), suite.get("source")]
        for une in corps.get("errors", [])
        for suite in [une["extensions"]]
    ]
    return {
        "data": json.dumps(corps["data"]),
        "erreurs": sorted(json.dumps(erreur) for erreur in erreurs),
        "appels": await passerelle.appels(),
    }


def tell(lieu: str, cas: Cas, attendu: object, observe_: object) -> str:
    """Return everything needed to play a case again."""
    citoyen = "" if cas.dossier.identite else f"\nFranceConnect {cas.dossier.nom}, consentement {cas.consentement}"
    return (
        f"\n{lieu}\n{cas.query}\nvariables {json.dumps(cas.variables)}\nscopes {sorted(cas.scopes)}{citoyen}"
        f"\nattendu {attendu}\nobservé {observe_}"
    )


def worth_seeing(monde: Monde, cas: Cas, attendu: dict[str, Any]) -> dict[str, int]:
    """Tell what a case exercises, so that a generator that went blind is seen."""
    appels, erreurs = sum(attendu["appels"].values()), str(attendu["erreurs"])
    return {
        "sans appel": not appels,
        "plusieurs appels": appels > 1,
        "refus": "NON_HABILITE" in erreurs,
        "refus en liste": any(any(isinstance(cle, int) for cle in json.loads(une)[0]) for une in attendu["erreurs"]),
        "absent": '"ABSENT"' in erreurs,
        "clé manquante": "IDENTIFIANT_MANQUANT" in erreurs,
        "donnée non fiable": "DONNEE_NON_FIABLE" in erreurs,
        "FranceConnect": cas.dossier.identite is None,
        "plusieurs personnes": "particuliers" in cas.query,
        "fragment": "fragment F1" in cas.query,
        "condition variable": "(if: $" in cas.query,
        "bloc vide": "{}" in attendu["data"],
        "en bande": "chemin" in attendu["data"],
        "donnée et refus": appels > 0 and "NON_HABILITE" in erreurs,
        **{f"appel à {source}": attendu["appels"][source] > 0 for source, _ in monde.fournisseurs.values()},
    }
