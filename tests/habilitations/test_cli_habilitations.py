"""The commands, as an operator and a script use them, on a database that a server is reading."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli_delegations import delegation, editeur
from gateway.cli_habilitations import habilitation, jeton
from graph.errors import HabilitationInactive, JetonRevoque, JetonSuspendu
from habilitations.base import COMMANDE
from habilitations.habilitation import Acces
from habilitations.store import Store

CREER = "habilitation creer --intitule Cantines --siret 13002526500013 --scope cnaf_quotient_familial --cadre CRPA"
app = typer.Typer()
app.add_typer(habilitation, name="habilitation")
app.add_typer(jeton, name="jeton")
app.add_typer(editeur, name="editeur")
app.add_typer(delegation, name="delegation")


class Terminal:
    """Runs commands on one database; `erreur` is what the last one wrote to stderr."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.erreur = ""

    def lancer(self, commande: str, *, code: int = 0) -> str:
        resultat = CliRunner().invoke(app, commande.split(), env={"PARTICULIER_DATABASE_URL": self.url})
        assert resultat.exit_code == code, resultat.output
        self.erreur = resultat.stderr
        return resultat.stdout

    def identifiant(self) -> str:
        lu = re.search(r"Jeton ([0-9a-f-]{36})", self.erreur)
        assert lu
        return lu[1]

    def presenter(self, texte: str) -> Acces:
        async def presenter() -> Acces:
            async with Store(self.url, frozenset(), lambda: datetime.now(UTC), delais=COMMANDE) as store:
                return await store.authentifier(texte)

        return asyncio.run(presenter())


@pytest.fixture
def terminal(url: str) -> Terminal:
    return Terminal(url)


def test_from_a_grant_to_a_token_that_opens_it(terminal: Terminal) -> None:
    habilitation_id = terminal.lancer(CREER).strip()
    sortie = terminal.lancer(f"jeton emettre {habilitation_id} --jours 30")
    assert re.fullmatch(r"apg_[0-9A-Za-z]{36}\n", sortie)
    assert terminal.presenter(sortie.strip()).habilitation.id == habilitation_id
    assert sortie.strip() not in terminal.erreur


def test_a_grant_is_recorded_with_its_volume_its_modalities_and_its_ranges(terminal: Terminal) -> None:
    modalites = "--modalite params --modalite france_connect"
    terminal.lancer(f"{CREER} --volume 12000 {modalites} --plage-ip 192.0.2.0/24 --plage-ip 2001:db8::1")
    ligne = terminal.lancer("habilitation lister").splitlines()[1]
    assert ligne.split("\t")[8:] == [
        "12000",
        "192.0.2.0/24 2001:db8::1/128",
        "-",
        "-",
        "-",
        "1",
        "params france_connect",
    ]
    terminal.lancer(f"habilitation limiter {ligne.split()[0]} --plage-ip 198.51.100.7")
    assert "\t198.51.100.7/32\t" in terminal.lancer("habilitation lister")
    terminal.lancer(f"habilitation limiter {ligne.split()[0]}")
    assert "Toute adresse" in terminal.erreur


def test_a_grant_is_given_more_persons_and_nothing_else_changes(terminal: Terminal) -> None:
    identifiant = terminal.lancer(f"{CREER} --volume 12000").strip()
    jeton = terminal.lancer(f"jeton emettre {identifiant}").strip()
    avant = terminal.lancer("habilitation lister").splitlines()[1].split("\t")
    assert terminal.presenter(jeton).habilitation.personnes_par_requete == 1
    terminal.lancer(f"habilitation personnes {identifiant} 3")
    assert terminal.erreur == "Une requête peut désigner 3 personnes.\n"
    assert terminal.presenter(jeton).habilitation.personnes_par_requete == 3
    assert terminal.lancer("habilitation lister").splitlines()[1].split("\t") == [*avant[:-2], "3", "-"]


