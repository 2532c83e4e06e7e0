"""Change one thing in a module, run the tests that should notice, and tell the changes that none noticed.

`python -m tests.mutations` (`make mutations`). A child of this process, forked with the libraries already imported,
imports the changed module in place of the real one: no file is written, and the tests are those of every day.
"""

import argparse
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from random import Random, SystemRandom
from tempfile import TemporaryDirectory
from types import CodeType, ModuleType
from typing import Any

import pytest

from tests.mutations.cibles import CIBLES, Cible
from tests.mutations.mutants import Mutant, mutants

_RACINE = Path(__file__).parents[2]
_ENFANTS = 2
#: Seconds for the tests of one mutant, before it counts as noticed: it may loop for ever.
_DELAI = 600.0
#: Lines that are shown of the tests that fail without any mutant.
_LIGNES = 20
#: Where nothing waits for a disk, on the systems that have it.
_MEMOIRE = Path("/dev/shm")  # noqa: S108 - a folder of ours is made there
#: Imported before forking: libraries, and what never imports a mutated module.
_COMMUNS = (
    "fastapi",
    "httpx",
    "sqlalchemy.ext.asyncio",
    "strawberry",
    "graph.schema",
    "providers._catalogue",
    "lxml.etree",
    "cryptography.x509",
    "alembic.command",
)


