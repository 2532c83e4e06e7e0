"""`make source` gives a source that works at once, in the style of the project, or changes nothing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli import app

RACINE = Path(__file__).parents[2]
PAQUETS = ("graph", "resolvers", "providers", "habilitations", "audit", "sandbox", "gateway")
AUTRES = (
    "pyproject.toml",
    ".importlinter",
    "schema.graphql",
    "tests/application.py",
    "tests/graph/champs.py",
    "tests/graph/champs.txt",
    "tests/graph/test_champs.py",
    "tests/proprietes/lecture.py",
    "tests/proprietes/monde.py",
    "tests/proprietes/passerelle.py",
    "tests/providers/allers_retours.py",
    "tests/providers/interrogation.py",
    "tests/providers/test_conformity.py",
)
NOM, BLOC = "anah_renovation", "AideRenovation"


class Projet:
    """A copy of the project, where commands run as a developer would run them."""

    def __init__(self, racine: Path) -> None:
        self.racine = racine
        for paquet in PAQUETS:
            ignores = shutil.ignore_patterns("__pycache__", "static")
            shutil.copytree(RACINE / paquet, racine / paquet, ignore=ignores)
        for chemin in AUTRES:
            (racine / chemin).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(RACINE / chemin, racine / chemin)
        self.avant = fichiers(racine)

    def lancer(self, *commande: str) -> str:
        python = [sys.executable, "-B", "-m", *commande]
        fini = subprocess.run(python, cwd=self.racine, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
        assert fini.returncode == 0, fini.stdout + fini.stderr
        return fini.stdout

    def ajoutes(self) -> list[str]:
        return sorted(fichiers(self.racine).keys() - self.avant.keys())

    def suivre(self, consigne: str) -> None:
        """Do what the command says: one import, one method, and the lines of the table of fields."""
        (importation,) = re.findall(r"^from graph\..*$", consigne, re.MULTILINE)
        (methode,) = re.findall(r"^    @bloc_field.*?\n(?=\n)", consigne, re.MULTILINE | re.DOTALL)
        module = self.racine / "graph/particulier.py"
        texte = module.read_text(encoding="utf-8")
        # Before the first bloc, since its name comes first; and before `sources`.
        for ancre, ajout in ((r"^(?=from graph\.[a-z])", importation), (r"^(?=    @strawberry\.field)", methode)):
            texte = re.sub(ancre, ajout + "\n", texte, count=1, flags=re.MULTILINE)
        module.write_text(texte, encoding="utf-8")
        with (self.racine / "tests/graph/champs.txt").open("a", encoding="utf-8") as table:
            table.writelines(re.findall(r"^[\w.]+ \|.*\n", consigne, re.MULTILINE))


def fichiers(racine: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder, caches aside."""
    caches = ("_cache", "__pycache__", ".hypothesis")
    return {
        str(chemin.relative_to(racine)): chemin.read_bytes()
        for chemin in racine.rglob("*")
        if chemin.is_file() and not any(partie.endswith(caches) for partie in chemin.parts)
    }


@pytest.fixture(scope="module")
def projet(tmp_path_factory: pytest.TempPathFactory) -> Projet:
    """Return the project after the command, and after the lines that it asks for."""
    copie = Projet(tmp_path_factory.mktemp("projet"))
    consigne = copie.lancer("gateway.cli", "source", NOM, BLOC)
    apres = fichiers(copie.racine)
    assert {chemin: apres[chemin] for chemin in copie.avant} == copie.avant, "an existing file changed"
    copie.suivre(consigne)
    return copie


@pytest.fixture(scope="module")
def sdl(projet: Projet) -> str:
    """Return the schema that the new source gives, printed where the project keeps it."""
    imprime = projet.lancer("gateway.cli", "schema")
    (projet.racine / "schema.graphql").write_text(imprime, encoding="utf-8")
    return imprime


def test_the_new_source_holds_the_files_of_every_source(projet: Projet) -> None:
    assert projet.ajoutes() == [
        "graph/aide_renovation.py",
        "providers/anah_renovation/__init__.py",
        "providers/anah_renovation/adapter.py",
        "providers/anah_renovation/messages.py",
        "providers/anah_renovation/simulator.py",
        "sandbox/personas/anah_renovation.yaml",
        "tests/providers/anah_renovation/test_anah_renovation.py",
    ]


