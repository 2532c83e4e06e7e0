"""Verify a journal and its seals, on any machine: Python 3.11 or later and `cryptography` are all it needs.

    python verificateur.py JOURNAL SCELLES CLE
    python verificateur.py --preuve PREUVE ANCIEN NOUVEAU CLE

JOURNAL is the SQLite file, SCELLES the file of the seals, CLE a text file of public keys, each of 64 hexadecimal digits
on a line. Exit status: 0 nothing was touched, 1 the first anomaly is printed, 2 a file cannot be read, or is not of the
kind that is wanted.

The second form is for whoever kept a seal: it tells from a proof of less than 2 kB, without the journal, whether a seal
made later of the same partie (ANCIEN, NOUVEAU: files of one line) is of the same records, and of others after them.

This file is the one definition of the format; the journal itself writes with it. A *partie* holds what one process
wrote. Its chain begins at SHA-256(previous maillon ‖ "partie NAME OPENED"), the previous maillon being the last one of
the partie before, or 32 zero bytes; then, for each record, maillon = SHA-256(0x00 ‖ previous maillon ‖ line), where

    line = NAME SP number SP genre SP rank SP instant SP length of the request's id in bytes LF request's id ‖ body

A maillon is at once what chains a record to all that came before, and its leaf in the RFC 6962 Merkle tree of the
partie, whose entries are each line after the previous maillon: one hash says both.

A journal that several processes write at once is verified in a copy, whose parties are interleaved. SCELLES is then a
folder: the seals of a partie are in a file of their own, `NAME.scelles`; its previous maillon is the SHA-256 of its
`liens`, a line for each partie that was there when it began, unless one in between says as much:

    name SP size SP maillon in hexadecimal LF

A *scellé* (seal) is one line of canonical JSON, signed with Ed25519: the size, root and last maillon of a partie at an
instant, and the SHA-256 of the seal before. Whoever owns the database can compute maillons anew; without the private
key, not the seals, which are kept elsewhere.

Since each record holds its maillon, pages of a large journal are hashed apart, by as many processes as there are cores:
this same file, run with --feuilleter. A page that does not agree is walked again record by record, to say where.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from io import BytesIO
from itertools import cycle, groupby
from operator import itemgetter
from pathlib import Path
from struct import Struct
from typing import IO, Any, BinaryIO, NamedTuple, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ZERO = bytes(32)
_TAILLE = len(ZERO)
_DEUX = Struct(f"{2 * _TAILLE}s")
# What RFC 6962 hashes before an entry, and before two nodes.
_FEUILLE, _NOEUD = b"\0", b"\1"
#: Records that may follow the last seal when a process was killed, or is alive: a second of them at full speed.
TOLERANCE = 10_000
#: Bytes of a seal, at most; whatever is longer is none.
SCELLE_MAX = 2048
#: Bytes of a proof, at most: that of a partie of a hundred million records is shorter.
PREUVE_MAX = 2048
#: Records hashed at once: as many as a core keeps at hand.
PAGE = 512
#: Records from which other processes are worth starting; and how many at most: this one could not follow more.
SEUL = 50_000
PROCESSUS_MAX = 8
_FEUILLETER = "--feuilleter"
#: Bytes that may wait between two processes: as many as Linux gives to anybody.
_AVANCE = 1 << 20
#: In a folder, the seals of a partie are in a file that bears its name.
EXTENSION = ".scelles"
_NOM = re.compile(b"[0-9a-f]{32}")
_GENRE = re.compile(b"[A-Z]+")
# A record without the name of its partie; then without its number.
_LIGNE = b" %d %b %d %d %d\n%b%b"
_RESTE = _LIGNE.removeprefix(b" %d ")


# --- The format -------------------------------------------------------------------------------------------------------


def origine(precedent: bytes, nom: str, ouverte: int) -> bytes:
    """Return the maillon that a partie begins with: it binds the partie to all that came before."""
    return sha256(precedent + f"partie {nom} {ouverte}".encode()).digest()


def lien(nom: str, taille: int, maillon: bytes) -> str:
    """Return the line by which a partie binds another one, as it was when it began."""
    return f"{nom} {taille} {maillon.hex()}\n"


def lies(liens: bytes) -> bytes:
    """Return the previous maillon of a partie that binds several others."""
    return sha256(liens).digest()


def reste(genre: bytes, rang: int, instant: int, requete: bytes, corps: bytes) -> bytes:
    """Return the line of a record without the name and number that its partie gives it; texts are in UTF-8."""
    return _RESTE % (genre, rang, instant, len(requete), requete, corps)


class Chaine:
    """The chain of one partie and the Merkle tree of its maillons, kept as the summits of its full subtrees."""

    __slots__ = ("_prefixe", "maillon", "nom", "sommets", "taille")

    def __init__(self, nom: str, maillon: bytes) -> None:
        self.nom = nom
        self.maillon = maillon
        self.taille = 0
        self.sommets: list[bytes] = []
        self._prefixe = nom.encode() + b" %d "

    def avancer(self, reste: bytes) -> bytes:
        """Add a record; return its maillon."""
        rang = self.taille
        self.taille = rang + 1
        self.maillon = noeud = sha256(_FEUILLE + self.maillon + self._prefixe % self.taille + reste).digest()
        while rang & 1:
            noeud = sha256(_NOEUD + self.sommets.pop() + noeud).digest()
            rang >>= 1
        self.sommets.append(noeud)
        return self.maillon

    def joindre(self, maillons: bytes) -> None:
        """Add records whose maillons, end to end, are known: the same as each of them in turn."""
        rang, noeuds, restent = self.taille, maillons, list[bytes]()
        self.taille, self.maillon = rang + len(maillons) // _TAILLE, maillons[-_TAILLE:] or self.maillon
        while noeuds:
            if rang & 1:
                noeuds = self.sommets.pop() + noeuds
            if len(noeuds) % (2 * _TAILLE):
                restent.append(noeuds[-_TAILLE:])
                noeuds = noeuds[:-_TAILLE]
            noeuds = _au_dessus(noeuds)
            rang >>= 1
        self.sommets.extend(reversed(restent))

    def copie(self) -> "Chaine":
        """Return a chain that grows on its own."""
        autre = Chaine(self.nom, self.maillon)
        autre.taille, autre.sommets = self.taille, list(self.sommets)
        return autre

    def tete(self, *, close: bool = False) -> "Tete":
        """Return what a seal says of the chain as it is now."""
        return Tete(self.nom, self.taille, racine(self.sommets), self.maillon, close)


def _au_dessus(noeuds: bytes) -> bytes:
    """Return the parents of an even number of nodes, end to end."""
    # A copy of what begins every node costs less than to begin anew: there are as many nodes as records.
    commencer, parents = sha256(_NOEUD).copy, []
    for (fils,) in _DEUX.iter_unpack(noeuds):
        parent = commencer()
        parent.update(fils)
        parents.append(parent.digest())
    return b"".join(parents)


def racine(sommets: Sequence[bytes]) -> bytes:
    """Return the root of the tree whose full subtrees, from the largest, have these summits."""
    if not sommets:
        return sha256().digest()
    haut = sommets[-1]
    for sommet in reversed(sommets[:-1]):
        haut = sha256(_NOEUD + sommet + haut).digest()
    return haut


class Tete(NamedTuple):
    """The state of a partie: what a seal signs of it."""

    partie: str
    taille: int
    racine: bytes
    maillon: bytes
    close: bool
    """Whether the partie takes no record any more."""


def enoncer(tete: Tete, instant: int, precedent: bytes) -> dict[str, str | int | bool]:
    """Return what the seal of a state says, without its signature. `instant` is in microseconds since 1970."""
    return {
        "close": tete.close,
        "instant": instant,
        "maillon": tete.maillon.hex(),
        "partie": tete.partie,
        "precedent": precedent.hex(),
        "racine": tete.racine.hex(),
        "taille": tete.taille,
    }


def canonique(valeur: dict[str, Any]) -> bytes:
    """Return the one way to write a seal."""
    return json.dumps(valeur, sort_keys=True, separators=(",", ":")).encode()


def empreinte_de_ligne(ligne: bytes) -> bytes:
    """Return how the next seal names this one, a line without its end."""
    return sha256(ligne).digest()


def decoder(ligne: bytes) -> dict[str, Any] | None:
    """Return the seal that a line holds, or None when it holds none: a disk that was full leaves pieces of lines."""
    try:
        valeur = json.loads(ligne)
        bon = isinstance(valeur, dict) and {c: type(v) for c, v in valeur.items()} == _FORME
        return valeur if bon and canonique(valeur) == ligne else None
    except (ValueError, RecursionError):
        return None


_FORME = {c: type(v) for c, v in enoncer(Tete("", 0, ZERO, ZERO, close=False), 0, ZERO).items()} | {"signature": str}


# --- Consistency proofs (RFC 6962, §2.1.2) ----------------------------------------------------------------------------


def plages(ancienne: int, nouvelle: int) -> list[tuple[int, int]]:
    """Return the ranges of leaves whose roots, in this order, prove that a tree of one size extends another one."""

    def suite(debut: int, milieu: int, fin: int, *, connue: bool) -> list[tuple[int, int]]:
        if milieu == fin:
            return [] if connue else [(debut, fin)]
        coupe = debut + (1 << ((fin - debut - 1).bit_length() - 1))
        if milieu <= coupe:
            return [*suite(debut, milieu, coupe, connue=connue), (coupe, fin)]
        return [*suite(coupe, milieu, fin, connue=False), (debut, coupe)]

    return suite(0, ancienne, nouvelle, connue=True) if 0 < ancienne < nouvelle else []


def prolonge(ancien: dict[str, Any], nouveau: dict[str, Any], noeuds: Sequence[bytes]) -> bool:
    """Tell whether these roots prove that the partie of a seal is the beginning of that of another seal."""
    taille, derniere = ancien["taille"], nouveau["taille"]
    if ancien["partie"] != nouveau["partie"] or not 0 <= taille <= derniere or ancien["close"] > nouveau["close"]:
        return False
    if [len(noeud) for noeud in noeuds] != [_TAILLE] * len(plages(taille, derniere)):
        return False
    if taille == derniere:
        return bool((ancien["racine"], ancien["maillon"]) == (nouveau["racine"], nouveau["maillon"]))
    if taille == 0 or ancien["close"]:
        return not ancien["close"]  # any partie begins by being empty; none goes on once closed
    une, autre = bytes.fromhex(ancien["racine"]), bytes.fromhex(nouveau["racine"])
    # From the smallest subtree up: what is on its left is in both trees, what is on its right in the second one alone.
    restants = list(noeuds)
    gauche = droite = une if taille & (taille - 1) == 0 else restants.pop(0)
    rang, dernier = taille - 1, derniere - 1
    while rang & 1:
        rang, dernier = rang >> 1, dernier >> 1
    for noeud in restants:
        if rang & 1 or rang == dernier:
            gauche, droite = sha256(_NOEUD + noeud + gauche).digest(), sha256(_NOEUD + noeud + droite).digest()
            while rang and not rang & 1:
                rang, dernier = rang >> 1, dernier >> 1
        else:
            droite = sha256(_NOEUD + droite + noeud).digest()
        rang, dernier = rang >> 1, dernier >> 1
    return (gauche, droite) == (une, autre)


# --- The verdict ------------------------------------------------------------------------------------------------------


class Nature(Enum):
    """What seems to have been done; several edits may leave the same sign, and each sign is a proof that one was."""

    ALTERE = "enregistrement altéré"
    SUPPRIME = "enregistrement supprimé"
    INSERE = "enregistrement inséré"
    PERMUTE = "enregistrements permutés"
    REJOUE = "enregistrement rejoué"
    TRONQUE = "fin du journal tronquée"
    RECHAINE = "enregistrements réécrits et chaînés de nouveau"
    NON_SCELLE = "enregistrements qu'aucun scellé ne couvre"
    SCELLE_FAUX = "scellé dont la signature est fausse"
    SCELLE_MANQUANT = "scellé supprimé, déplacé ou rejoué"
    STRUCTURE = "table du journal remplacée ou abîmée"


@dataclass(frozen=True, slots=True)
class Anomalie:
    """The first thing that is not as it was written.

    The sign is at record `a`; what was done is within [de, a], since all agrees with a seal up to there. For an anomaly
    of the seals, both are the number of a line of their file.
    """

    nature: Nature
    de: int
    a: int
    partie: str = ""
    """Its name, in a copy of a journal that several processes write: what was done is among its records alone."""

    def __str__(self) -> str:
        """Say it in French."""
        if self.nature in _DES_SCELLES:
            fichier = f"fichier {self.partie}{EXTENSION}" if self.partie else "fichier des scellés"
            return f"{self.nature.value}, ligne {self.a} du {fichier}"
        sur = f" (un scellé répond de tout ce qui précède le n° {self.de})" if self.de > 1 else ""
        return f"{self.nature.value}, n° {self.a}{f', partie {self.partie}' if self.partie else ''}{sur}"


_DES_SCELLES = (Nature.SCELLE_FAUX, Nature.SCELLE_MANQUANT)


@dataclass(frozen=True, slots=True)
class Rapport:
    """What a verification found: how much agreed, and the first anomaly."""

    enregistrements: int
    parties: int
    scelles: int
    non_scelles: int
    """Records that follow the last seal: nothing but the chain vouches for them yet."""
    illisibles: int
    """Lines of the seals' file that hold no seal, as a disk that was full leaves."""
    anomalie: Anomalie | None

    @property
    def intact(self) -> bool:
        """Whether nothing was touched."""
        return self.anomalie is None

    def lignes(self) -> Iterator[str]:
        """Yield what an operator reads."""
        yield f"{self.enregistrements} enregistrements, {self.parties} parties et {self.scelles} scellés concordent."
        if self.illisibles:
            yield f"{self.illisibles} lignes du fichier des scellés sont incomplètes (disque plein ou arrêt brutal)."
        if self.non_scelles and self.intact:
            yield f"{self.non_scelles} enregistrements suivent le dernier scellé : seule la chaîne en répond."
        yield "Le journal est intact." if self.intact else f"ANOMALIE — {self.anomalie}."


