"""Whoever owns a copy of what several processes wrote can change it: it is always seen, and where."""

import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from audit.scelles import chemin_par_defaut, cle_publique
from audit.verification import Anomalie, Nature, Rapport, verifier
from tests.audit.alterations import Contenu, lire, remplacer
from tests.audit.alterations_entrelacees import (
    Touche,
    altere_les_scelles,
    alterer_une_copie,
    efface_une_partie_et_ses_scelles,
    touches,
)
from tests.audit.entrelacees import entrelacer
from tests.audit.journaux import CLE

PUBLIQUE = cle_publique(CLE)
#: Records of a partie within which an edit is located.
PRECISION = 1000
DES_SCELLES = (Nature.SCELLE_FAUX, Nature.SCELLE_MANQUANT)


def juger(copie: Path, scelles: Path | None = None) -> Rapport:
    return verifier(copie, scelles or chemin_par_defaut(copie), PUBLIQUE)


@dataclass(frozen=True, slots=True)
class Epreuve:
    """An honest copy, and where altered ones are made of it."""

    copie: Path
    contenu: Contenu
    dossier: Path

    def alterer(self, hasard: random.Random) -> tuple[str, int]:
        """Fail unless an edit is found, where it was made; return its name, and within how many records."""
        match hasard.randrange(10):
            case 0 | 1:
                return self.alterer_les_scelles(hasard)
            case 2:
                return self.effacer(hasard)
            case _:
                nom, altere = alterer_une_copie(self.contenu, hasard)
                return nom, situer(nom, self.juger(altere), list(touches(self.contenu, altere)), altere)

    def juger(self, altere: Contenu, scelles: Path | None = None) -> Anomalie | None:
        copie = self.dossier / "copie.db"
        shutil.copyfile(self.copie, copie)
        remplacer(copie, altere)
        return juger(copie, scelles or chemin_par_defaut(self.copie)).anomalie

    def scelles(self) -> Path:
        """Copy the seals, to edit them."""
        scelles = self.dossier / "scelles"
        shutil.rmtree(scelles, ignore_errors=True)
        return Path(shutil.copytree(chemin_par_defaut(self.copie), scelles))

    def alterer_les_scelles(self, hasard: random.Random) -> tuple[str, int]:
        scelles = self.scelles()
        nom, partie, ligne = altere_les_scelles(scelles, hasard)
        anomalie = juger(self.copie, scelles).anomalie
        assert anomalie is not None, nom
        assert anomalie.partie == partie, (nom, anomalie)
        if anomalie.nature in DES_SCELLES:
            assert ligne <= anomalie.a <= ligne + 1, (nom, ligne, anomalie)
        return nom, 1

    def effacer(self, hasard: random.Random) -> tuple[str, int]:
        scelles = self.scelles()
        partie, altere = efface_une_partie_et_ses_scelles(scelles, self.contenu, hasard)
        anomalie = self.juger(altere, scelles)
        assert anomalie is not None
        assert (anomalie.nature, anomalie.partie) == (Nature.SUPPRIME, partie)
        return "efface_une_partie_et_ses_scelles", 1


def situer(nom: str, anomalie: Anomalie | None, ou: Sequence[Touche], altere: Contenu) -> int:
    """Fail unless an anomaly tells one of the places where something was done; return within how many records."""
    assert anomalie is not None, nom
    assert any(_designe(anomalie, une) for une in ou), (nom, anomalie, ou)
    siennes = {partie.id for partie in altere.parties if anomalie.partie in {"", partie.nom}}
    dedans = [ligne for ligne in altere.lignes if anomalie.de <= ligne.seq <= anomalie.a and ligne.partie in siennes]
    assert len(dedans) <= PRECISION, (nom, anomalie)
    return len(dedans)


def _designe(anomalie: Anomalie, touche: Touche) -> bool:
    if anomalie.partie != touche.partie and (anomalie.partie or touche.absente):
        return False
    return touche.absente or (anomalie.de <= touche.jusqu_a and anomalie.a > touche.apres)


@pytest.fixture
def epreuve(tmp_path: Path) -> Epreuve:
    """A copy of half a dozen parties, of which a seal answers for each record."""
    return preparer(tmp_path, 8)


