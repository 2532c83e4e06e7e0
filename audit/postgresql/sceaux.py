"""The seals of what one process writes: a file for each partie, so that no two processes write the same one."""

import asyncio
from collections.abc import Callable, Sequence

from audit.bornes import BUDGET
from audit.compteurs import Compteurs
from audit.partie import Sceller
from audit.scelles import Scelles
from audit.scelleur import Scelleur
from audit.verificateur import Chaine, Tete

#: From the name of a partie, where its states are signed.
OuvrirScelles = Callable[[str], Scelles]


class Sceaux:
    """Seals the partie under way, if seals are wanted."""

    def __init__(self, ouvrir: OuvrirScelles | None, compteurs: Compteurs) -> None:
        self._ouvrir = ouvrir
        self._compteurs = compteurs
        self._scelleur: Scelleur | None = None

    @property
    def en_panne(self) -> bool:
        """Whether the last attempt to seal failed."""
        return self._scelleur is not None and self._scelleur.en_panne

    async def commencer(self, chaine: Chaine) -> Sceller:
        """Seal a partie while it is empty, so that no record is ever in one that no seal knows."""
        if self._ouvrir is None:
            return _ne_rien_sceller
        self._scelleur = Scelleur(self._ouvrir(chaine.nom), self._compteurs)
        await asyncio.to_thread(self._scelleur.ouvrir, (chaine.tete(),), BUDGET)
        return self._scelleur.deposer

    async def fermer(self, chaine: Chaine | None) -> None:
        """Seal what waits and stop; the partie is told to be closed if its last state is given."""
        scelleur, self._scelleur = self._scelleur, None
        if scelleur is not None:
            await asyncio.to_thread(scelleur.fermer, chaine, 2 * BUDGET)


def _ne_rien_sceller(_tetes: Sequence[Tete], _chaine: Chaine) -> None: ...
