"""What writes: one partie of one file, made durable batch after batch, and sealed."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from audit.bornes import BUDGET
from audit.compteurs import Compteurs
from audit.partie import Ligne, Partie
from audit.registre import Fichier, Registre, preparer
from audit.scelles import Scelles
from audit.scelleur import Scelleur
from audit.verificateur import Chaine, Tete


class Plume:
    """One thread at a time writes with it; it heals by itself: a batch that fails closes the file, the next opens it.

    Args:
        chemin: the file.
        scelles: where the states of the journal are signed, if they are.
        compteurs: what is counted goes there.
    """

    fichier: Fichier
    """Which file it is; known once it is open."""

    def __init__(self, chemin: Path, scelles: Scelles | None, compteurs: Compteurs) -> None:
        self.compteurs = compteurs
        self._chemin = chemin
        self._scelles = scelles
        self._partie: Partie
        self._registre: Registre | None = None
        self._scelleur: Scelleur | None = None

    @property
    def scelles_en_panne(self) -> bool:
        """Whether the last seal could not be written."""
        return self._scelleur is not None and self._scelleur.en_panne

    def ouvrir(self, maintenant: datetime, attendu: Fichier | None = None) -> int:
        """Create or upgrade the file, begin a partie, and complete what a previous run left without issue.

        Args:
            maintenant: current instant, aware.
            attendu: the file that is being written, when who wrote it died and requests are under way: it must be that
                one, and they are not to be completed.

        Returns:
            How many intentions were completed.

        Raises:
            RegistreIncompatible: another version wrote it.
            sqlite3.Error, OSError: it cannot be opened or written.
        """
        # While requests are under way, nobody waits for what came before to be sealed anew, were its seals lost.
        neufs = attendu is None and self._scelles is not None and self._scelles.neufs()
        self.fichier, self._partie, tetes = preparer(
            self._chemin, maintenant, self._sceller, scelles_neufs=neufs, attendu=attendu
        )
        if self._scelles is not None:
            # The partie is sealed while it is empty: no record is ever in one that no seal knows.
            self._scelleur = Scelleur(self._scelles, self.compteurs)
            self._scelleur.ouvrir((*tetes, self._partie.chaine.tete()), BUDGET)
        if attendu is not None:
            return 0
        with closing(self._ouvert()) as registre:
            return registre.completer(maintenant)

    def tailler(self) -> None:
        """Open the file while nobody waits for it; what goes wrong is told to the first who does."""
        with suppress(Exception):
            self._registre = self._ouvert()

    def ecrire(self, lignes: Sequence[Ligne]) -> str | None:
        """Make lines durable, all or none; return why not, as a name that holds no value."""
        try:
            self._registre = self._registre or self._ouvert()
            self._registre.ajouter(lignes)
        except Exception as erreur:  # noqa: BLE001 - whatever went wrong, those who wait are told
            self.lacher()
            self.compteurs.echecs += 1
            return nommer(erreur)
        self.compteurs.lots += 1
        self.compteurs.traces += len(lignes)
        return None

    def lacher(self) -> None:
        """Close the file."""
        registre, self._registre = self._registre, None
        if registre is not None:
            with suppress(sqlite3.Error):
                registre.close()

    def ranger(self, *, close: bool) -> None:
        """Stop to seal. Whoever is stuck may still write: `close` tells that nobody does."""
        scelleur, self._scelleur = self._scelleur, None
        if scelleur is not None:
            scelleur.fermer(self._partie.chaine if close else None, 2 * BUDGET)

    def _ouvert(self) -> Registre:
        return Registre(self._chemin, self.fichier, self._partie)

    def _sceller(self, tetes: Sequence[Tete], chaine: Chaine) -> None:
        if self._scelleur is not None:
            self._scelleur.deposer(tetes, chaine)


def nommer(erreur: Exception) -> str:
    """Return what went wrong, as a name that holds no value."""
    return str(getattr(erreur, "sqlite_errorname", type(erreur).__name__))
