"""A journal of this test's own, and traces to write in it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.journal import Journal
from audit.scelles import Scelles, chemin_par_defaut
from audit.trace import OBTENU, Consultation, Intention, Issue, Pseudonyme

INSTANT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def horloge() -> datetime:
    return INSTANT


@pytest.fixture
def chemin(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "journal.db"


@pytest.fixture
async def journal(chemin: Path) -> AsyncIterator[Journal]:
    journal = Journal(chemin, horloge)
    await journal.ouvrir()
    yield journal
    await journal.aclose()


#: The Ed25519 private key of the seals.
CLE_DES_SCELLES = bytes(range(7, 39))


@pytest.fixture
def scelles(chemin: Path) -> Scelles:
    return Scelles(chemin_par_defaut(chemin), CLE_DES_SCELLES, horloge)


@pytest.fixture
async def journal_scelle(chemin: Path, scelles: Scelles) -> AsyncIterator[Journal]:
    journal = Journal(chemin, horloge, scelles)
    await journal.ouvrir()
    yield journal
    await journal.aclose()


@pytest.fixture
def intention() -> Callable[..., Intention]:
    def creer(requete: str, *, rang: int = 0, instant: datetime = INSTANT) -> Intention:
        return Intention(
            requete=requete,
            rang=rang,
            instant=instant,
            jeton="0f8fad5b-d9cb-469f-a165-70867728950e",
            habilitation="7c9e6679-7425-40de-944b-e07fc1f90ae7",
            destinataire="21920023500014",
            cadre_juridique="Délibération n° 12 du 3 mars 2026 ; art. L. 114-8 du CRPA",
            operation="ab" * 32,
            champs=("situationFiscale.revenuFiscalReference",),
            refuses=("situationFiscale.nombreParts",),
            pseudonymes=(Pseudonyme("ine", "cd" * 32),),
            agent="agent-7",
            demarche="cantine « été »",
        )

    return creer


@pytest.fixture
def issue() -> Callable[..., Issue]:
    def creer(requete: str, *, rang: int = 0, instant: datetime = INSTANT) -> Issue:
        return Issue(
            requete=requete,
            rang=rang,
            instant=instant,
            resultat=OBTENU,
            champs=("situationFiscale.revenuFiscalReference",),
            consultations=(
                Consultation("dgfip_situation_fiscale", OBTENU, 12),
                Consultation("mesri_statut_etudiant", "SOURCE_INDISPONIBLE", None, "SOURCE_TLS"),
            ),
            pseudonymes=(Pseudonyme("etat_civil", "ef" * 32),),
        )

    return creer