@pytest.mark.usefixtures("sdl")
def test_the_new_source_is_a_source_like_the_others_and_its_leaf_is_in_the_agreed_table(projet: Projet) -> None:
    essais = ("tests/providers", "tests/graph/test_champs.py", "-k", f"{NOM} or test_champs")
    sortie = projet.lancer("pytest", "-rp", "-p", "no:cacheprovider", *essais)
    assert len(re.findall(rf"^PASSED tests/providers/.*{NOM}", sortie, re.MULTILINE)) > 40
    assert re.search(r"^PASSED tests/graph/test_champs\.py", sortie, re.MULTILINE)


def test_the_schema_prints_the_new_bloc_and_its_scope(sdl: str) -> None:
    assert re.search(r"^  aideRenovation: AideRenovation$", sdl, re.MULTILINE)
    assert 'reference: String @requiresScopes(scopes: [["anah_renovation_reference"]])' in sdl


def test_the_answer_is_compared_with_the_person_asked(projet: Projet) -> None:
    paquet = (projet.racine / f"providers/{NOM}/__init__.py").read_text(encoding="utf-8")
    assert "etats_civils=etats_civils" in paquet


def test_the_new_files_have_the_style_and_the_types_of_the_project(projet: Projet) -> None:
    ecrits = [chemin for chemin in projet.ajoutes() if chemin.endswith(".py")]
    ecrits.append("graph/particulier.py")
    projet.lancer("ruff", "check", "--no-cache", *ecrits)
    projet.lancer("ruff", "format", "--no-cache", "--check", *ecrits)
    projet.lancer("mypy", *ecrits)


def test_the_new_files_leave_nothing_to_be_filled_in(projet: Projet) -> None:
    for chemin in projet.ajoutes():
        texte = (projet.racine / chemin).read_text(encoding="utf-8")
        assert not re.search(r"TODO|FIXME|XXX|NotImplemented|\$", texte), chemin


@pytest.fixture
def racine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a root where a source can be written, as the current folder."""
    (tmp_path / "graph").mkdir()
    for module in ("__init__", "particulier"):
        (tmp_path / f"graph/{module}.py").touch()
    shutil.copy(RACINE / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lancer(nom: str, bloc: str) -> Result:
    return CliRunner().invoke(app, ["source", nom, bloc])


def refuser(racine: Path, nom: str, bloc: str) -> str:
    """Return the one line of a refusal, after which nothing has changed."""
    avant = fichiers(racine)
    resultat = lancer(nom, bloc)
    assert (resultat.exit_code, resultat.stdout) == (1, "")
    assert fichiers(racine) == avant
    (ligne,) = resultat.stderr.splitlines()
    return ligne


@pytest.mark.parametrize(
    "nom",
    ["", "AnahRenovation", "anah-renovation", "_anah", "anah__aide", "anah_", "élèves", "../anah", "class", "c" * 41],
)
def test_a_name_that_is_not_snake_case_is_refused(racine: Path, nom: str) -> None:
    assert refuser(racine, nom, BLOC).startswith("NOM : ")


@pytest.mark.parametrize("bloc", ["", "aide", "Aide_Renovation", "RSA", "Élève", "Aide2", "Class", "B" + "o" * 40])
def test_a_bloc_that_is_not_pascal_case_is_refused(racine: Path, bloc: str) -> None:
    assert refuser(racine, NOM, bloc).startswith("BLOC : ")


@pytest.mark.parametrize("bloc", ["SituationFiscale", "Source", "Sources", "Admission", "Info", "Appel", "Exception"])
def test_a_bloc_whose_name_is_taken_is_refused(racine: Path, bloc: str) -> None:
    assert "a déjà un sens" in refuser(racine, NOM, bloc)


@pytest.mark.parametrize(
    "existant",
    ["providers/anah_renovation", "graph/aide_renovation.py", "tests/providers/anah_renovation"],
)
def test_what_exists_is_never_overwritten(racine: Path, existant: str) -> None:
    (racine / existant).mkdir(parents=True)
    assert refuser(racine, NOM, BLOC) == f"{existant} existe déjà : choisissez un autre nom."


def test_another_folder_than_the_root_of_the_project_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "racine du projet" in refuser(tmp_path, NOM, BLOC)


def test_the_longest_names_stay_within_the_style(racine: Path) -> None:
    resultat = lancer("c" * 20 + "_" + "b" * 19, "B" + "o" * 19 + "E" + "t" * 19)
    assert resultat.exit_code == 0, resultat.stderr
    for commande in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *commande, "--no-cache", "--extend-exclude", "graph/[_p]*.py", "."]
        fini = subprocess.run(ruff, cwd=racine, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        assert fini.returncode == 0, fini.stdout
