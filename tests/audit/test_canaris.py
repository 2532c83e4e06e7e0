"""The journal is not a file on persons: no identity is in its files, whatever the encoding."""

import base64
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from audit.journal import Journal
from audit.pseudonyme import pseudonymes
from audit.registre import lire
from audit.trace import OBTENU, Consultation, Intention, Issue
from graph.enums import Sexe
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot

CLE = bytes(range(1, 33))
INSTANT = datetime(2026, 11, 24, tzinfo=UTC)
NOMS = ("Quévreuilh", "Œrstéddin", "N'Zambélé", "Zylbersçak", "D'Hérouvilliers")
PRENOMS = (
    "Théodrêne",
    "Anne-Zélie",
    "Éloïc",
    "Xavièrine",
    "Gwénaëlion",
    "Bérangèlle",
    "Yvéline",
    "Hûguette",
    "Maëlyx",
    "Ïnaya",
)


def personnes() -> Iterator[Identite]:
    """Fifty persons that nobody bears the name of."""
    for rang in range(50):
        pivot = IdentitePivot(
            nom_naissance=f"{NOMS[rang % 5]}-{NOMS[rang // 10]}",
            prenoms=(PRENOMS[rang % 10], PRENOMS[rang // 5]),
            naissance=DateNaissance(1950 + rang, 1 + rang % 12, 1 + rang % 28),
            sexe=Sexe.F,
            nom_usage=NOMS[(rang + 1) % 5],
            nom_commune="Saint-Vrégille",
        )
        yield Identite(pivot=pivot, ine=f"80{rang:07}HK", numero_fiscal=f"30917{rang:08}")


def secrets(personne: Identite) -> Iterator[str]:
    pivot = personne.pivot
    assert pivot
    assert personne.ine
    assert personne.numero_fiscal
    jour = f"{pivot.naissance}"
    yield from (pivot.nom_naissance, *pivot.prenoms, jour, jour.replace("-", ""), personne.ine, personne.numero_fiscal)
    yield from (pivot.nom_usage or "", pivot.nom_commune or "")


def ecritures(texte: str) -> Iterator[bytes]:
    """Every way in which a clear text could hide."""
    nu = "".join(c for c in unicodedata.normalize("NFKD", texte) if not unicodedata.combining(c))
    for forme in {texte, texte.upper(), texte.lower(), nu, nu.upper(), nu.replace("-", " ").upper()}:
        octets = forme.encode()
        yield octets
        yield octets.hex().encode()
        yield forme.encode("unicode_escape")
        for decalage in range(3):  # base64 of a text depends on what precedes it
            code = base64.b64encode(b"\0" * decalage + octets)
            yield code[4 if decalage else 0 : len(code) // 4 * 4 - 4]


def octets(dossier: Path) -> bytes:
    return b"\n".join(fichier.read_bytes() for fichier in sorted(dossier.iterdir()))


async def ecrire(journal: Journal, rang: int, personne: Identite) -> None:
    pivot = personne.pivot
    assert pivot
    rendu = EtatCivil(pivot.nom_naissance.upper(), pivot.prenoms, str(pivot.naissance))
    await journal.ecrire(
        (
            Intention(
                requete=f"requete-{rang}",
                rang=0,
                instant=INSTANT,
                jeton="jeton-1",
                habilitation="habilitation-1",
                destinataire="21920023500014",
                cadre_juridique="art. L. 114-8 du CRPA",
                operation="ab" * 32,
                champs=("statutEtudiant.identite.nomNaissance",),
                pseudonymes=pseudonymes(CLE, personne),
            ),
        )
    )
    issue = Issue(
        requete=f"requete-{rang}",
        rang=0,
        instant=INSTANT,
        resultat=OBTENU,
        champs=("statutEtudiant.identite.nomNaissance",),
        consultations=(Consultation("mesri_statut_etudiant", OBTENU, 3),),
        pseudonymes=pseudonymes(CLE, rendu),
    )
    await journal.ecrire((issue,))


async def test_no_identity_is_in_the_files_of_the_journal(journal: Journal, chemin: Path) -> None:
    toutes = list(personnes())
    for rang, personne in enumerate(toutes):
        await ecrire(journal, rang, personne)
    ouvert = octets(chemin.parent)
    await journal.aclose()
    foin = ouvert + octets(chemin.parent)
    assert {fichier.suffix for fichier in chemin.parent.iterdir()} == {".db"}
    aiguilles = {aiguille for personne in toutes for secret in secrets(personne) for aiguille in ecritures(secret)}
    assert len(aiguilles) > 1000
    assert [aiguille for aiguille in aiguilles if len(aiguille) > 3 and aiguille in foin] == []


async def test_whoever_holds_the_key_finds_the_accesses_to_a_person(
    journal: Journal, chemin: Path, intention: Callable[..., Intention]
) -> None:
    toutes = list(personnes())
    for rang, personne in enumerate(toutes):
        await ecrire(journal, rang, personne)
    await journal.ecrire((intention("autre"),))
    cherches = set(pseudonymes(CLE, Identite(pivot=toutes[7].pivot)))
    trouves = [
        trace.requete
        for trace in lire(chemin)
        if isinstance(trace, Intention | Issue) and cherches & set(trace.pseudonymes)
    ]
    assert trouves == ["requete-7", "requete-7"]