class Illisible(Exception):  # noqa: N818 - the domain's nouns are French
    """A file cannot be read at all; the message, in French, says which."""


class _Ecart(Exception):  # noqa: N818 - never leaves this file
    def __init__(self, nature: Nature, ou: int) -> None:
        self.nature = nature
        self.ou = ou


def lire_cles(chemin: Path) -> tuple[bytes, ...]:
    """Return the public keys of a file, 64 hexadecimal digits a line. Raise Illisible."""
    try:
        cles = tuple(bytes.fromhex(ligne) for ligne in chemin.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        cles = ()
    if not cles or any(len(cle) != _TAILLE for cle in cles):
        raise Illisible(f"{chemin} ne contient pas de clé publique : 64 chiffres hexadécimaux par ligne.")
    return cles


def verifier(
    journal: Path, scelles: Path, cle_publique: bytes | Sequence[bytes], processus: int | None = None
) -> Rapport:
    """Compare every record with the chain and with the seals, up to the first anomaly, in bounded memory.

    Pages are hashed by this process alone if `processus` is 0, otherwise by as many others; by default, as many as
    there are cores, if the journal is large.

    A journal may be verified while it is written. Seals may be those of a copy kept elsewhere: that copy alone tells
    if the ends of both files were cut together.

    Raises:
        Illisible: one of the files cannot be opened, is no journal, or the seals are not of the form that it wants.
    """
    cles = (cle_publique,) if isinstance(cle_publique, bytes) else cle_publique
    try:
        publiques = [Ed25519PublicKey.from_public_bytes(cle) for cle in cles]
        if scelles.is_dir():
            with closing(_ouvrir(journal)) as connexion:
                _exiger_la_forme(connexion, journal, scelles)
                return _Entrelacee(connexion, scelles, publiques, _Lecteur(journal, connexion, processus)).rapport()
        # The seals' length is taken before the database's snapshot: whatever they seal is then in it.
        with scelles.open("rb") as fichier:
            longueur = fichier.seek(0, 2)
            fichier.seek(0)
            suite = _Scelles(fichier, longueur, publiques)
            with closing(_ouvrir(journal)) as connexion:
                _exiger_la_forme(connexion, journal, scelles)
                return _Verification(connexion, suite, _Lecteur(journal, connexion, processus)).rapport()
    except OSError as erreur:
        raise Illisible(f"{erreur.filename} ne peut pas être lu : {erreur.strerror}.") from None
    except sqlite3.Error as erreur:
        raise Illisible(f"{journal} n'est pas un journal lisible : {erreur}.") from None


def _exiger_la_forme(connexion: sqlite3.Connection, journal: Path, scelles: Path) -> None:
    """Refuse seals that are not of the form that this journal wants: nobody touched it, they were ill named.

    Seals that speak of it are believed all the same: whoever gave it another form than theirs is found.
    """
    # What cannot be read is judged with the rest; that the database is busy is told then as well.
    with suppress(sqlite3.Error):
        if connexion.execute(_TABLES).fetchall() != _LES_TABLES:
            return
        entrelacee = any(colonne[1] == b"liens" for colonne in connexion.execute(_COLONNES))
        if entrelacee == scelles.is_dir() or _parlent_de(scelles, connexion):
            return
        if entrelacee:
            raise Illisible(
                f"{journal}, copie d'un journal partagé, veut un dossier de scellés : {scelles} n'en est pas un."
            )
        raise Illisible(f"{journal} veut un fichier de scellés, le sien ou une copie : {scelles} est un dossier.")


def _parlent_de(scelles: Path, connexion: sqlite3.Connection) -> bool:
    """Tell whether a partie of the journal is the first of a file of seals, or has its own in a folder."""
    if scelles.is_dir():
        dits = {fichier.stem for fichier in scelles.glob(f"*{EXTENSION}")}
    else:
        with scelles.open("rb") as fichier:
            premier = decoder(fichier.readline(SCELLE_MAX).removesuffix(b"\n"))
        # A file that bears the name of its partie was taken out of a folder.
        dits = {premier["partie"]} - {scelles.stem} if premier else set()
    return any(nom in dits for nom in _noms(connexion))


def _noms(connexion: sqlite3.Connection) -> Iterator[str]:
    for _, nom, _ in connexion.execute(_PARTIES):
        if isinstance(nom, bytes):
            yield nom.decode(errors="replace")


class _Scelles:
    """The seals, one after the other, each one checked against its signature and the seal before."""

    def __init__(self, fichier: BinaryIO, longueur: int, cles: Sequence[Ed25519PublicKey]) -> None:
        self._fichier = fichier
        self._longueur = longueur
        self._cles = cles
        self._precedent = ZERO
        self.ligne = 0
        self.illisibles = 0
        self.lus = 0
        self.attendu: dict[str, Any] | None = None
        """The next seal, which waits for its records."""

    def avancer(self) -> None:
        self.attendu = None
        self.attendu = self._suivant()

    def _suivant(self) -> dict[str, Any] | None:
        while ligne := self._lire():
            self.ligne += 1
            scelle = decoder(ligne[:-1]) if ligne.endswith(b"\n") else None
            if scelle is None:
                self.illisibles += bool(ligne.strip())
                continue
            self._controler(scelle)
            self._precedent = empreinte_de_ligne(ligne[:-1])
            self.lus += 1
            return scelle
        return None

    def _lire(self) -> bytes:
        return self._fichier.readline(min(SCELLE_MAX, max(0, self._longueur - self._fichier.tell())))

    def _controler(self, scelle: dict[str, Any]) -> None:
        if not any(_est_signe(cle, scelle) for cle in self._cles):
            raise _Ecart(Nature.SCELLE_FAUX, self.ligne)
        if scelle["precedent"] != self._precedent.hex():
            raise _Ecart(Nature.SCELLE_MANQUANT, self.ligne)


class _ScellesDePartie(_Scelles):
    """Those of one partie among many, whose file is open only while it is read."""

    def __init__(self, chemin: Path, cles: Sequence[Ed25519PublicKey]) -> None:
        super().__init__(BytesIO(), 0, cles)
        self._chemin = chemin
        self._place = 0

    def _lire(self) -> bytes:
        if not self._chemin.exists():
            return b""
        with self._chemin.open("rb") as fichier:
            fichier.seek(self._place)
            ligne = fichier.readline(SCELLE_MAX)
        self._place += len(ligne)
        return ligne


def _est_signe(cle: Ed25519PublicKey, scelle: dict[str, Any]) -> bool:
    dit = canonique({champ: valeur for champ, valeur in scelle.items() if champ != "signature"})
    try:
        cle.verify(bytes.fromhex(scelle["signature"]), dit)
    except (InvalidSignature, ValueError):
        return False
    return True


class Troncon(NamedTuple):
    """Records of one partie that follow each other in a page; each of them but the first is chained to the one before.

    What the first one is chained to is in another page, hence its line.
    """

    partie: int
    nom: str
    numero: int
    """Of the first one."""
    premiere: bytes
    maillons: bytes
    """End to end."""


#: The records of a page; None when they do not agree with each other, or could not be read.
_Page = list[Troncon] | None


def _feuilleter(connexion: sqlite3.Connection, apres: int, fin: int) -> _Page:
    """Hash the records of ]apres, fin]."""
    try:
        lignes = connexion.execute(_UNE_PAGE, (apres, fin)).fetchall()
        if len(lignes) != fin - apres:
            return None
        parties = {ligne[0] for ligne in lignes}
        noms = dict(connexion.execute(_NOMS, (min(parties), max(parties))).fetchall())
        suites = groupby(lignes, itemgetter(0))
        return [_troncon(partie, noms[partie], list(suite)) for partie, suite in suites]
    except (sqlite3.Error, KeyError, TypeError, _Discordance):
        return None


class _Discordance(Exception):  # noqa: N818 - never leaves this file
    pass


def _troncon(partie: int, nom: bytes, lignes: list[tuple[Any, ...]]) -> Troncon:
    if not _NOM.fullmatch(nom):
        raise _Discordance
    parties, numeros, genres, rangs, instants, _, _, maillons = zip(*lignes, strict=True)
    premier, ligne, hacher = numeros[0], nom + _LIGNE, sha256
    chainee = _FEUILLE + b"%b" + ligne
    # No call of ours for each record: this is where the time goes.
    suivants = tuple(
        [
            hacher(chainee % (maillon, n, genre, r, i, len(q), q, corps)).digest()
            for maillon, (_, n, genre, r, i, q, corps, _) in zip(maillons, lignes[1:], strict=False)
        ]
    )
    if (
        numeros != tuple(range(premier, premier + len(lignes)))
        or {*map(type, parties + numeros + rangs + instants)} != {int}
        or not all(map(_GENRE.fullmatch, {*genres}))
        or len(maillons[0]) != _TAILLE
        or maillons[1:] != suivants
    ):
        raise _Discordance
    _, n, genre, r, i, q, corps, _ = lignes[0]
    return Troncon(partie, nom.decode(), premier, ligne % (n, genre, r, i, len(q), q, corps), b"".join(maillons))


class _Lecteur:
    """Gives the pages of a journal in order, hashed here or by other processes."""

    def __init__(self, journal: Path, connexion: sqlite3.Connection, processus: int | None) -> None:
        self._journal = journal
        self._connexion = connexion
        self._processus = processus

    def pages(self, dernier: int) -> Generator[tuple[int, _Page], None, None]:
        """Yield the number of the last record of each page, and the page."""
        nombre = self._nombre(dernier)
        if not nombre:
            for apres, fin in _bornes(dernier):
                yield fin, _feuilleter(self._connexion, apres, fin)
            return
        with ExitStack() as pile:
            # Each one hashes a page out of `nombre`. A pipe holds some pages: none is ever far ahead.
            sorties = [pile.enter_context(_auxiliaire(self._journal, rang, nombre, dernier)) for rang in range(nombre)]
            for (apres, fin), sortie in zip(_bornes(dernier), cycle(sorties), strict=False):
                yield fin, _recevoir(sortie) or _feuilleter(self._connexion, apres, fin)

    def _nombre(self, dernier: int) -> int:
        if self._processus is not None:
            return self._processus
        coeurs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return min(coeurs, PROCESSUS_MAX) if coeurs > 1 and dernier >= SEUL and sys.executable else 0


def _bornes(dernier: int, rang: int = 0, nombre: int = 1) -> Iterator[tuple[int, int]]:
    """Yield the bounds of one page out of `nombre`, lazily: `dernier` may be as large as a forger likes."""
    for apres in range(rang * PAGE, dernier, nombre * PAGE):
        yield apres, min(apres + PAGE, dernier)


@contextmanager
def _auxiliaire(journal: Path, rang: int, nombre: int, dernier: int) -> Iterator[IO[bytes]]:
    """Start a process that hashes pages; give its output. It has a SQLite of its own, whoever writes in this one."""
    commande = (sys.executable, "-P", __file__, _FEUILLETER, str(journal), str(rang), str(nombre), str(dernier))
    rien = subprocess.DEVNULL
    with subprocess.Popen(commande, stdin=rien, stdout=subprocess.PIPE, stderr=rien) as fils:  # noqa: S603 - this very file
        try:
            sortie = cast("IO[bytes]", fils.stdout)
            _elargir(sortie)
            yield sortie
        finally:
            fils.kill()


def _elargir(tube: IO[bytes]) -> None:
    """Let a process be some thirty pages ahead, where the system allows it: none waits then while another is slow."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 - Windows has none

        fcntl.fcntl(tube, fcntl.F_SETPIPE_SZ, _AVANCE)


def _servir(journal: str, rang: str, nombre: str, dernier: str) -> int:
    """Be one of these processes."""
    with closing(_ouvrir(Path(journal))) as connexion:
        for apres, fin in _bornes(int(dernier), int(rang), int(nombre)):
            _envoyer(sys.stdout.buffer, _feuilleter(connexion, apres, fin))
    return 0


def _envoyer(sortie: IO[bytes], page: _Page) -> None:
    """Write what is short and the lengths, on a line of JSON, then the bytes."""
    courts = [(t.partie, t.nom, t.numero, len(t.premiere), len(t.maillons)) for t in page or ()]
    sortie.write(json.dumps(courts).encode() + b"\n")
    for troncon in page or ():
        sortie.writelines((troncon.premiere, troncon.maillons))
    sortie.flush()


def _recevoir(entree: IO[bytes]) -> _Page:
    """Read what another process wrote; None when it died, or could not say."""
    lire = entree.read
    try:
        courts = json.loads(entree.readline())
        return [Troncon(p, nom, n, lire(ligne), lire(suite)) for p, nom, n, ligne, suite in courts] or None
    except (ValueError, TypeError):
        return None


class _Suivi:
    """How far a partie is known to agree with its chain and its seals."""

    __slots__ = ("chaine", "close", "commencee", "jalons", "scelle", "scellee", "scelles")

    def __init__(self, chaine: Chaine, scelles: _Scelles, jalons: Sequence[tuple[int, bytes]] = ()) -> None:
        self.chaine = chaine
        self.scelles = scelles
        self.close = False
        self.scellee = False
        self.commencee = False
        self.scelle = 0
        """Its size at its last seal."""
        self.jalons = sorted(jalons, reverse=True)
        """Sizes and maillons that other parties bind, the next one last."""

    def prochaine(self) -> int | None:
        """Return the size at which it is to be compared next, if there is one."""
        scelle, jalons = self.scelles.attendu, self.jalons
        tailles = [scelle["taille"]] if scelle else []
        return min([*tailles, jalons[-1][0]] if jalons else tailles, default=None)


class _Verification:
    """Walks the records, the parties and the seals together, each one once."""

    def __init__(self, connexion: sqlite3.Connection, scelles: _Scelles, lecteur: _Lecteur) -> None:
        self._scelles = scelles
        self._connexion = connexion
        self._lecteur = lecteur
        self._suivi = _Suivi(Chaine("", ZERO), scelles)
        self._seq = 0
        self._partie = 0
        self._parties = 0
        self._dernier_scelle = 0

    def rapport(self) -> Rapport:
        anomalie = None
        try:
            self._parcourir()
        except _Ecart as ecart:
            anomalie = self._situer(ecart.nature, ecart.ou)
        except sqlite3.Error as erreur:
            if getattr(erreur, "sqlite_errorcode", None) in _PASSAGERES:
                raise
            anomalie = self._situer(Nature.STRUCTURE, self._seq + 1)
        return self._dresser(anomalie)

    def _dresser(self, anomalie: Anomalie | None) -> Rapport:
        lus = self._scelles.lus - (self._scelles.attendu is not None)
        restent = self._seq - self._dernier_scelle
        return Rapport(self._seq, self._parties, lus, restent, self._scelles.illisibles, anomalie)

    def _situer(self, nature: Nature, ou: int) -> Anomalie:
        return Anomalie(nature, ou if nature in _DES_SCELLES else min(self._dernier_scelle + 1, ou), ou)

    def _parcourir(self) -> None:
        self._connexion.execute("BEGIN")
        if self._connexion.execute(_TABLES).fetchall() != _LES_TABLES:
            raise _Ecart(Nature.STRUCTURE, 1)
        self._preparer()
        premier, dernier = self._connexion.execute(_ETENDUE).fetchone()
        if premier == 1:
            with closing(self._lecteur.pages(dernier)) as pages:
                for fin, page in pages:
                    if page is None or not all(map(self._suivre, page)):
                        self._un_par_un(_UN_PAR_UN, (self._seq, fin))
                    if self._seq != fin:
                        # Some are missing: there may be no end of pages that hold none.
                        self._un_par_un(_SUITE, (self._seq,))
                        break
        else:
            self._un_par_un(_TOUT)
        while self._changer_de_partie():
            pass
        self._finir()

    def _preparer(self) -> None:
        self._scelles.avancer()
        self._a_venir = self._connexion.execute(_PARTIES)

    def _suivre(self, troncon: Troncon) -> bool:
        """Add records that are chained to each other; tell whether all of them could be."""
        self._aller_a(troncon.partie)
        chaine, maillons = self._suivi.chaine, troncon.maillons
        if (troncon.partie, troncon.nom, troncon.numero) != (self._partie, chaine.nom, chaine.taille + 1):
            return False
        if sha256(_FEUILLE + chaine.maillon + troncon.premiere).digest() != maillons[:_TAILLE]:
            return False
        fait, nombre = 0, len(maillons) // _TAILLE
        while fait < nombre and not self._suivi.close:
            # The tree is compared at the very size of each seal.
            prochaine = self._suivi.prochaine()
            avance = min(nombre - fait, nombre if prochaine is None else max(1, prochaine - chaine.taille))
            chaine.joindre(maillons[fait * _TAILLE : (fait + avance) * _TAILLE])
            fait += avance
            self._seq += avance
            self._comparer()
        return fait == nombre

    def _un_par_un(self, requete: str, bornes: tuple[int, ...] = ()) -> None:
        """Walk records one by one: the first that does not agree is there."""
        self._lignes = self._connexion.execute(requete, bornes)
        for ligne in self._lignes:
            self._enregistrement(ligne)

    def _enregistrement(self, ligne: tuple[Any, ...]) -> None:
        seq, partie, numero, genre, rang, instant, requete, corps, maillon, bien_types = ligne
        if partie != self._partie:
            self._aller_a(partie)
        ici = self._seq + 1
        chaine = self._suivi.chaine
        if seq != ici or partie != self._partie or numero != chaine.taille + 1:
            raise self._deplace(seq, partie, numero)
        if self._suivi.close:
            raise _Ecart(Nature.INSERE, ici)
        if not bien_types or not _GENRE.fullmatch(genre):
            raise _Ecart(Nature.ALTERE, ici)
        if chaine.avancer(reste(genre, rang, instant, requete, corps)) != maillon:
            raise _Ecart(Nature.ALTERE, ici)
        self._seq = ici
        self._comparer()

    def _aller_a(self, partie: Any) -> None:
        while type(partie) is int and partie > self._partie and self._changer_de_partie():
            pass

    def _deplace(self, seq: Any, partie: Any, numero: Any) -> _Ecart:
        """Name what a record out of its place is the sign of."""
        ici, voulu = self._seq + 1, self._suivi.chaine.taille + 1
        if type(seq) is not int:
            return _Ecart(Nature.STRUCTURE, ici)
        if seq != ici:
            return _Ecart(Nature.SUPPRIME if seq > ici else Nature.INSERE, ici)
        if partie != self._partie:
            return _Ecart(Nature.INSERE, ici)
        if type(numero) is not int:
            return _Ecart(Nature.ALTERE, ici)
        if numero < voulu:
            return _Ecart(Nature.REJOUE, ici)
        suivante = self._lignes.fetchone()
        echange = suivante is not None and suivante[1:3] == (self._partie, voulu)
        return _Ecart(Nature.PERMUTE if echange else Nature.SUPPRIME, ici)

    def _changer_de_partie(self) -> bool:
        """Go to the next partie, if there is one: what the seals say of the one left must be complete."""
        quittee = self._suivi.chaine
        if (attendu := self._scelles.attendu) and attendu["partie"] == quittee.nom:
            raise _Ecart(Nature.TRONQUE, self._seq + 1)
        ligne = self._a_venir.fetchone()
        if ligne is None:
            return False
        self._partie, nom, ouverte = ligne
        if tuple(map(type, ligne)) != (int, bytes, int) or not _NOM.fullmatch(nom):
            raise _Ecart(Nature.STRUCTURE, self._seq + 1)
        nom = nom.decode()
        self._suivi = _Suivi(Chaine(nom, origine(quittee.maillon, nom, ouverte)), self._scelles)
        self._parties += 1
        self._comparer()
        if self._scelles.attendu and self._scelles.attendu["partie"] != nom:
            self._exiger(self._scelles.attendu["partie"])
        return True

    def _exiger(self, nom: str) -> None:
        """A partie may have no seal, but a seal always has its partie, further on."""
        if self._connexion.execute(_PLUS_LOIN, (nom, self._partie)).fetchone() is None:
            raise _Ecart(Nature.SUPPRIME, self._seq + 1)

    def _comparer(self) -> None:
        """Compare the partie with every seal made of it at this size."""
        suivi, chaine = self._suivi, self._suivi.chaine
        while (scelle := suivi.scelles.attendu) and scelle["partie"] == chaine.nom:
            if scelle["taille"] > chaine.taille:
                return
            if scelle["taille"] < chaine.taille or suivi.close:
                raise _Ecart(Nature.SCELLE_FAUX, suivi.scelles.ligne)
            tete = chaine.tete()
            if (scelle["maillon"], scelle["racine"]) != (tete.maillon.hex(), tete.racine.hex()):
                # The seal of an empty partie answers for where it begins: between two records.
                raise _Ecart(Nature.RECHAINE, self._seq + (chaine.taille == 0))
            self._dernier_scelle, suivi.close, suivi.scellee = self._seq, scelle["close"], True
            suivi.scelles.avancer()

    def _finir(self) -> None:
        if self._scelles.attendu is not None:
            raise _Ecart(Nature.TRONQUE, self._seq + 1)
        restent = self._seq - self._dernier_scelle
        if restent > TOLERANCE or (self._suivi.chaine.taille and not self._suivi.scellee):
            raise _Ecart(Nature.NON_SCELLE, self._seq)


class _Entrelacee(_Verification):
    """Walks a copy of a journal that several processes wrote: each partie has its own seals, and binds the others."""

    def __init__(
        self, connexion: sqlite3.Connection, dossier: Path, cles: Sequence[Ed25519PublicKey], lecteur: _Lecteur
    ) -> None:
        super().__init__(connexion, _Scelles(BytesIO(), 0, cles), lecteur)
        self._dossier = dossier
        self._cles = cles
        self._suivis: dict[int, _Suivi] = {}
        self._scellees: dict[str, int] = {}
        """By name of partie, the number of its last record that a seal answers for."""
        self._trou = self._sautes = 0
        """The first number that no record of the copy bears, and how many there are."""

    def _dresser(self, anomalie: Anomalie | None) -> Rapport:
        tous = [suivi.scelles for suivi in self._suivis.values()]
        lus = sum(scelles.lus - (scelles.attendu is not None) for scelles in tous)
        restent = sum(suivi.chaine.taille - suivi.scelle for suivi in self._suivis.values())
        illisibles = sum(scelles.illisibles for scelles in tous)
        return Rapport(self._seq - self._sautes, self._parties, lus, restent, illisibles, anomalie)

    def _situer(self, nature: Nature, ou: int) -> Anomalie:
        nom = self._suivi.chaine.nom
        return Anomalie(nature, ou if nature in _DES_SCELLES else min(self._scellees.get(nom, 0) + 1, ou), ou, nom)

    def _preparer(self) -> None:
        parties = self._connexion.execute(_LIENS).fetchall()
        if not all(tuple(map(type, une)) == (int, bytes, int, bytes) and _NOM.fullmatch(une[1]) for une in parties):
            raise _Ecart(Nature.STRUCTURE, 1)
        jalons: dict[str, list[tuple[int, bytes]]] = {}
        for id_, nom, ouverte, liens in parties:
            scelles = _ScellesDePartie(self._dossier / f"{nom.decode()}{EXTENSION}", self._cles)
            suivi = _Suivi(Chaine(nom.decode(), origine(lies(liens), nom.decode(), ouverte)), scelles)
            self._suivi = self._suivis[id_] = suivi
            scelles.avancer()
            if _repond_du_debut(scelles.attendu, suivi.chaine):
                for autre, taille, maillon in _delier(liens):
                    jalons.setdefault(autre, []).append((taille, maillon))
        self._suivi = _Suivi(Chaine("", ZERO), self._scelles)
        self._exiger_les_parties({suivi.chaine.nom for suivi in self._suivis.values()}, jalons)
        for suivi in self._suivis.values():
            suivi.jalons = sorted(jalons.get(suivi.chaine.nom, ()), reverse=True)

    def _exiger_les_parties(self, noms: set[str], liees: Iterable[str]) -> None:
        """Whatever has seals, or was bound, must be there."""
        if manquent := {*liees, *(fichier.stem for fichier in self._dossier.glob(f"*{EXTENSION}"))} - noms:
            nommees = [nom for nom in manquent if _NOM.fullmatch(os.fsencode(nom))]
            self._suivi = _Suivi(Chaine(min(nommees, default=""), ZERO), self._scelles)
            raise _Ecart(Nature.SUPPRIME, 1)

    def _enregistrement(self, ligne: tuple[Any, ...]) -> None:
        # Numbers are the copy's own: the partie whose records are gone says so, and better, further on.
        if type(seq := ligne[0]) is int and seq > self._seq + 1:
            self._trou = self._trou or self._seq + 1
            self._sautes += seq - self._seq - 1
            self._seq = seq - 1
        super()._enregistrement(ligne)

    def _aller_a(self, partie: Any) -> None:
        suivi = self._suivis.get(partie) if type(partie) is int else None
        if suivi is not None:
            self._partie, self._suivi = partie, suivi
            if not suivi.commencee:
                suivi.commencee = True
                self._parties += 1
                self._comparer()

    def _changer_de_partie(self) -> bool:
        """Begin the parties that hold no record, once all the records were walked."""
        for partie, suivi in self._suivis.items():
            if not suivi.commencee:
                self._aller_a(partie)
        return False

    def _comparer(self) -> None:
        """Compare the partie with its seals, and with what other parties bind of it."""
        suivi, chaine = self._suivi, self._suivi.chaine
        self._dernier_scelle = -1
        super()._comparer()
        while suivi.jalons and suivi.jalons[-1][0] == chaine.taille:
            if suivi.jalons.pop()[1] != chaine.maillon:
                raise _Ecart(Nature.RECHAINE, self._seq + (chaine.taille == 0))
            # The seal of the partie that binds it answers for it.
            self._dernier_scelle, suivi.scellee = self._seq, True
        if self._dernier_scelle >= 0:
            suivi.scelle = chaine.taille
            # The seal of an empty partie answers for no record: those that were first may be gone.
            self._scellees[chaine.nom] = self._seq if chaine.taille else 0

    def _finir(self) -> None:
        for suivi in self._suivis.values():
            self._suivi = suivi
            if (attendu := suivi.scelles.attendu) and attendu["partie"] != suivi.chaine.nom:
                raise _Ecart(Nature.SCELLE_MANQUANT, suivi.scelles.ligne)
            if suivi.scelles.attendu or suivi.jalons:
                raise _Ecart(Nature.TRONQUE, self._seq + 1)
            if suivi.chaine.taille and (not suivi.scellee or suivi.chaine.taille - suivi.scelle > TOLERANCE):
                raise _Ecart(Nature.NON_SCELLE, self._seq)
        if self._trou:
            self._suivi = _Suivi(Chaine("", ZERO), self._scelles)
            raise _Ecart(Nature.SUPPRIME, self._trou)


def _repond_du_debut(scelle: dict[str, Any] | None, chaine: Chaine) -> bool:
    """Tell whether a partie began as its first seal says: what it binds can then be believed."""
    debut = scelle and (scelle["partie"], scelle["taille"], scelle["maillon"])
    return debut == (chaine.nom, 0, chaine.maillon.hex())


def _delier(liens: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Yield the parties that one binds: their names, sizes and maillons."""
    for ligne in liens.decode().splitlines():
        nom, taille, maillon = ligne.split(" ")
        yield nom, int(taille), bytes.fromhex(maillon)


#: Another program holds the file: nothing can be said of it now.
_PASSAGERES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_TABLES = "SELECT name, type FROM sqlite_master WHERE name IN ('partie', 'trace') AND rootpage > 0 ORDER BY name"
_LES_TABLES = [(b"partie", b"table"), (b"trace", b"table")]
# The name of each column comes second. Only a copy binds parties to one another.
_COLONNES = "PRAGMA table_info(partie)"
_PARTIES = "SELECT id, nom, ouverte FROM partie NOT INDEXED ORDER BY id"
_LIENS = "SELECT id, nom, ouverte, liens FROM partie NOT INDEXED ORDER BY id"
_NOMS = "SELECT id, nom FROM partie NOT INDEXED WHERE id BETWEEN ? AND ?"
_PLUS_LOIN = "SELECT 1 FROM partie NOT INDEXED WHERE nom = ? AND id > ?"
# When there is no record before the first one, those of the pages are all there are.
_ETENDUE = "SELECT (SELECT min(seq) FROM trace NOT INDEXED), (SELECT max(seq) FROM trace NOT INDEXED)"
# Texts are read as the bytes they are: that they are texts is asked of the database.
_LIGNES = """
SELECT seq, partie, numero, genre, rang, instant, requete, corps, maillon,
       typeof(genre) = 'text' AND typeof(requete) = 'text' AND typeof(corps) = 'text' AND typeof(maillon) = 'blob'
       AND typeof(partie) = 'integer' AND typeof(numero) = 'integer' AND typeof(rang) = 'integer'
       AND typeof(instant) = 'integer'
FROM trace NOT INDEXED
"""
_TOUT = f"{_LIGNES} ORDER BY seq"
_SUITE = f"{_LIGNES} WHERE seq > ? ORDER BY seq"
_UN_PAR_UN = f"{_LIGNES} WHERE seq > ? AND seq <= ? ORDER BY seq"
# A text that is a blob, or a maillon that is none, is left out: SQLite orders every text before every blob.
_UNE_PAGE = """
SELECT partie, numero, genre, rang, instant, requete, corps, maillon
FROM trace NOT INDEXED
WHERE seq > ? AND seq <= ? AND genre < x'' AND requete < x'' AND corps < x'' AND maillon >= x''
ORDER BY seq
"""


def _ouvrir(journal: Path) -> sqlite3.Connection:
    """Open a journal without writing to it, on a medium that cannot be written too."""
    if not journal.is_file():
        raise FileNotFoundError(2, "fichier absent", str(journal))
    adresse = f"{journal.absolute().as_uri()}?mode=ro"
    connexion = sqlite3.connect(adresse, uri=True, isolation_level=None)
    try:
        connexion.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connexion.close()
        if journal.with_name(f"{journal.name}-wal").exists():
            raise
        connexion = sqlite3.connect(f"{adresse}&immutable=1", uri=True, isolation_level=None)
    except sqlite3.DatabaseError:
        connexion.close()
        raise
    connexion.execute("PRAGMA trusted_schema = OFF")
    connexion.text_factory = bytes
    return connexion


def lire_scelle(chemin: Path, cles: Sequence[bytes]) -> dict[str, Any]:
    """Return the only seal of a file, once its signature is checked. Raise Illisible."""
    try:
        with chemin.open("rb") as fichier:
            scelle = decoder(fichier.read(SCELLE_MAX).removesuffix(b"\n"))
    except OSError as erreur:
        raise Illisible(f"{chemin} ne peut pas être lu : {erreur.strerror}.") from None
    if scelle is None or not any(_est_signe(Ed25519PublicKey.from_public_bytes(cle), scelle) for cle in cles):
        raise Illisible(
            f"{chemin} ne contient pas un scellé, seul et signé de cette clé : mettez-y une ligne des scellés."
        )
    return scelle


def exiger_comparables(ancien: dict[str, Any], nouveau: dict[str, Any]) -> None:
    """Refuse two seals that were ill chosen: this is no sign that anybody touched the journal. Raise Illisible."""
    if ancien["partie"] != nouveau["partie"]:
        raise Illisible(
            "Ces deux scellés ne sont pas de la même partie : prenez, pour le nouveau, une ligne qui porte "
            f"« {ancien['partie']} »."
        )
    if (ancien["instant"], ancien["taille"]) > (nouveau["instant"], nouveau["taille"]):
        raise Illisible("Le scellé donné pour l'ancien a été fait après celui donné pour le nouveau : échangez-les.")


def lire_preuve(chemin: Path) -> tuple[bytes, ...]:
    """Return the roots of a proof: a JSON array of hexadecimal texts, of 2 kB at most. Raise Illisible."""
    try:
        with chemin.open("rb") as fichier:
            return tuple(map(bytes.fromhex, json.loads(fichier.read(PREUVE_MAX))))
    except OSError as erreur:
        raise Illisible(f"{chemin} ne peut pas être lu : {erreur.strerror}.") from None
    except (ValueError, TypeError, RecursionError):
        raise Illisible(
            f"{chemin} ne contient pas de preuve : mettez-y ce qu'affiche « particulier journal prouver »."
        ) from None


def conclure(preuve: Path, ancien: Path, nouveau: Path, cles: Sequence[bytes]) -> tuple[int, str]:
    """Judge a proof; return the exit status and what to print."""
    try:
        avant, apres = lire_scelle(ancien, cles), lire_scelle(nouveau, cles)
        exiger_comparables(avant, apres)
        bonne = prolonge(avant, apres, lire_preuve(preuve))
    except Illisible as refus:
        return 2, str(refus)
    if not bonne:
        return 1, "ANOMALIE — rien ne prouve que le nouveau scellé prolonge l'ancien."
    return 0, f"Le scellé de {apres['taille']} enregistrements prolonge celui de {avant['taille']}."


def main(arguments: Sequence[str]) -> int:
    """Verify the three files named; print the report; return the exit status."""
    if arguments[:1] == [_FEUILLETER]:
        return _servir(*arguments[1:])
    if arguments[:1] == ["--preuve"] and len(arguments) == 5:  # noqa: PLR2004 - PREUVE ANCIEN NOUVEAU CLE
        return _juger_une_preuve(*map(Path, arguments[1:]))
    if len(arguments) != 3:  # noqa: PLR2004 - JOURNAL SCELLES CLE
        sys.stderr.write(
            "Usage : python verificateur.py JOURNAL SCELLES CLE\n"
            "        python verificateur.py --preuve PREUVE ANCIEN NOUVEAU CLE\n"
        )
        return 2
    journal, scelles, cle = map(Path, arguments)
    try:
        rapport = verifier(journal, scelles, lire_cles(cle))
    except Illisible as refus:
        sys.stderr.write(f"{refus}\n")
        return 2
    for ligne in rapport.lignes():
        sys.stdout.write(f"{ligne}\n")
    return 0 if rapport.intact else 1


def _juger_une_preuve(preuve: Path, ancien: Path, nouveau: Path, cle: Path) -> int:
    try:
        etat, phrase = conclure(preuve, ancien, nouveau, lire_cles(cle))
    except Illisible as refus:
        etat, phrase = 2, str(refus)
    (sys.stderr if etat == 2 else sys.stdout).write(f"{phrase}\n")  # noqa: PLR2004 - unreadable
    return etat


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
