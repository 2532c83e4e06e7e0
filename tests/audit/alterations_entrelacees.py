"""What may be done to a copy of a journal that several processes wrote, and to its seals; and where it was done."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from audit.verificateur import EXTENSION
from tests.audit.alterations import ALTERATIONS, Contenu, alterer, rechaine, renumerote


def echange_deux_parties(contenu: Contenu, hasard: random.Random) -> None:
    """Give the records of each of two parties to the other one."""
    une, autre = (partie.id for partie in hasard.sample(contenu.parties, 2))
    echange = {une: autre, autre: une}
    for ligne in contenu.lignes:
        ligne.partie = echange.get(ligne.partie, ligne.partie)


def echange_deux_enregistrements(contenu: Contenu, hasard: random.Random) -> None:
    """Give a record of each of two parties to the other one, at the place of the one that it had."""
    une, autre = hasard.sample(contenu.lignes, 2)
    une.partie, autre.partie = autre.partie, une.partie
    une.numero, autre.numero = autre.numero, une.numero


def tronque_une_partie(contenu: Contenu, hasard: random.Random) -> None:
    id_ = hasard.choice(contenu.lignes).partie
    garde = hasard.randrange(sum(ligne.partie == id_ for ligne in contenu.lignes))
    contenu.lignes[:] = [ligne for ligne in contenu.lignes if ligne.partie != id_ or ligne.numero <= garde]


def touche_les_liens(contenu: Contenu, hasard: random.Random) -> None:
    """Change, drop or add what a partie binds."""
    place = hasard.randrange(len(contenu.parties))
    partie = contenu.parties[place]
    lignes = (partie.liens or "").splitlines(keepends=True)
    autre = hasard.choice([ligne for une in contenu.parties for ligne in (une.liens or "").splitlines(keepends=True)])
    if lignes and hasard.random() < 0.7:
        rang = hasard.randrange(len(lignes))
        lignes[rang] = hasard.choice(("", lignes[rang].replace(" ", " 1", 1), autre))
    else:
        lignes.append(autre)
    contenu.parties[place] = partie._replace(liens="".join(lignes))


def echange_deux_noms(contenu: Contenu, hasard: random.Random) -> None:
    une, autre = hasard.sample(range(len(contenu.parties)), 2)
    noms = contenu.parties[une].nom, contenu.parties[autre].nom
    contenu.parties[une] = contenu.parties[une]._replace(nom=noms[1])
    contenu.parties[autre] = contenu.parties[autre]._replace(nom=noms[0])


_TOUTES = (
    *ALTERATIONS,
    echange_deux_parties,
    echange_deux_enregistrements,
    tronque_une_partie,
    touche_les_liens,
    echange_deux_noms,
)


def alterer_une_copie(contenu: Contenu, hasard: random.Random) -> tuple[str, Contenu]:
    """Return the name of an edit and what it makes of a copy, whose parties do not say the same any more."""
    while True:
        nom, altere = alterer(contenu, hasard, _TOUTES)
        # In which order records of several parties were copied is nothing that anybody vouches for.
        if any(touches(contenu, altere)):
            return nom, altere


@dataclass(frozen=True, slots=True)
class Touche:
    """Where something was done, in the altered copy: after a record that is as it was, up to the next one."""

    partie: str
    """Its name; empty when it is the numbers of the copy that do not follow each other."""
    apres: int
    jusqu_a: int
    absente: bool = False
    """Whether the whole partie is gone."""


def touches(contenu: Contenu, altere: Contenu) -> Iterator[Touche]:
    """Yield where each of the parties that are not as they were was touched first."""
    dernier = len(altere.lignes) + 1
    for rang, ligne in enumerate(altere.lignes, start=1):
        if ligne.seq != rang:
            yield Touche("", rang - 1, ligne.seq)
            break
    for nom in sorted({partie.nom for partie in (*contenu.parties, *altere.parties)}):
        avant, apres = _partie(contenu, nom), _partie(altere, nom)
        communs = enumerate(zip(avant, apres, strict=False))
        bons = next((rang for rang, (un, autre) in communs if un[1:] != autre[1:]), min(len(avant), len(apres)))
        if bons < max(len(avant), len(apres)):
            # How a partie began is told at its first record.
            suivant = max(bons, 1)
            jusqu_a = apres[suivant][0] if suivant < len(apres) else dernier
            yield Touche(nom, apres[bons - 1][0] if bons else 0, jusqu_a, absente=not apres)


def _partie(contenu: Contenu, nom: str) -> list[tuple[int, object]]:
    """Return how a partie began, then its records, after their numbers in the copy."""
    une = next((partie for partie in contenu.parties if partie.nom == nom), None)
    if une is None:
        return []
    siens = [(ligne.seq, replace(ligne, seq=0, partie=0)) for ligne in contenu.lignes if ligne.partie == une.id]
    return [(0, une[2:]), *siens]


def altere_les_scelles(dossier: Path, hasard: random.Random) -> tuple[str, str, int]:
    """Edit a file of seals; return the name of the edit, that of the partie, and the number of the line.

    The last line of a file is left: without it, what it sealed is as what was not sealed yet.
    """
    fichiers = [fichier for fichier in sorted(dossier.iterdir()) if len(_lignes(fichier)) > 1]
    fichier = hasard.choice(fichiers)
    edition = hasard.choice(_EDITIONS)
    lignes = _lignes(fichier)
    rang = hasard.randrange(len(lignes) - 1)
    autre = hasard.choice([autre for autre in sorted(dossier.iterdir()) if autre != fichier])
    edition(lignes, rang, _lignes(autre), hasard)
    fichier.write_bytes(b"".join(lignes))
    return edition.__name__, fichier.stem, 1 if edition is prend_les_scelles_d_une_autre else rang + 1


def _lignes(fichier: Path) -> list[bytes]:
    return fichier.read_bytes().splitlines(keepends=True)


Edition = Callable[[list[bytes], int, list[bytes], random.Random], None]


def supprime_un_scelle(lignes: list[bytes], rang: int, _autres: list[bytes], _hasard: random.Random) -> None:
    del lignes[rang]


def rejoue_un_scelle(lignes: list[bytes], rang: int, _autres: list[bytes], _hasard: random.Random) -> None:
    lignes.insert(rang + 1, lignes[rang])


def permute_deux_scelles(lignes: list[bytes], rang: int, _autres: list[bytes], _hasard: random.Random) -> None:
    lignes[rang], lignes[rang + 1] = lignes[rang + 1], lignes[rang]


def bascule_un_scelle(lignes: list[bytes], rang: int, _autres: list[bytes], hasard: random.Random) -> None:
    ligne = bytearray(lignes[rang])
    ligne[hasard.randrange(len(ligne) - 1)] ^= 1 << hasard.randrange(7)
    lignes[rang] = bytes(ligne)


def prend_un_scelle_d_une_autre(lignes: list[bytes], rang: int, autres: list[bytes], hasard: random.Random) -> None:
    lignes[rang] = hasard.choice(autres)


def prend_les_scelles_d_une_autre(lignes: list[bytes], _rang: int, autres: list[bytes], _hasard: random.Random) -> None:
    lignes[:] = autres


_EDITIONS: tuple[Edition, ...] = (
    supprime_un_scelle,
    rejoue_un_scelle,
    permute_deux_scelles,
    bascule_un_scelle,
    prend_un_scelle_d_une_autre,
    prend_les_scelles_d_une_autre,
)


def efface_une_partie_et_ses_scelles(dossier: Path, contenu: Contenu, hasard: random.Random) -> tuple[str, Contenu]:
    """Leave nothing of a partie, but for what a later one bound of it."""
    altere = contenu.copie()
    effacee = hasard.choice(contenu.parties[:-1])
    altere.parties.remove(effacee)
    altere.lignes[:] = [ligne for ligne in altere.lignes if ligne.partie != effacee.id]
    hasard.choice((renumerote, rechaine))(altere, hasard)
    (dossier / f"{effacee.nom}{EXTENSION}").unlink()
    return effacee.nom, altere
