"""What the documents say is true: their links, paths, queries, commands, and what they show of the answers."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_schema, parse, validate
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from gateway.cli import app as commande
from gateway.doc_erreurs import CONDUITE, render
from gateway.gabarit import preparer
from gateway.settings import Settings
from graph.catalogue import blocs as blocs_du_graphe
from graph.catalogue import core
from graph.errors import toutes
from graph.schema import build_schema as construire
from providers._catalogue import sources
from tests.serveur import RACINE, Serveur, serveur

DOCUMENTS = sorted(
    chemin.relative_to(RACINE)
    for motif in ("*.md", "docs/**/*.md", "clients/README.md")
    for chemin in RACINE.glob(motif)
)
DEMARRAGES = (Path("README.md"), Path("docs/demarrer.md"))
PAQUETS = ("graph", "resolvers", "providers", "habilitations", "audit", "sandbox", "gateway")
DOSSIERS = (*PAQUETS, "bench", "clients", "docs", "tests", ".ci")
#: What is built or stored, hence absent from a clone.
PRODUITS = ("gateway/static", "clients/typescript/generated", "clients/python/generated")
PARTICULIER = ".venv/bin/particulier "
MARQUE = "=== bloc suivant ==="
# One worker for the whole file: its tests share one gateway.

par_document = pytest.mark.parametrize("document", DOCUMENTS, ids=str)
par_demarrage = pytest.mark.parametrize("document", DEMARRAGES, ids=str)


def lire(document: Path) -> str:
    return (RACINE / document).read_text(encoding="utf-8")


def blocs(document: Path) -> list[tuple[str, str]]:
    """Return the fenced blocks of a document: language and content."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", lire(document), re.MULTILINE | re.DOTALL)


def chemins_cites(document: Path) -> set[str]:
    """Return the paths between backticks, those with a hole (`<source>`, `_*`, `…`) aside."""
    mots = re.findall(r"`([\w.][\w./-]*/[\w./-]*)`", lire(document))
    return {mot for mot in mots if mot.partition("/")[0] in DOSSIERS and not mot.startswith(PRODUITS)}


def requetes(document: Path) -> Iterator[str]:
    """Yield the GraphQL documents of the blocks, whether written alone or inside the JSON of a command."""
    for langage, contenu in blocs(document):
        if langage == "graphql":
            yield contenu
        if langage == "sh":
            yield from (json.loads(texte) for texte in re.findall(r'"query": ("(?:[^"\\]|\\.)*")', contenu))


@par_document
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    liens = re.findall(r"\]\(([^)#]+)[^)]*\)", lire(document))
    perdus = [lien for lien in liens if "://" not in lien and not (RACINE / document.parent / lien).exists()]
    assert perdus == []


@par_document
def test_every_path_named_exists(document: Path, tmp_path: Path) -> None:
    perdus = {chemin for chemin in chemins_cites(document) if not (RACINE / chemin).exists()}
    assert perdus == (prepares(tmp_path) if document.name == "ajouter-une-source.md" else set())


def prepares(racine: Path) -> set[str]:
    """Return the files of the source that the page takes as an example."""
    (racine / "graph").mkdir()
    (racine / "graph/particulier.py").touch()
    fichiers, _ = preparer(racine, "anah_renovation", "AideRenovation")
    return {str(fichier) for fichier in fichiers}


@par_document
def test_every_target_of_make_exists(document: Path) -> None:
    commandes = re.findall(r"(?:^|`)make ((?:[a-z-]+ ?)+)", lire(document), re.MULTILINE)
    cibles = {cible for commande in commandes for cible in commande.split()}
    connues = re.findall(r"^([a-z-]+):", lire(Path("Makefile")) + lire(Path("web.mk")), re.MULTILINE)
    assert cibles <= set(connues)


@par_demarrage
def test_the_queries_are_valid(document: Path) -> None:
    schema = build_schema(lire(Path("schema.graphql")))
    trouvees = list(requetes(document))
    assert trouvees
    assert [faute.message for requete in trouvees for faute in validate(schema, parse(requete))] == []


@pytest.fixture(scope="module")
def passerelle() -> Iterator[Serveur]:
    with serveur() as lance:
        yield lance


@par_demarrage
def test_the_commands_answer_what_is_shown(document: Path, passerelle: Serveur) -> None:
    suites = [*blocs(document), ("", "")]
    rangs = [rang for rang, (langage, _) in enumerate(suites) if langage == "sh"]
    assert rangs
    sorties = executer([suites[rang][1] for rang in rangs], passerelle)
    for rang, sortie in zip(rangs, sorties, strict=True):
        langage, montre = suites[rang + 1]
        assert not sortie or langage == "json", "an answer is not shown"
        if langage == "json":
            assert sans_identifiant(json.loads(sortie)) == sans_identifiant(json.loads(montre))


def operations(document: Path) -> list[str]:
    """Return the lines of the `bash` blocks, each whole and without its comment."""
    contenus = [contenu for langage, contenu in blocs(document) if langage == "bash"]
    lignes = "\n".join(contenus).replace("\\\n", " ").splitlines()
    return [propre for ligne in lignes if (propre := re.sub(r"\s+#\s.*", "", ligne).strip())]


def test_every_operation_shown_is_a_command_that_takes_these_options() -> None:
    montrees = [ligne for ligne in operations(Path("docs/demarrer.md")) if PARTICULIER in ligne]
    assert len(montrees) > 20
    for ligne in montrees:
        arguments = shlex.split(ligne.partition(PARTICULIER)[2].partition(" > ")[0])
        # NOTE: what is parsed is not run.
        groupe = get_command(commande)
        while isinstance(groupe, TyperGroup):
            nom = arguments.pop(0)
            groupe = groupe.commands[nom]
        groupe.make_context(ligne, arguments)