class _Changed(importlib.machinery.SourceFileLoader):
    """Loads a module from a tree in place of its file."""

    arbre: Any

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the loader of one module
        return compile(self.arbre, self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the changed module before the real one."""

    def __init__(self, module: str, mutant: Mutant) -> None:
        self._module = module
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert spec
        assert spec.origin
        spec.loader = _Changed(fullname, spec.origin)
        spec.loader.arbre = self._mutant.arbre
        return spec


@dataclass(frozen=True, slots=True)
class Essai:
    """A mutant, and the tests that it has to pass."""

    cible: Cible
    module: str = ""
    mutant: Mutant | None = None
    """None: the modules as they are, for which the tests must pass."""

    def __str__(self) -> str:
        if self.mutant is None:
            return f"{self.cible.dossier} tel quel"
        return f"{self.cible.dossier}/{self.module}.py:{self.mutant.ligne}  {self.mutant.quoi}"

    def run(self, dossier: Path) -> int:
        """Run the tests in this process, their files in a folder; return their exit status."""
        if self.mutant:
            sys.meta_path.insert(0, _Finder(f"{self.cible.dossier}.{self.module}", self.mutant))
        proche = f"tests/{self.cible.dossier}/test_{self.module}.py"
        tests = [*([proche] if Path(proche).exists() else []), *self.cible.tests]
        options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not campagne"]
        lieu = f"--basetemp={dossier / str(os.getpid())}"
        # Libraries already imported are not asserted upon.
        choix = ["-k", "not postgresql and not redis", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        return int(pytest.main([*options, lieu, *choix, *tests]))


def main() -> int:
    """Try a sample of the mutants; return the exit status."""
    options = _options()
    seed = SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    os.chdir(_RACINE)
    for nom in _COMMUNS:
        importlib.import_module(nom)
    mutes = _sample(options.module, seed, options.nombre)
    _say(f"SEED={seed} : {len(mutes)} mutants")
    with TemporaryDirectory(prefix="particulier-mutations-", dir=_MEMOIRE if _MEMOIRE.is_dir() else None) as nom:
        return _campaign(mutes, Path(nom), 60 * options.minutes)


def _campaign(mutes: Sequence[Essai], dossier: Path, secondes: float) -> int:
    """Try the modules as they are, then each mutant until the time is over; return the exit status."""
    debut, issues = time.monotonic(), list[tuple[Essai, bool]]()
    for essai, tue, dit in _try_all([Essai(une) for une in dict.fromkeys(un.cible for un in mutes)], dossier):
        _say(f"{essai} : {'les tests échouent' if tue else 'les tests passent'}")
        if tue:
            _say("\n".join(dit.splitlines()[-_LIGNES:]))
            return 1
    for essai, tue, _ in _try_all(mutes, dossier, debut + secondes):
        issues.append((essai, tue))
        _say(f"{len(issues):>4} / {len(mutes)}  {'tué' if tue else 'SURVIT'}  {essai}")
    return _conclude(issues, time.monotonic() - debut)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nombre", type=int, default=0, help="mutants tried, at most; 0: all")
    parser.add_argument("--minutes", type=float, default=30.0, help="after which no other one is tried")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--module", default="", help="part of the name of the modules mutated")
    return parser.parse_args()


def _sample(partie: str, seed: int, nombre: int) -> list[Essai]:
    """Draw mutants among those of the modules whose name holds `partie`."""
    tous = [
        Essai(une, module, mutant)
        for une in CIBLES
        for module in une.modules
        if partie in f"{une.dossier}.{module}"
        for mutant in mutants(Path(une.dossier, f"{module}.py").read_text(encoding="utf-8"))
    ]
    alea = Random(seed)  # noqa: S311 - a sample must be found again
    return alea.sample(tous, min(nombre or len(tous), len(tous)))


def _try_all(
    essais: Sequence[Essai], dossier: Path, jusqu_a: float = float("inf")
) -> Iterator[tuple[Essai, bool, str]]:
    """Run a few at a time, each in a child; yield whether its tests failed, and what they said.

    None is begun after that instant.
    """
    attente, en_cours = list(essais)[::-1], dict[int, tuple[Essai, float, Path]]()
    rangs = count()
    try:
        while attente or en_cours:
            if time.monotonic() > jusqu_a:
                attente.clear()
            while attente and len(en_cours) < _ENFANTS:
                essai, sortie = attente.pop(), dossier / f"essai-{next(rangs)}.txt"
                en_cours[_fork(partial(essai.run, dossier), sortie)] = (essai, time.monotonic() + _DELAI, sortie)
            for pid, (essai, echeance, sortie) in list(en_cours.items()):
                fini, status = os.waitpid(pid, os.WNOHANG)
                if fini or time.monotonic() > echeance:
                    del en_cours[pid]
                    _end(pid, fini=bool(fini))
                    yield essai, not fini or os.waitstatus_to_exitcode(status) != 0, _lire(sortie)
            time.sleep(0.05)  # no event tells that one child of several ended, or ran out of time
    finally:
        for pid in en_cours:
            _end(pid, fini=False)


def _fork(work: Callable[[], int], sortie: Path) -> int:
    """Run a work in a child, at the head of a group of its own, what it says in a file; return its pid."""
    sys.stdout.flush()
    if pid := os.fork():
        return pid
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        dit = os.open(sortie, os.O_WRONLY | os.O_CREAT, 0o600)
        for descripteur in (1, 2):
            os.dup2(dit, descripteur)
        code = work()
        sys.stdout.flush()
        os._exit(code)
    finally:
        os._exit(70)


def _lire(sortie: Path) -> str:
    """Return what a child said, whose file is done with."""
    dit = sortie.read_text(encoding="utf-8", errors="replace")
    sortie.unlink()
    return dit


def _end(pid: int, *, fini: bool) -> None:
    """End what a child may have started, and itself."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if not fini:
        os.waitpid(pid, 0)


def _conclude(issues: Sequence[tuple[Essai, bool]], duree: float) -> int:
    survivants = [essai for essai, tue in issues if not tue]
    for lieu in dict.fromkeys((essai.cible.dossier, essai.module) for essai, _ in sorted(issues, key=str)):
        siens = [tue for essai, tue in issues if (essai.cible.dossier, essai.module) == lieu]
        _say(f"{'.'.join(lieu):<28}{sum(siens):>4} tués / {len(siens)}")
    _say(f"{len(issues) - len(survivants)} tués / {len(issues)} en {duree:.0f} s")
    for essai in survivants:
        _say(f"SURVIT  {essai}")
    return int(bool(survivants))


def _say(texte: str) -> None:
    sys.stdout.write(texte + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