def test_a_grant_is_bound_to_one_service_of_franceconnect_and_nothing_else_changes(terminal: Terminal) -> None:
    identifiant = terminal.lancer(f"{CREER} --franceconnect un-client --plage-ip 192.0.2.0/24").strip()

    def suite() -> list[str]:
        return terminal.lancer("habilitation lister").splitlines()[1].split("\t")[9:13]

    assert suite() == ["192.0.2.0/24", "-", "-", "un-client"]
    terminal.lancer(f"habilitation rattacher {identifiant} --franceconnect un-autre")
    assert suite() == ["192.0.2.0/24", "-", "-", "un-autre"]
    terminal.lancer(f"habilitation rattacher {identifiant} --franceconnect été", code=1)
    assert "FranceConnect" in terminal.erreur
    terminal.lancer(f"habilitation rattacher {identifiant}")
    assert suite() == ["192.0.2.0/24", "-", "-", "-"]


def test_from_an_editor_to_a_delegation_and_its_revocation(terminal: Terminal) -> None:
    habilitation_id = terminal.lancer(CREER).strip()
    editeur_id, propre = terminal.lancer("editeur creer --nom Logiciels --siret 21750001600019").strip().split("\t")
    assert f"jeton emettre {propre}" in terminal.erreur
    assert terminal.presenter(terminal.lancer(f"jeton emettre {propre}").strip()).editeur_id == editeur_id
    assert f"{editeur_id}\t{propre}\t21750001600019\t" in terminal.lancer("editeur lister")
    delegation_id = terminal.lancer(f"delegation creer {editeur_id} {habilitation_id}").strip()
    assert f"{delegation_id}\ten cours\t" in terminal.lancer(f"delegation lister --editeur {editeur_id}")
    terminal.lancer(f"delegation revoquer {delegation_id}")
    assert f"{delegation_id}\trévoquée\t" in terminal.lancer("delegation lister")


def test_the_text_of_a_token_is_never_shown_again(terminal: Terminal) -> None:
    texte = terminal.lancer(f"jeton emettre {terminal.lancer(CREER).strip()}").strip()
    identifiant = terminal.identifiant()
    liste = terminal.lancer("jeton lister")
    assert identifiant in liste
    assert texte not in liste
    assert "apg_" not in liste


def test_a_suspended_token_is_refused_and_listed_as_such_until_restored(terminal: Terminal) -> None:
    texte = terminal.lancer(f"jeton emettre {terminal.lancer(CREER).strip()}").strip()
    identifiant = terminal.identifiant()
    terminal.lancer(f"jeton suspendre {identifiant}")
    with pytest.raises(JetonSuspendu):
        terminal.presenter(texte)
    assert "\tsuspendu\t" in terminal.lancer("jeton lister")
    terminal.lancer(f"jeton renouveler {identifiant}", code=1)
    terminal.lancer(f"jeton retablir {identifiant}")
    assert terminal.presenter(texte)
    assert "\tvalable\t" in terminal.lancer("jeton lister")


def test_a_revoked_token_is_refused_and_listed_as_such(terminal: Terminal) -> None:
    texte = terminal.lancer(f"jeton emettre {terminal.lancer(CREER).strip()}").strip()
    terminal.lancer(f"jeton revoquer {terminal.identifiant()}")
    with pytest.raises(JetonRevoque):
        terminal.presenter(texte)
    assert "\trévoqué\t" in terminal.lancer("jeton lister")


def test_a_renewed_token_and_its_successor_both_open_the_grant(terminal: Terminal) -> None:
    ancien = terminal.lancer(f"jeton emettre {terminal.lancer(CREER).strip()}").strip()
    ancien_id = terminal.identifiant()
    nouveau = terminal.lancer(f"jeton renouveler {ancien_id} --chevauchement 24h").strip()
    assert terminal.presenter(ancien).habilitation == terminal.presenter(nouveau).habilitation
    assert terminal.lancer("jeton lister").count(ancien_id) == 2