def test_an_operator_gets_from_the_journal_what_is_shown(
    passerelle: Serveur, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run, beside the server, the operations of four sections, in their order."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").symlink_to(passerelle.dossier)
    (tmp_path / "personne.json").write_text('{"ine": "0912345678K"}')
    environ = {
        "PARTICULIER_DATABASE_URL": f"sqlite:///{passerelle.dossier}/particulier.db",
        "PARTICULIER_JOURNAL": "var/journal.db",
        "PARTICULIER_CLES_PSEUDONYMES": "var/cles/pseudonymes",
        "PARTICULIER_CLE_SCELLES": "var/cles/scelles.cle",
    }
    voulues = re.compile(
        r"tail |cp |cmp |\.venv/bin/python -c |python verificateur.py (--preuve )?(?!journal|copie)|"
        rf"{re.escape(PARTICULIER)}(journal (?!copier|.*copie\.db)|jeton echeances|habilitation rapport)"
    )
    faites = list(filter(voulues.match, operations(Path("docs/demarrer.md"))))
    for ligne in faites:
        etat, sortie = operer(ligne, environ)
        assert etat == 0, f"{ligne} : {sortie}"
    assert all((tmp_path / nom).exists() for nom in ("preuve.json", "sauvegarde.db", "habilitations.db"))


def operer(ligne: str, environ: Mapping[str, str]) -> tuple[int, str]:
    """Run one line, the commands of ours in this process: a process each would be slow."""
    if not ligne.startswith(PARTICULIER):
        bash = shutil.which("bash") or "bash"
        ligne = ligne.replace("python verificateur.py", f"{sys.executable} {RACINE}/audit/verificateur.py")
        ligne = re.sub(r"^\.venv/bin/python ", f"{sys.executable} ", ligne)
        fini = subprocess.run([bash, "-c", ligne], capture_output=True, text=True, check=False)  # noqa: S603 - of our own documents
        return fini.returncode, fini.stderr
    voulue, _, fichier = ligne.removeprefix(PARTICULIER).partition(" > ")
    faite = CliRunner().invoke(commande, shlex.split(voulue), env=environ)
    if fichier:
        Path(fichier).write_text(faite.stdout)
    return faite.exit_code, faite.output


def executer(commandes: list[str], passerelle: Serveur) -> list[str]:
    """Run the commands in one shell, as a reader would, and return what each of them printed."""
    script = f"printf '{MARQUE}'\n".join(commandes).replace("localhost:8000", passerelle.url.removeprefix("http://"))
    bash = shutil.which("bash") or "bash"
    fini = subprocess.run(  # noqa: S603 - the commands of our own documents
        [bash, "-euc", script], capture_output=True, text=True, check=False, env={**os.environ, "NO_PROXY": "*"}
    )
    assert fini.returncode == 0, fini.stderr
    return fini.stdout.split(MARQUE)


def sans_identifiant(corps: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without the identifier of its request, which is new each time."""
    for erreur in corps.get("errors", []):
        assert erreur["extensions"].pop("requestId")
    return corps


def section(document: Path, titre: str) -> str:
    """Return what stands under a heading."""
    return lire(document).partition(f"## {titre}\n")[2].partition("\n## ")[0]


def test_the_readme_names_every_bloc_once() -> None:
    lignes = re.findall(r"^\|.*\|$", section(Path("README.md"), "What can be asked"), re.MULTILINE)
    nommes = [nom for ligne in lignes for nom in re.findall(r"`(\w+)`", ligne)]
    assert sorted(nommes) == sorted(blocs_du_graphe(core(construire())))


def test_the_readme_is_short() -> None:
    assert len(lire(Path("README.md")).splitlines()) <= 150


def test_every_announced_maintenance_is_documented() -> None:
    page = section(Path("docs/demarrer.md"), "En production")
    annoncees = {source.nom for source in sources() if source.maintenances}
    assert {nom for nom in annoncees if f"`{nom}`" not in page} == set()


def test_every_profile_of_the_sandbox_is_documented(passerelle: Serveur) -> None:
    profils = [un["profil"] for un in httpx.get(f"{passerelle.url}/bac-a-sable/jetons", trust_env=False).json()]
    page = section(Path("docs/demarrer.md"), "Première requête")
    assert [profil for profil in profils if f"`{profil}`" not in page] == []


def test_every_setting_is_documented() -> None:
    page = lire(Path("docs/demarrer.md"))
    noms = [f"PARTICULIER_{nom.upper()}" for nom in Settings.model_fields]
    assert [nom for nom in noms if nom not in page] == []


def test_the_page_of_errors_is_the_one_that_the_tree_gives() -> None:
    assert lire(Path("docs/erreurs.md")) == render(), "docs/erreurs.md is stale: make docs"


def test_every_error_says_what_to_do_once() -> None:
    assert set(CONDUITE) == set(toutes())


def test_every_error_of_the_contract_is_raised_somewhere() -> None:
    fichiers = [fichier for paquet in PAQUETS for fichier in (RACINE / paquet).rglob("*.py")]
    hors_contrat = [fichier for fichier in fichiers if fichier.name not in {"errors.py", "doc_erreurs.py"}]
    code = "\n".join(fichier.read_text(encoding="utf-8") for fichier in hors_contrat)
    assert all(re.search(rf"\b{classe.__name__}\b", code) for classe in toutes())