def preparer(dossier: Path, graine: int, tours: int = 60, lot: int = 9) -> Epreuve:
    copie = dossier / f"{graine}.db"
    entrelacer(copie, tours, random.Random(graine), lot, tout_scelle=True)  # noqa: S311 - draws traces
    assert juger(copie).intact
    return Epreuve(copie, lire(copie), dossier)


def test_every_edit_of_a_copy_is_found_and_located(epreuve: Epreuve) -> None:
    hasard = random.Random(1)  # noqa: S311 - draws edits
    for _ in range(40):
        epreuve.alterer(hasard)


@pytest.mark.campagne
def test_two_thousand_edits_are_all_found_and_located(tmp_path: Path) -> None:
    hasard, trouvees, etendue = random.Random(200), Counter[str](), 0  # noqa: S311 - draws edits
    petites = [(preparer(tmp_path, graine), 190) for graine in range(300, 310)]
    grandes = [(preparer(tmp_path, graine, 50, 500), 50) for graine in (3, 4)]
    for epreuve, nombre in (*petites, *grandes):
        for _ in range(nombre):
            nom, large = epreuve.alterer(hasard)
            trouvees[nom] += 1
            etendue = max(etendue, large)
    sys.stdout.write(
        f"\n{trouvees.total()} altérations de copies entrelacées, toutes trouvées, chacune à {etendue} enregistrements "
        "près :\n"
    )
    for nom, fois in sorted(trouvees.items()):
        sys.stdout.write(f"  {fois:5d}  {nom}\n")


def honnete(dossier: Path, graine: int) -> Rapport:
    hasard = random.Random(graine)  # noqa: S311 - draws traces
    copie = dossier / f"{graine}.db"
    entrelacer(copie, hasard.choice((3, 20, 60)), hasard)
    return juger(copie)


@pytest.mark.parametrize("graine", range(10))
def test_nothing_is_seen_in_an_honest_copy(tmp_path: Path, graine: int) -> None:
    rapport = honnete(tmp_path, graine)
    assert rapport.intact, rapport


@pytest.mark.campagne
def test_nothing_is_seen_in_two_hundred_honest_copies(tmp_path: Path) -> None:
    alertes = [graine for graine in range(100, 300) if not honnete(tmp_path, graine).intact]
    sys.stdout.write(f"\n200 copies entrelacées honnêtes, {len(alertes)} fausse alerte\n")
    assert alertes == []


def test_a_partie_that_is_gone_is_named(epreuve: Epreuve) -> None:
    altere = epreuve.contenu.copie()
    effacee = altere.parties.pop(2)
    altere.lignes[:] = [ligne for ligne in altere.lignes if ligne.partie != effacee.id]
    anomalie = epreuve.juger(altere)
    assert anomalie is not None
    assert (anomalie.nature, anomalie.partie) == (Nature.SUPPRIME, effacee.nom)


def test_a_stray_file_among_the_seals_is_not_quoted(epreuve: Epreuve) -> None:
    scelles = epreuve.scelles()
    for nom in (b"\xff", b"\x1b[2J", b"\n"):
        (scelles / f"{os.fsdecode(nom)}.scelles").touch()
    anomalie = juger(epreuve.copie, scelles).anomalie
    assert anomalie is not None
    assert (anomalie.nature, anomalie.partie) == (Nature.SUPPRIME, "")


def test_records_that_are_gone_are_told_of_the_partie_that_misses_them(epreuve: Epreuve) -> None:
    for place in range(0, len(epreuve.contenu.lignes), 6):
        altere = epreuve.contenu.copie()
        id_ = altere.lignes.pop(place).partie
        anomalie = epreuve.juger(altere)
        assert anomalie is not None
        assert anomalie.nature in {Nature.SUPPRIME, Nature.TRONQUE}
        assert anomalie.partie == next(partie.nom for partie in altere.parties if partie.id == id_)
        assert anomalie.de <= place + 1 <= anomalie.a


def test_a_number_that_is_missing_between_records_that_agree_is_told(epreuve: Epreuve) -> None:
    altere = epreuve.contenu.copie()
    for ligne in altere.lignes[70:]:
        ligne.seq += 3
    anomalie = epreuve.juger(altere)
    assert anomalie is not None
    assert (anomalie.nature, anomalie.a, anomalie.partie) == (Nature.SUPPRIME, 71, "")
