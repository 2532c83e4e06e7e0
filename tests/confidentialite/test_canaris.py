"""Nothing of a person leaves but in the data of an answer: not in logs, metrics, errors nor any file of ours."""

import base64
import itertools
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.confidentialite.canaris import Canari, Chasse, breed, write
from tests.proprietes.lecture import read_types
from tests.proprietes.monde import arguments_written, everything, literal
from tests.serveur import Serveur, serveur

RACINE = Path(__file__).parents[2]
SERVEUR = Path(__file__).with_name("serveur_france_connect.py")
PLUSIEURS = "query($i: [IdentiteInput!]!) { particuliers(identites: $i) { sources { chemin } } }"
#: Stands for the canary's own identity.
DONNEE = object()
NOMBRE, GRAINE = 60, 20_261_123
#: How many of them are sent in every wrong way.
BAVARDS = 10
PANNES = (
    {"mode": "lente", "delai_ms": 2_000},
    {"mode": "muette"},
    {"mode": "refusee"},
    {"mode": "coupee"},
    {"mode": "erreur_500"},
    {"mode": "indisponible_503", "retry_after": 1},
    {"mode": "quota_429", "retry_after": 1},
    {"mode": "tronquee"},
    {"mode": "type_errone"},
    {"mode": "html"},
    {"mode": "trop_grosse"},
)
TYPES = read_types((RACINE / "schema.graphql").read_text(encoding="utf-8"))


def question(arguments: Mapping[str, Mapping[str, Any]]) -> str:
    """Ask everything of a person, with the arguments that she has for each bloc."""
    blocs = " ".join(
        nom
        + arguments_written({cle: literal(valeur) for cle, valeur in arguments.get(nom, {}).items()})
        + everything(TYPES, sous)
        for nom, (_, sous) in TYPES["Particulier"].items()
    )
    return f"query($identite: IdentiteInput) {{ particulier(identite: $identite) {{ {blocs} }} }}"


@pytest.mark.parametrize("entoure", [b"", b"a", b"ab", b"abc"])
@pytest.mark.parametrize("valeur", ["Zqéxwkvjb", "847193605"])
def test_a_value_is_found_under_every_disguise(valeur: str, entoure: bytes) -> None:
    chasse = Chasse([valeur])
    octets = valeur.encode()
    for forme in (
        octets,
        valeur.upper().encode(),
        valeur.replace("é", "e").upper().encode(),
        base64.b64encode(entoure + octets + entoure),
        base64.urlsafe_b64encode(entoure + octets + entoure),
        quote(valeur).encode(),
        json.dumps(valeur).encode(),
        octets.hex().encode(),
    ):
        assert chasse.find(entoure + forme + entoure) == {valeur}, forme
    assert chasse.find(entoure + octets[:-1]) == set()


