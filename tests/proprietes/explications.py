"""What an explanation must be: what the printed schema implies of each leaf, and what execution then does."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.proprietes.coeur import Coeur
from tests.proprietes.confrontation import in_force
from tests.proprietes.differentiel import Campagne
from tests.proprietes.generateur import Cas
from tests.proprietes.lecture import Types, name
from tests.proprietes.oracle import Oracle

_EXPLIQUER = """query($requete: String!, $variables: JSON) {
  expliquer(requete: $requete, variables: $variables) {
    acceptee code appels personnes champs { chemin champ accorde scopesManquants source }
  }
}"""
Suite = Mapping[str, Any]


class Feuille(NamedTuple):
    """A leaf of a question."""

    chemin: str
    champ: str
    manquants: tuple[str, ...]
    source: str | None


async def explain(ouvert: Coeur, cas: Cas) -> Suite:
    """Return the explanation of a question. Fail if it asks a source anything."""
    await ouvert.oublier_les_appels()
    variables = {"requete": cas.query, "variables": dict(cas.variables)}
    reponse = await ouvert.demander(_EXPLIQUER, variables, await ouvert.jeton(cas.scopes), _headers(cas))
    assert not ouvert.demandees, "explaining asked a source"
    explication: Suite = reponse.json()["data"]["expliquer"]
    assert explication["acceptee"], explication
    return explication


async def check(campagne: Campagne, ouvert: Coeur, cas: Cas) -> Counter[str]:
    """Explain a question, then put it. Fail at any difference; return what was compared."""
    explication = await explain(ouvert, cas)
    feuilles = [
        Feuille(une["chemin"], une["champ"], tuple(une["scopesManquants"]), une["source"])
        for une in explication["champs"]
    ]
    assert [une["accorde"] for une in explication["champs"]] == [not une.manquants for une in feuilles]
    assert feuilles == list(_predicted(campagne, cas))
    reponse = await ouvert.demander(cas.query, cas.variables, await ouvert.jeton(cas.scopes), _headers(cas))
    corps = reponse.json()
    _check_refusals(feuilles, corps, _withheld(campagne, cas))
    promises = {une.source for une in feuilles if une.source and not une.manquants}
    demandees = {source for source, _ in ouvert.demandees}
    assert promises == demandees
    assert sum(ouvert.demandees.values()) <= explication["appels"]
    assert bool(demandees) is bool(explication["appels"])
    return Counter(
        questions=1,
        accordees=sum(not une.manquants for une in feuilles),
        refusees=sum(bool(une.manquants) for une in feuilles),
        sources=len(promises),
        appels=sum(ouvert.demandees.values()),
    )


def _headers(cas: Cas) -> dict[str, str]:
    return {} if cas.dossier.identite else {"X-FranceConnect-Token": f"{cas.dossier.nom}:{cas.consentement}"}


def _withheld(campagne: Campagne, cas: Cas) -> list[set[str]]:
    """Return what the answer of a source may refuse: N-2, once it has N-1; nobody knows before it is asked."""
    effectifs = in_force(campagne.types, cas)
    parametres = (un for bloc in campagne.monde.parametres.values() for un in bloc.values())
    return [{un.annees[1]} for un in parametres if un.annees and un.falls_back(None, effectifs)]


def _check_refusals(feuilles: list[Feuille], corps: Suite, retenues: list[set[str]]) -> None:
    """Compare leaf by leaf, and scope by scope, with the errors that execution puts at the highest refused fields."""
    refus: dict[str, set[str]] = {}
    for une in corps.get("errors", ()):
        if une["extensions"]["code"] == "NON_HABILITE":
            chemin = _flat(une["path"])
            assert refus.setdefault(chemin, set(une["extensions"]["scopes"])) == set(une["extensions"]["scopes"])
    for chemin, scopes in refus.items():
        dessous = [une.manquants for une in feuilles if _under(une.chemin, chemin)]
        if scopes in retenues and chemin.count(".") == 1:
            continue
        assert all(dessous), "a leaf said to be granted is refused"
        assert set().union(*dessous) == scopes
    for une in feuilles:
        if une.manquants and not any(_under(une.chemin, chemin) for chemin in refus):
            restes = list(_reached(corps["data"], une.chemin.split(".")))
            assert not restes, f"a leaf said to be refused is not: {une}"


def _reached(data: Any, cles: list[str]) -> Iterator[Any]:
    """Yield what stands at a path, under every rank of the lists that it crosses; nothing beyond a null."""
    if isinstance(data, list):
        for une in data:
            yield from _reached(une, cles)
    elif data is not None and cles:
        yield from _reached(data[cles[0]], cles[1:])
    elif not cles:
        yield data


def _flat(chemin: list[str | int]) -> str:
    return ".".join(cle for cle in chemin if isinstance(cle, str))


def _under(chemin: str, debut: str) -> bool:
    return chemin == debut or chemin.startswith(f"{debut}.")


def _predicted(campagne: Campagne, cas: Cas) -> Iterator[Feuille]:
    """Work out each leaf with the oracle's own eyes: the document, and the directives of the printed schema."""
    effectifs = in_force(campagne.types, cas)
    oracle = Oracle(campagne.types, effectifs, cas.query, cas.variables, lambda *_: (None, None))
    for cle, nodes in oracle.collect([oracle.operation]).items():
        if name(nodes) not in ("particulier", "particuliers"):
            yield from _leaves(oracle, campagne.types, "Query", nodes, Feuille(cle, name(nodes), (), None))
            continue
        for sous_cle, sous_nodes in oracle.collect(nodes).items():
            nom = name(sous_nodes)
            ici = Feuille(f"{cle}.{sous_cle}", nom, (), None)
            if nom in campagne.monde.fournisseurs:
                given = {a.name.value: oracle.value(a.value) for a in sous_nodes[0].arguments or ()}
                arguments = {une: valeur for une, valeur in given.items() if valeur is not None}
                groupes = campagne.monde.groups(nom, arguments, effectifs)
                manquants = oracle.missing(campagne.types["Particulier"][nom][0] if groupes is None else groupes)
                ici = ici._replace(manquants=tuple(sorted(manquants)), source=campagne.monde.fournisseurs[nom][0])
                yield from _below(oracle, campagne.types, campagne.types["Particulier"][nom][1], sous_nodes, ici)
            else:
                yield from _leaves(oracle, campagne.types, "Particulier", sous_nodes, ici)


def _below(oracle: Oracle, types: Types, sous: str, nodes: list[Any], ici: Feuille) -> Iterator[Feuille]:
    for cle, enfants in oracle.collect(nodes).items():
        nom = name(enfants)
        if nom != "__typename":
            manquants = tuple(sorted({*ici.manquants, *oracle.missing(types[sous][nom][0])}))
            la = Feuille(f"{ici.chemin}.{cle}", f"{ici.champ}.{nom}", manquants, ici.source)
            yield from _leaves(oracle, types, sous, enfants, la)


def _leaves(oracle: Oracle, types: Types, parent: str, nodes: list[Any], ici: Feuille) -> Iterator[Feuille]:
    """Yield the leaves at or below a field; an object that is guarded itself is one, when nothing else is below."""
    if name(nodes) == "__typename":
        return
    groupes, sous = types[parent][name(nodes)]
    dessous = list(_below(oracle, types, sous, nodes, ici)) if sous in types else [ici]
    yield from dessous or ([ici] if groupes else [])
