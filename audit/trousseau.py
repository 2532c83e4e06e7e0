"""The keyring of the pseudonyms: one key a month, so that to destroy a key is to forget the persons of that month."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audit.cle import DES_PSEUDONYMES, CleAbsente, CleInvalide, detruire, lire, lire_ou_creer
from audit.mois import Mois

#: Months during which a citizen may ask who consulted what (CRPA, art. R. 114-9-7).
CONSERVATION = 36
#: How the key that served before the keyring is called.
ANTERIEURE = "antérieure"
_COMPTAGE, _DU_COMPTAGE = "comptage.cle", "La clé du comptage des personnes"


@dataclass(frozen=True, slots=True)
class Trousseau:
    """The keys of a folder: `AAAA-MM.cle` for the traces of a month, and `comptage.cle` for the quotas.

    The single key that served before the keyring may stay beside the folder, `.cle` added to its name: persons are
    looked for with it, and nothing more is written with it. The keys of the sandbox are created when they are wanted,
    the others ahead, by `preparer`.
    """

    dossier: Path
    bac_a_sable: bool = False

    def exiger(self, maintenant: datetime) -> None:
        """Refuse to start without the keys of this month, of the next one and of the quotas. Raise CleInvalide."""
        mois = Mois.de(maintenant)
        for voulu in (mois, mois.plus(1)):
            self.du_mois(voulu)
        self.comptage()

    def pret(self, maintenant: datetime) -> bool:
        """Tell whether all that `exiger` wants is there: an operator has a month to be told."""
        try:
            self.exiger(maintenant)
        except CleInvalide:
            return False
        return True

    def du_mois(self, mois: Mois) -> bytes:
        """Return the key of the pseudonyms of a month. Raise CleInvalide."""
        return self._exigee(self._chemin(mois), _titre(str(mois)))

    def lisibles(self, noms: Iterable[str]) -> Mapping[str, bytes]:
        """Return those of the keys of some months that are there and can be read; none is created."""
        cles = {}
        for nom in noms:
            if mois := Mois.lire(nom):
                with suppress(CleInvalide):
                    cles[nom] = lire(self._chemin(mois), _titre(nom))
        return cles

    def comptage(self) -> bytes:
        """Return the key of the quotas, the same every month: nobody counts twice in the hour when a month turns.

        Nothing that is kept is written with it: a count is forgotten after an hour. Raise CleInvalide.
        """
        return self._exigee(self.dossier / _COMPTAGE, _DU_COMPTAGE)

    def toutes(self) -> Mapping[str, bytes]:
        """Return every key that was not destroyed, by its name, the oldest first: persons are looked for with each.

        Raises:
            CleInvalide: one of them cannot be read, or there is none at all, so that nobody could be found.
        """
        cles = {nom: lire(chemin, _titre(nom)) for nom, chemin in self._cles().items()}
        if not cles:
            raise CleInvalide(
                f"Aucune clé des pseudonymes dans {self.dossier} (PARTICULIER_CLES_PSEUDONYMES) : "
                "personne ne peut être retrouvé. Remettez-y leur copie, ou lancez "
                "« particulier journal cles --preparer »."
            )
        return cles

    def perdues(self, maintenant: datetime) -> tuple[Mois, ...]:
        """Return the months that have no key, from the oldest that has one to the next: nobody is found in them."""
        presents = self._mois()
        voulus = Mois.de(maintenant).plus(1)
        mois, perdus = min([*presents, voulus]), []
        while mois <= voulus:
            if mois not in presents:
                perdus.append(mois)
            mois = mois.plus(1)
        return tuple(perdus)

    def depuis(self, maintenant: datetime) -> datetime | None:
        """Return the instant since which everybody is found: before it, a month has no key; None when all have one.

        A key that was lost is no better than one that was destroyed: whoever looks for herself must be told.
        """
        presents = self._mois()
        mois = Mois.de(maintenant)
        while (precedent := mois.plus(-1)) in presents:
            mois = precedent
        anterieure = ANTERIEURE in self._cles([])
        return None if anterieure and mois <= min(presents, default=mois) else mois.debut

    def preparer(self, maintenant: datetime, combien: int = 2) -> tuple[Mois, ...]:
        """Create what is missing for so many months, this one included; return which months. Raise CleInvalide."""
        mois, presents = Mois.de(maintenant), self._mois()
        manquants = [voulu for voulu in map(mois.plus, range(combien)) if voulu not in presents]
        for manquant in manquants:
            lire_ou_creer(self._chemin(manquant), _titre(str(manquant)))
        lire_ou_creer(self.dossier / _COMPTAGE, _DU_COMPTAGE)
        return tuple(manquants)

    def perimees(self, maintenant: datetime, avant: Mois | None = None) -> Mapping[str, Path]:
        """Return the keys that may be destroyed, the oldest first: nobody may ask about their months any more.

        The key that served before the keyring goes with the first month, in which it served last.

        Args:
            maintenant: current instant, aware.
            avant: no key from this month on; later than 36 whole months ago is the same as not given.
        """
        limite = Mois.de(maintenant).plus(-CONSERVATION)
        perimes = [mois for mois in self._mois() if mois < min(avant or limite, limite)]
        return self._cles(perimes) if perimes else {}

    def oublier(self, maintenant: datetime, avant: Mois | None = None) -> tuple[str, ...]:
        """Destroy the keys that may be; return their names.

        Their copies must be destroyed too: nobody can then tell whose the pseudonyms of these months are, and the chain
        of the journal still verifies, since no record changes.

        Raises:
            CleInvalide: one of them cannot be destroyed; those before it are.
        """
        perimees = self.perimees(maintenant, avant)
        for nom, chemin in perimees.items():
            detruire(chemin, _titre(nom))
        return tuple(perimees)

    def _exigee(self, chemin: Path, titre: str) -> bytes:
        if self.bac_a_sable:
            return lire_ou_creer(chemin, titre)
        try:
            return lire(chemin, titre)
        except CleAbsente:
            commande = "particulier journal cles --preparer"
            raise CleInvalide(f"{titre} manque dans {self.dossier} : lancez « {commande} ».") from None

    def _chemin(self, mois: Mois) -> Path:
        return self.dossier / f"{mois}.cle"

    def _mois(self) -> list[Mois]:
        return sorted(mois for chemin in self.dossier.glob("*.cle") if (mois := Mois.lire(chemin.stem)))

    def _cles(self, mois: list[Mois] | None = None) -> Mapping[str, Path]:
        """Return where the keys of some months are, or of all; that which served before them comes first."""
        anterieure = self.dossier.with_name(f"{self.dossier.name}.cle")
        premiere = {ANTERIEURE: anterieure} if anterieure.exists() else {}
        return premiere | {str(un): self._chemin(un) for un in (self._mois() if mois is None else mois)}


def _titre(nom: str) -> str:
    return f"{DES_PSEUDONYMES} antérieure" if nom == ANTERIEURE else f"{DES_PSEUDONYMES} du mois {nom}"
