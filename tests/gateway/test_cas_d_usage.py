"""Each page of docs/cas-d-usage holds: its scopes, all useful, its document, its answer in one call, its nulls."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import pytest_asyncio
from graphql import FieldNode, TypeInfo, TypeInfoVisitor, Visitor, build_schema, parse, validate, visit

from graph._declaration import Scopes
from graph.catalogue import core, guard
from graph.schema import build_schema as construire
from tests.application import Application, Personnes, application

# One worker for the whole file: its tests share one gateway.

RACINE = Path(__file__).parents[2]
DOSSIER = RACINE / "docs/cas-d-usage"
CAS = sorted(fichier.stem for fichier in DOSSIER.glob("*.graphql"))
SUFFIXES = (".graphql", ".variables.json", ".reponse.json")
#: The citizen whom FranceConnect names in the procedures that go through it.
USAGERS = {"stationnement": "delatour-thomas"}

par_cas = pytest.mark.parametrize("cas", CAS)
en_ligne = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Mesure:
    """What one call did: a line of the table."""

    cas: str
    sources: list[str]
    champs: int
    millisecondes: float


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    async with application(tmp_path_factory.mktemp("cas"), reconnaitre=Personnes().reconnaitre) as ouverte:
        yield ouverte


@pytest.fixture(scope="module")
def mesures() -> Iterator[list[Mesure]]:
    """The table of the calls made, shown by `pytest -s`."""
    faites: list[Mesure] = []
    yield faites
    print("\n\nprocédure | sources appelées | champs | latence")  # noqa: T201 - the table is for whoever runs -s
    for une in faites:
        print(f"{une.cas} | {', '.join(une.sources)} | {une.champs} | {une.millisecondes:.0f} ms")  # noqa: T201


def lire(cas: str, suffixe: str) -> str:
    return (DOSSIER / f"{cas}{suffixe}").read_text(encoding="utf-8")


def section(cas: str, titre: str) -> str:
    """Return what stands under a heading of a page."""
    return lire(cas, ".md").partition(f"## {titre}\n")[2].partition("\n## ")[0]


def scopes(cas: str) -> list[str]:
    """Return the scopes that a page says to ask for."""
    return re.findall(r"^\| `(\w+)` \|", section(cas, "Scopes à demander"), re.MULTILINE)


def champs(cas: str) -> int:
    """Count the leaves of the document that a source fills."""

    def feuilles(noeud: Any) -> int:
        if isinstance(noeud, FieldNode) and noeud.name.value == "sources":
            return 0
        dessous = noeud.selection_set.selections if noeud.selection_set else ()
        return sum(map(feuilles, dessous)) if dessous else 1

    return feuilles(parse(lire(cas, ".graphql")).definitions[0])


def gardes(cas: str) -> list[Scopes]:
    """Return the guards of the fields of the document: in each, one group of scopes has to be held."""
    trouvees: list[Scopes] = []
    types = TypeInfo(core(construire()))

    class Visiteur(Visitor):
        def enter_field(self, *_: Any) -> None:
            definition = types.get_field_def()
            if definition and guard(definition):
                trouvees.append(guard(definition))

    visit(parse(lire(cas, ".graphql")), TypeInfoVisitor(types, Visiteur()))
    return trouvees


def consultees(reponse: Any) -> set[str]:
    """Return the names of the sources that an answer gives the outcome of."""
    if isinstance(reponse, list):
        return set().union(*map(consultees, reponse))
    if isinstance(reponse, dict):
        ici = {reponse["source"]} if "source" in reponse else set()
        return ici.union(*map(consultees, reponse.values()))
    return set()


async def demander(app: Application, cas: str, accordes: list[str]) -> dict[str, Any]:
    """Send the document of a procedure in one HTTP call, and return the answer without its identifier."""
    jeton = await app.jeton(accordes)
    headers = {"X-FranceConnect-Token": USAGERS[cas]} if cas in USAGERS else {}
    reponse = await app.demander(lire(cas, ".graphql"), json.loads(lire(cas, ".variables.json")), jeton, headers)
    assert reponse.status_code == 200, reponse.text
    corps: dict[str, Any] = reponse.json()
    for erreur in corps.get("errors", []):
        assert erreur["extensions"].pop("requestId")
    return corps


def nuls_sans_erreur(reponse: dict[str, Any]) -> set[str]:
    """Return the names of the fields that are null with nothing at their path in `errors`."""
    dits = {tuple(erreur["path"]) for erreur in reponse.get("errors", [])}

    def parcourir(valeur: Any, chemin: tuple[Any, ...]) -> Iterator[str]:
        if isinstance(valeur, dict):
            for cle, contenu in valeur.items():
                if cle != "sources":
                    yield from parcourir(contenu, (*chemin, cle))
        elif isinstance(valeur, list):
            for rang, contenu in enumerate(valeur):
                yield from parcourir(contenu, (*chemin, rang))
        elif valeur is None and chemin not in dits:
            yield str(chemin[-1])

    return set(parcourir(reponse["data"], ()))


def test_every_procedure_has_its_page_document_variables_and_answer() -> None:
    presents = {fichier.name for fichier in DOSSIER.iterdir()} - {"README.md"}
    assert presents == {f"{cas}{suffixe}" for cas in CAS for suffixe in (".md", *SUFFIXES)}
    assert len(CAS) >= 8


@par_cas
def test_a_page_names_every_file(cas: str) -> None:
    liens = set(re.findall(r"\]\(([^)]+)\)", lire(cas, ".md")))
    assert {f"{cas}{suffixe}" for suffixe in SUFFIXES} <= liens


@par_cas
def test_a_document_is_valid_and_opens_with_the_title_of_its_page(cas: str) -> None:
    texte = lire(cas, ".graphql")
    assert validate(build_schema((RACINE / "schema.graphql").read_text(encoding="utf-8")), parse(texte)) == []
    assert texte.splitlines()[0] == lire(cas, ".md").splitlines()[0]
    assert texte.splitlines()[1].startswith("# ")


@en_ligne
@par_cas
async def test_the_persons_are_those_of_the_sandbox(app: Application, cas: str) -> None:
    """A file that changes must be changed here too: an identity is one that a persona bears, whole or in part."""
    connues = [persona["identite"] for persona in (await app.personnes()).values()]
    valeurs = json.loads(lire(cas, ".variables.json")).values()
    donnees = [une for valeur in valeurs for une in (valeur if isinstance(valeur, list) else [valeur])]
    identites = [une for une in donnees if isinstance(une, dict) and "identitePivot" in une]
    assert identites or cas in USAGERS
    assert all(any(une.items() <= connue.items() for connue in connues) for une in identites)


@en_ligne
@par_cas
async def test_one_call_answers_what_the_page_shows(app: Application, cas: str, mesures: list[Mesure]) -> None:
    await app.oublier_les_appels()
    debut = perf_counter()
    reponse = await demander(app, cas, scopes(cas))
    duree = (perf_counter() - debut) * 1000
    appelees = [source for source, appels in (await app.appels()).items() if appels]
    mesures.append(Mesure(cas, appelees, champs(cas), duree))
    assert reponse == json.loads(lire(cas, ".reponse.json"))
    assert not any(erreur["extensions"]["code"] == "NON_HABILITE" for erreur in reponse.get("errors", []))


@par_cas
def test_the_scopes_of_the_page_are_those_that_the_document_needs(cas: str) -> None:
    """As the schema says it: neither a missing scope, nor one that is granted for nothing."""
    demandes = scopes(cas)
    ouverts = [[groupe for groupe in garde if set(groupe) <= set(demandes)] for garde in gardes(cas)]
    assert all(len(groupes) == 1 for groupes in ouverts)
    assert sorted({scope for (groupe,) in ouverts for scope in groupe}) == sorted(demandes)


@par_cas
def test_every_null_of_the_answer_is_explained(cas: str) -> None:
    reponse = json.loads(lire(cas, ".reponse.json"))
    explications = section(cas, "Ce que veut dire un nul")
    lignes = [ligne for ligne in explications.splitlines() if ligne.startswith("| `")]
    for erreur in reponse.get("errors", []):
        bloc, code = erreur["path"][-1], erreur["extensions"]["code"]
        assert any(f"`{bloc}`" in ligne and f"`{code}`" in ligne for ligne in lignes), f"{bloc} {code}"
    muets = [ligne for ligne in lignes if "aucune erreur" in ligne]
    tus = [nom for nom in nuls_sans_erreur(reponse) if not any(re.search(rf"\b{nom}`", ligne) for ligne in muets)]
    assert tus == []


@par_cas
def test_the_index_tells_the_sources_and_the_number_of_fields(cas: str) -> None:
    (ligne,) = re.findall(rf"^\| \[[^]]+\]\({cas}\.md\) \|.*$", lire("README", ".md"), re.MULTILINE)
    _, _, sources, nombre, _ = (cellule.strip() for cellule in ligne.split("|"))
    assert set(re.findall(r"`(\w+)`", sources)) == consultees(json.loads(lire(cas, ".reponse.json"))["data"])
    assert nombre == str(champs(cas))
