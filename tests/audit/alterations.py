"""What someone who owns the database may do to it: edits drawn at random, covered up in every way."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from audit.verificateur import ZERO, Chaine, lien, lies, origine, reste


@dataclass(slots=True)
class Enregistrement:
    seq: int
    partie: int
    numero: int
    genre: str
    requete: str
    rang: int
    instant: int
    corps: str
    maillon: bytes


class Partie(NamedTuple):
    id: int
    nom: str
    ouverte: int
    liens: str | None = None
    """What it binds, in a copy of a journal that several processes wrote."""


@dataclass(frozen=True, slots=True)
class Contenu:
    """All that a database holds. Lists that an edit changes in place."""

    lignes: list[Enregistrement]
    parties: list[Partie]

    def copie(self) -> "Contenu":
        return Contenu([replace(ligne) for ligne in self.lignes], list(self.parties))


Alteration = Callable[[Contenu, random.Random], None]


def bascule(contenu: Contenu, hasard: random.Random) -> None:
    """Flip one bit of one value."""
    ligne = hasard.choice(contenu.lignes)
    champ = hasard.choice(Enregistrement.__slots__)
    valeur = getattr(ligne, champ)
    if isinstance(valeur, int):
        setattr(ligne, champ, valeur ^ (1 << hasard.randrange(20)))
        return
    place = hasard.randrange(len(valeur))
    if isinstance(valeur, bytes):
        setattr(
            ligne, champ, valeur[:place] + bytes((valeur[place] ^ (1 << hasard.randrange(8)),)) + valeur[place + 1 :]
        )
        return
    lettre = chr(ord(valeur[place]) ^ (1 << hasard.randrange(5)))
    setattr(ligne, champ, valeur[:place] + lettre + valeur[place + 1 :])


def supprime(contenu: Contenu, hasard: random.Random) -> None:
    place = hasard.randrange(len(contenu.lignes))
    del contenu.lignes[place : place + hasard.randint(1, 5)]


def insere(contenu: Contenu, hasard: random.Random) -> None:
    place = hasard.randrange(len(contenu.lignes))
    neuve = replace(contenu.lignes[place], requete=f"forgee-{hasard.randrange(10**6)}")
    contenu.lignes.insert(place + hasard.randrange(2), neuve)


def permute(contenu: Contenu, hasard: random.Random) -> None:
    une, autre = hasard.sample(range(len(contenu.lignes)), 2)
    lignes = contenu.lignes
    lignes[une], lignes[autre] = lignes[autre], lignes[une]


def permute_les_contenus(contenu: Contenu, hasard: random.Random) -> None:
    une, autre = hasard.sample(contenu.lignes, 2)
    for champ in ("genre", "requete", "rang", "instant", "corps"):
        valeurs = getattr(une, champ), getattr(autre, champ)
        setattr(autre, champ, valeurs[0])
        setattr(une, champ, valeurs[1])


def tronque(contenu: Contenu, hasard: random.Random) -> None:
    del contenu.lignes[-hasard.randint(1, min(50, len(contenu.lignes))) :]


def rejoue(contenu: Contenu, hasard: random.Random) -> None:
    contenu.lignes.insert(hasard.randrange(len(contenu.lignes) + 1), replace(hasard.choice(contenu.lignes)))


def revient(contenu: Contenu, hasard: random.Random) -> None:
    """Put back an earlier state of the whole database."""
    derniere = hasard.choice(contenu.parties)[0]
    contenu.parties[:] = [partie for partie in contenu.parties if partie[0] < derniere]
    contenu.lignes[:] = [ligne for ligne in contenu.lignes if ligne.partie < derniere]


def efface_une_partie(contenu: Contenu, hasard: random.Random) -> None:
    effacee = hasard.choice(contenu.parties)[0]
    contenu.parties[:] = [partie for partie in contenu.parties if partie[0] != effacee]
    contenu.lignes[:] = [ligne for ligne in contenu.lignes if ligne.partie != effacee]


def redate_une_partie(contenu: Contenu, hasard: random.Random) -> None:
    place = hasard.randrange(len(contenu.parties))
    partie = contenu.parties[place]
    contenu.parties[place] = partie._replace(ouverte=partie.ouverte + 1)


def forge_une_partie(contenu: Contenu, hasard: random.Random) -> None:
    """Add a partie that no process opened, with a record in it."""
    id_ = contenu.parties[-1][0] + 1
    contenu.parties.append(contenu.parties[-1]._replace(id=id_, nom=hasard.randbytes(16).hex()))
    contenu.lignes.append(replace(hasard.choice(contenu.lignes), partie=id_))


ALTERATIONS: tuple[Alteration, ...] = (
    bascule,
    supprime,
    insere,
    permute,
    permute_les_contenus,
    tronque,
    rejoue,
    revient,
    efface_une_partie,
    redate_une_partie,
    forge_une_partie,
)


def laisse(contenu: Contenu, _hasard: random.Random) -> None:
    """Cover nothing up."""


def renumerote(contenu: Contenu, _hasard: random.Random) -> None:
    numeros: dict[int, int] = {}
    for seq, ligne in enumerate(contenu.lignes, start=1):
        numeros[ligne.partie] = numeros.get(ligne.partie, 0) + 1
        ligne.seq, ligne.numero = seq, numeros[ligne.partie]


def rechaine(contenu: Contenu, hasard: random.Random) -> None:
    """Make the whole chain anew, as the journal would."""
    _rechaine(contenu, len(contenu.lignes), hasard)


def rechaine_jusqu_a(contenu: Contenu, hasard: random.Random) -> None:
    """Make a beginning of the chain anew: the sign then comes after the edit."""
    _rechaine(contenu, hasard.randrange(len(contenu.lignes) + 1), hasard)


def _rechaine(contenu: Contenu, combien: int, hasard: random.Random) -> None:
    renumerote(contenu, hasard)
    if any(partie.liens is not None for partie in contenu.parties):
        _rechaine_chaque_partie(contenu, combien)
        return
    maillon, lignes = ZERO, iter(contenu.lignes[:combien])
    ligne = next(lignes, None)
    for id_, nom, ouverte, _ in contenu.parties:
        chaine = Chaine(nom, origine(maillon, nom, ouverte))
        while ligne is not None and ligne.partie == id_:
            ligne.maillon = chaine.avancer(_reste(ligne))
            ligne = next(lignes, None)
        maillon = chaine.maillon


def _rechaine_chaque_partie(contenu: Contenu, combien: int) -> None:
    """The same in a copy, whose parties are interleaved: what they bind of each other is made anew too."""
    maillons: dict[str, list[bytes]] = {}
    for place, (id_, nom, ouverte, liens) in enumerate(contenu.parties):
        refaits = "".join(_relie(ligne, maillons) for ligne in (liens or "").splitlines(keepends=True))
        contenu.parties[place] = Partie(id_, nom, ouverte, refaits)
        chaine = Chaine(nom, origine(lies(refaits.encode()), nom, ouverte))
        maillons[nom] = [chaine.maillon]
        for ligne in contenu.lignes[:combien]:
            if ligne.partie == id_:
                ligne.maillon = chaine.avancer(_reste(ligne))
                maillons[nom].append(ligne.maillon)


def _relie(ligne: str, maillons: dict[str, list[bytes]]) -> str:
    nom, _, suite = ligne.partition(" ")
    taille = int(suite.partition(" ")[0])
    connus = maillons.get(nom, [])
    return lien(nom, taille, connus[taille]) if taille < len(connus) else ligne


def _reste(ligne: Enregistrement) -> bytes:
    return reste(ligne.genre.encode(), ligne.rang, ligne.instant, ligne.requete.encode(), ligne.corps.encode())


COUVERTURES: tuple[Alteration, ...] = (laisse, renumerote, rechaine, rechaine_jusqu_a)


def alterer(
    contenu: Contenu, hasard: random.Random, alterations: tuple[Alteration, ...] = ALTERATIONS
) -> tuple[str, Contenu]:
    """Return the name of an edit and what it makes of a database: never the same thing."""
    while True:
        alteration, couverture = hasard.choice(alterations), hasard.choice(COUVERTURES)
        altere = contenu.copie()
        alteration(altere, hasard)
        couverture(altere, hasard)
        altere.lignes.sort(key=lambda ligne: ligne.seq)
        cles = {ligne.seq for ligne in altere.lignes}
        if altere != contenu and len(cles) == len(altere.lignes):
            return f"{alteration.__name__} {couverture.__name__}", altere


def premiere_difference(avant: Contenu, apres: Contenu) -> int:
    """Return the number of the first record that is not the same, or belongs to another partie."""
    une, autre = _depliees(avant), _depliees(apres)
    communs = (rang for rang, paire in enumerate(zip(une, autre, strict=False), start=1) if paire[0] != paire[1])
    return next(communs, min(len(une), len(autre)) + 1)


def _depliees(contenu: Contenu) -> list[tuple[Enregistrement, object]]:
    parties = {partie[0]: partie for partie in contenu.parties}
    return [(ligne, parties.get(ligne.partie)) for ligne in contenu.lignes]


def lire(journal: Path) -> Contenu:
    with closing(sqlite3.connect(journal)) as connexion:
        champs = ", ".join(Enregistrement.__slots__)
        lignes = connexion.execute(f"SELECT {champs} FROM trace ORDER BY seq")  # noqa: S608 - our own names
        parties = connexion.execute("SELECT * FROM partie ORDER BY id")
        return Contenu([Enregistrement(*ligne) for ligne in lignes], [Partie(*partie) for partie in parties])


def remplacer(journal: Path, contenu: Contenu) -> None:
    """Put all of this in a database that held something else."""
    with closing(sqlite3.connect(journal, isolation_level=None)) as connexion:
        connexion.execute("PRAGMA synchronous = OFF")
        declencheurs = connexion.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connexion.execute("BEGIN")
        for (nom,) in declencheurs:
            connexion.execute(f"DROP TRIGGER {nom}")
        connexion.execute("DELETE FROM trace")
        connexion.execute("DELETE FROM partie")
        for partie in contenu.parties:
            valeurs = [valeur for valeur in partie if valeur is not None]
            connexion.execute(f"INSERT INTO partie VALUES ({', '.join('?' * len(valeurs))})", valeurs)  # noqa: S608 - our own words
        ordre = f"""INSERT INTO trace ({", ".join(Enregistrement.__slots__)})
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""  # noqa: S608 - our own names
        connexion.executemany(ordre, [_valeurs(ligne) for ligne in contenu.lignes])
        connexion.execute("COMMIT")


def _valeurs(ligne: Enregistrement) -> tuple[object, ...]:
    return tuple(getattr(ligne, champ) for champ in Enregistrement.__slots__)