def test_a_suspended_grant_is_refused_until_restored(terminal: Terminal) -> None:
    habilitation_id = terminal.lancer(CREER).strip()
    texte = terminal.lancer(f"jeton emettre {habilitation_id}").strip()
    terminal.lancer(f"habilitation suspendre {habilitation_id}")
    with pytest.raises(HabilitationInactive):
        terminal.presenter(texte)
    assert "\tsuspendue\t" in terminal.lancer("habilitation lister")
    terminal.lancer(f"habilitation retablir {habilitation_id}")
    assert terminal.presenter(texte)


def test_days_begin_at_midnight_in_paris_and_the_last_one_is_included(terminal: Terminal) -> None:
    terminal.lancer(f"{CREER} --debut 2027-03-28 --fin 2027-10-31")
    ligne = terminal.lancer("habilitation lister").splitlines()[1]
    assert ligne.split("\t")[1:4] == ["à venir", "28/03/2027 00:00", "01/11/2027 00:00"]


@pytest.mark.parametrize(
    ("commande", "code", "message"),
    [
        (f"{CREER} --scope cnaf_inconnu", 1, "Scope inconnu : cnaf_inconnu. "),
        (f"{CREER} --siret 13002526500014", 1, "SIRET invalide : 13002526500014. Un SIRET a 14 chiffres"),
        (f"{CREER} --plage-ip partout", 1, "Plage d'adresses invalide : partout. Écrivez une adresse"),
        (f"{CREER} --volume 0", 2, "Valeur absente ou refusée : '--volume'."),
        ("editeur creer --nom L --siret 1", 1, "SIRET invalide : 1. Un SIRET a 14 chiffres"),
        ("delegation creer absent absente", 1, "Éditeur inconnu"),
        ("delegation revoquer absente", 1, "Délégation inconnue"),
        ("delegation creer seul", 2, "Valeur absente ou refusée : 'HABILITATION'."),
        ("habilitation suspendre absente", 1, "Habilitation inconnue"),
        ("habilitation personnes absente 3", 1, "Habilitation inconnue"),
        ("habilitation personnes absente 51", 1, "Le nombre de personnes par requête va de 1 à 50."),
        ("habilitation personnes absente deux", 2, "Valeur absente ou refusée : 'NOMBRE'."),
        ("jeton emettre absente", 1, "Habilitation inconnue"),
        ("jeton revoquer absent", 1, "Jeton inconnu"),
        ("jeton emettre", 2, "Valeur absente ou refusée : 'HABILITATION'."),
        ("jeton emettre h --jours 366", 2, "Valeur absente ou refusée : '--jours'."),
        ("jeton renouveler j --chevauchement 2j", 2, "Valeur absente ou refusée : '--chevauchement'."),
        ("jeton renouveler j --chevauchement 73h", 1, "Jeton inconnu"),
        ("habilitation creer --fin demain", 2, "Valeur absente ou refusée"),
        ("habilitation lister --tout", 2, "Option ou commande inconnue."),
        ("jeton supprimer", 2, "Option ou commande inconnue."),
    ],
)
def test_a_refusal_is_one_french_line_on_stderr(terminal: Terminal, commande: str, code: int, message: str) -> None:
    assert terminal.lancer(commande, code=code) == ""
    assert terminal.erreur.startswith(message)
    assert terminal.erreur.count("\n") == 1


def test_a_database_that_was_not_migrated_says_what_to_run(url_vide: str) -> None:
    terminal = Terminal(url_vide)
    assert terminal.lancer("habilitation lister", code=1) == ""
    assert "lancez « particulier migrer »" in terminal.erreur


def test_a_wrong_url_says_what_is_expected(tmp_path: Path) -> None:
    terminal = Terminal(f"mysql://u:secret@{tmp_path}")
    terminal.lancer("jeton lister", code=1)
    assert terminal.erreur.startswith("PARTICULIER_DATABASE_URL")
    assert "secret" not in terminal.erreur
