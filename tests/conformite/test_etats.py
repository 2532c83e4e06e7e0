"""A null is never ambiguous: a caller sees every source in each of the five states, with its one error or none."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from providers._catalogue import sources
from tests.application import Application, Personnes, application
from tests.proprietes.lecture import read_types
from tests.proprietes.monde import arguments_written, everything, literal

RACINE = Path(__file__).parents[2]
TYPES = read_types((RACINE / "schema.graphql").read_text(encoding="utf-8"))
NOMS = [source.nom for source in sources()]
#: Well-formed keys that nobody bears, and an état civil that nobody bears either.
PERSONNE = {
    "ine": "9999999999Z",
    "numeroFiscal": "9999999999999",
    "identifiantFranceTravail": "quidam.zzyzx",
    "identifiantSportif": "99999999",
}


@dataclass(frozen=True, slots=True)
class Banc:
    """The application, the bloc of each source, and a person whom each one knows."""

    app: Application
    blocs: Mapping[str, str]
    connues: Mapping[str, dict[str, Any]]
    inconnue: dict[str, Any]
    tout: str
    rien: str

    async def etat(self, source: str, personne: dict[str, Any], jeton: str, **autres: Any) -> tuple[Any, ...]:
        """Ask for everything of one bloc: tell its state and code in band, whether it is null, and its errors."""
        bloc = self.blocs[source]
        arguments = {nom: literal(valeur) for nom, valeur in self.connues[source]["arguments"].get(bloc, {}).items()}
        demande = f"b: {bloc}{arguments_written(arguments)} {everything(TYPES, TYPES['Particulier'][bloc][1])}"
        query = (
            f"query($i: IdentiteInput) {{ particulier(identite: $i) {{ {demande} sources {{ etat code source }} }} }}"
        )
        corps = await self._answer(query, personne, jeton, **autres)
        particulier = corps["data"]["particulier"]
        (dite,) = particulier["sources"]
        assert dite["source"] == source
        erreurs = [
            (une["extensions"]["etat"], une["extensions"]["code"])
            for une in corps.get("errors", [])
            if une["path"] == ["particulier", "b"]
        ]
        return dite["etat"], dite["code"], particulier["b"] is None, erreurs

    async def _answer(
        self, query: str, personne: dict[str, Any], jeton: str, *, citoyen: bool = True, **cles: Any
    ) -> dict[str, Any]:
        """Name the person by her keys, then as FranceConnect would: the source takes what it understands."""
        par_cles = await self.app.demander(query, {"i": cles or personne["identite"]}, jeton)
        corps: dict[str, Any] = par_cles.json()
        if citoyen and "IDENTIFIANT_MANQUANT" in par_cles.text:
            presentee = {"X-FranceConnect-Token": personne["nom"]}
            corps = (await self.app.demander(query, {"i": None}, jeton, presentee)).json()
        return corps


@pytest.fixture
async def banc(tmp_path: Path) -> AsyncIterator[Banc]:
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as app:
        tout = (await app.jeton_de("tout"))["jeton"]
        reponse = await app.demander("{ sources { nom bloc } }", jeton=tout)
        types = {une["nom"]: une["bloc"] for une in reponse.json()["data"]["sources"]}
        blocs = {sous: bloc for bloc, (_, sous) in TYPES["Particulier"].items()}
        personnes = list((await app.personnes()).values())
        yield Banc(
            app=app,
            blocs={nom: blocs[type_] for nom, type_ in types.items()},
            connues={nom: next(une for une in personnes if nom in une["sources"]) for nom in types},
            inconnue=next(une for une in personnes if une["nom"].startswith("lefevre")),
            tout=tout,
            rien=await app.jeton([]),
        )


def seul(etat: str, code: str) -> tuple[Any, ...]:
    """What is seen of a bloc that is null by our doing: its state in band, and the same in its one error."""
    return etat, code, True, [(etat, code)]


def partout(observe: tuple[Any, ...]) -> dict[str, tuple[Any, ...]]:
    return dict.fromkeys(NOMS, observe)


def test_the_matrix_has_every_bloc() -> None:
    assert len(NOMS) == len(TYPES["Particulier"]) - len({"sources"})


async def test_what_is_obtained_has_no_error(banc: Banc) -> None:
    vus = {source: await banc.etat(source, banc.connues[source], banc.tout) for source in NOMS}
    assert vus == partout(("OBTENU", None, False, []))


async def test_an_absence_is_told_as_the_answer_that_it_is(banc: Banc) -> None:
    cles = {**PERSONNE, **banc.inconnue["identite"]}
    vus = {source: await banc.etat(source, banc.inconnue, banc.tout, **cles) for source in NOMS}
    assert vus == {source: seul("ABSENT", code) for source, (_, code, _, _) in vus.items()}
    assert {code for _, code, _, _ in vus.values()} <= {"IDENTITE_NON_RECONNUE", "DOSSIER_ABSENT", "NON_ELIGIBLE"}


async def test_what_is_not_granted_is_told_and_not_asked(banc: Banc) -> None:
    await banc.app.oublier_les_appels()
    vus = {source: await banc.etat(source, banc.connues[source], banc.rien) for source in NOMS}
    assert vus == partout(seul("NON_HABILITE", "NON_HABILITE"))
    assert set((await banc.app.appels()).values()) == {0}


async def test_what_cannot_be_known_is_told_and_not_asked(banc: Banc) -> None:
    await banc.app.oublier_les_appels()
    vus = {}
    for source in NOMS:
        autre = {cle: PERSONNE[cle] for cle in (("ine",) if source.startswith("dgfip") else ("numeroFiscal",))}
        vus[source] = await banc.etat(source, banc.connues[source], banc.tout, citoyen=False, **autre)
    assert vus == partout(seul("INCONNU", "IDENTIFIANT_MANQUANT"))
    assert set((await banc.app.appels()).values()) == {0}


async def test_an_unavailability_is_told_as_such(banc: Banc) -> None:
    for source in NOMS:
        await banc.app.mettre_en_panne(source, mode="erreur_500")
    vus = {source: await banc.etat(source, banc.connues[source], banc.tout) for source in NOMS}
    assert vus == partout(seul("INDISPONIBLE", "SOURCE_INDISPONIBLE"))