class Campagne:
    """What was sent to a server, and what came back: the data apart, since persons belong there alone."""

    def __init__(self, client: httpx.Client, canaris: list[Canari]) -> None:
        self._client = client
        self._canaris = canaris
        self.donnees: dict[int, str] = {}
        """Data answered, by the rank of the person."""
        self.reste: list[bytes] = []
        """Everything else of every answer: errors, headers."""
        self.codes: set[str] = set()

    def play(self) -> None:
        tous = self._client.get("/bac-a-sable/jetons").json()[0]["scopes"]
        self.jetons = [self._jeton(tous), self._jeton(["cnaf_enfants"]), self._jeton(["mesri_identite", "dgfip_rfr"])]
        self.sources = list(self._client.get("/bac-a-sable/appels").json())
        for rang, canari in enumerate(self._canaris):
            presentee = {"X-FranceConnect-Token": canari.nom}
            self.donnees[rang] = self._ask(canari, self.jetons[0])
            self.donnees[rang] += self._ask(canari, self.jetons[0], presentee, identite=None)
            self._ask(canari, self.jetons[1 + rang % 2])
        self._break_sources()
        self._send_nonsense()

    def _jeton(self, scopes: list[str]) -> str:
        """Return a token of our own: those of the profiles are printed for developers at the start."""
        demande = {"scopes": scopes, "siret": "13002526500013"}
        return str(self._client.post("/bac-a-sable/jetons", json=demande).raise_for_status().json()["jeton"])

    def _break_sources(self) -> None:
        """Consult persons while each source fails in each way, then persons made of two."""
        for rang, panne in enumerate(PANNES):
            canari = self._canaris[rang]
            for source in self.sources:
                self._client.put(f"/bac-a-sable/sources/{source}/panne", json=panne)
            self._ask(canari, self.jetons[0], {"X-Delai-Max-Ms": "500"})
            self._ask(
                canari,
                self.jetons[0],
                {"X-Delai-Max-Ms": "500", "X-FranceConnect-Token": canari.nom},
                identite=None,
            )
            for source in self.sources:
                self._client.delete(f"/bac-a-sable/sources/{source}/panne")
        for canari, autre in itertools.pairwise(self._canaris[:6]):
            chimere = {**canari.identite, "identitePivot": autre.identite["identitePivot"]}
            self._ask(canari, self.jetons[0], identite=chimere)

    def _send_nonsense(self) -> None:
        """Send what is refused, with the values of persons everywhere."""
        for canari in self._canaris[:BAVARDS]:
            valeurs, pivot = canari.valeurs, canari.identite["identitePivot"]
            une, autre, troisieme, quatrieme = itertools.islice(itertools.cycle(valeurs), 4)
            (nombre, *_) = [*filter(str.isdigit, valeurs), "847193605"]
            for champ in pivot:
                self._ask(canari, self.jetons[0], identite={"identitePivot": {**pivot, champ: f"{une}{autre}"}})
            self._ask(canari, self.jetons[0], identite={"identitePivot": {**pivot, "moisDateNaissance": int(nombre)}})
            self._ask(canari, self.jetons[0], identite={"ine": une, "numeroFiscal": autre})
            self._ask(canari, self.jetons[0], identite={"identifiantSportif": une, "identifiantFranceTravail": "é"})
            self._ask(canari, self.jetons[0], identite={troisieme: autre})
            self._ask(canari, f"apg_{quote(quatrieme)}")
            self._ask(canari, self.jetons[0], {"X-FranceConnect-Token": quote(une)}, identite=None)
            self._ask(canari, self.jetons[0], {"X-FranceConnect-Token": canari.nom})
            self._ask(canari, self.jetons[0], {"X-Destinataire": quote(une)})
            self._ask(canari, self.jetons[0], {"X-Delai-Max-Ms": quote(autre)})
            self._post(json.dumps({"query": f'{{ particulier(identite: "{une}") {{ __typename }} }}'}))
            self._post(json.dumps({"query": f"{{ particulier(identite: {{ ine: {nombre} }}) {{ a }} }}"}))
            self._post(json.dumps({"query": f'{{ particulier {{ vehicule(immatriculation: "{une}") {{ a }} }} }}'}))
            self._post(json.dumps({"query": '{ __typename "', "operationName": autre, "variables": valeurs}))
            self._post(json.dumps({"query": PLUSIEURS, "variables": {"i": [canari.identite, {"ine": une}]}}))
            self._post(json.dumps([canari.identite]))
            self._post(json.dumps(canari.identite)[:-1])
            self._client.get("/graphql", params={"query": une, "token": self.jetons[0]})
            self._client.post(f"/inconnu/{quote(une)}", json=canari.identite)

    def _ask(self, canari: Canari, jeton: str, headers: Mapping[str, str] | None = None, identite: Any = DONNEE) -> str:
        """Ask everything of somebody; return the data."""
        variables = {"identite": canari.identite if identite is DONNEE else identite}
        corps = json.dumps({"query": question(canari.persona.arguments), "variables": variables})
        reponse = self._post(corps, {"Authorization": f"Bearer {jeton}", **(headers or {})})
        return json.dumps(reponse.get("data"), ensure_ascii=False)

    def _post(self, corps: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        usuels = {"Content-Type": "application/json", "Authorization": f"Bearer {self.jetons[0]}"}
        reponse = self._client.post("/graphql", content=corps, headers=usuels | dict(headers or {}))
        lue: dict[str, Any] = reponse.json()
        erreurs = lue.get("errors", [])
        self.codes |= {erreur["extensions"]["code"] for erreur in erreurs}
        self.reste += [json.dumps(erreurs).encode(), str(reponse.headers).encode()]
        return lue


@pytest.fixture(scope="module")
def canaris() -> list[Canari]:
    return breed(NOMBRE, GRAINE)


@pytest.fixture(scope="module")
def passerelle(canaris: list[Canari], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    personas = tmp_path_factory.mktemp("personas")
    # The sandbox shows the person whom the most administrations know to developers at the start: not one of the hunted.
    write(breed(1, GRAINE + 1), personas / "a.yaml")
    write(canaris, personas / "b.yaml")
    with serveur(commande=(sys.executable, SERVEUR), personas=str(personas)) as lancee:
        yield lancee


@pytest.fixture(scope="module")
def campagne(passerelle: Serveur, canaris: list[Canari]) -> Campagne:
    with httpx.Client(base_url=passerelle.url, timeout=30, trust_env=False) as client:
        jouee = Campagne(client, canaris)
        jouee.play()
        jouee.reste.append(client.get("/metrics").content)
    return jouee


@pytest.fixture(scope="module")
def chasse(campagne: Campagne, canaris: list[Canari]) -> Chasse:
    return Chasse([*(valeur for canari in canaris for valeur in canari.valeurs), *campagne.jetons])


def test_every_value_is_in_the_data_that_a_granted_caller_receives(campagne: Campagne, canaris: list[Canari]) -> None:
    for rang, canari in enumerate(canaris):
        assert Chasse(canari.rendues).find(campagne.donnees[rang].encode()) == set(canari.rendues)


def test_every_source_holds_something_on_a_canary(campagne: Campagne, canaris: list[Canari]) -> None:
    assert {source for canari in canaris for source in canari.persona.sources} == set(campagne.sources)


def test_the_campaign_met_refusals_and_faults(campagne: Campagne) -> None:
    assert campagne.codes >= {
        "NON_HABILITE",
        "SOURCE_INDISPONIBLE",
        "SOURCE_DELAI_DEPASSE",
        "SOURCE_REPONSE_INVALIDE",
        "SOURCE_QUOTA",
        "IDENTITE_INCOHERENTE",
        "REQUETE_INVALIDE",
        "PARAMETRE_INVALIDE",
        "JETON_INVALIDE",
        "FRANCECONNECT_INVALIDE",
        "DESTINATAIRE_INVALIDE",
    }
    assert "ERREUR_INTERNE" not in campagne.codes


def test_no_value_is_in_an_error_a_header_or_a_metric(campagne: Campagne, chasse: Chasse) -> None:
    assert chasse.find(b"\n".join(campagne.reste)) == set()


def test_no_value_is_in_the_logs(passerelle: Serveur, chasse: Chasse) -> None:
    journal = (passerelle.dossier / "sortie.txt").read_bytes()
    assert journal.count(b'"event": "request"') > NOMBRE, "the logs that were searched are not those of the campaign"
    assert chasse.find(journal) == set()


def test_no_value_is_in_any_file_that_the_gateway_wrote(passerelle: Serveur, chasse: Chasse) -> None:
    fichiers = [chemin for chemin in passerelle.dossier.rglob("*") if chemin.is_file()]
    assert {"particulier.db", "journal.db"} <= {chemin.name for chemin in fichiers}
    assert sum(chemin.stat().st_size for chemin in fichiers if chemin.name.startswith("journal.db")) > NOMBRE * 100
    trouvees = {chemin.name: chasse.find(chemin.read_bytes()) for chemin in fichiers}
    assert {nom: valeurs for nom, valeurs in trouvees.items() if valeurs} == {}
