"""Whether the keys of the months are those of the journal: servers that share one must write with the same keys.

Otherwise whoever looks for a person with the keys of one server finds nothing of what another one wrote, and is told so
by nobody. The journal hence keeps a fingerprint of the key of each month, from the first that wrote with it.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from audit.bornes import BUDGET
from audit.cle import CleInvalide
from audit.mois import Mois
from audit.registre import RegistreIncompatible
from audit.trousseau import Trousseau
from graph.errors import AuditIndisponible

T = TypeVar("T")
#: Times that traces are made again, as the month turns.
_ESSAIS = 3
ABSENTE, ETRANGERE = "CLE_DU_MOIS_ABSENTE", "CLE_DU_MOIS_ETRANGERE"


class Temoin(Protocol):
    """Keeps the fingerprints: the journal."""

    async def retenir_cle(self, mois: str, empreinte: bytes) -> Mapping[str, bytes]:
        """Keep the fingerprint of a key, unless one is kept of that month; return all that are, by month.

        Raises:
            AuditIndisponible: it cannot be kept, or read.
            RegistreIncompatible: its tables do not let it.
        """
        ...


class CleNonComparee(Exception):  # noqa: N818 - the domain's nouns are French
    """The key of this month is not known yet to be that of the journal: `ClesAccordees.avec` compares it."""

    def __init__(self, mois: Mois) -> None:
        super().__init__()
        self.mois = mois


def empreinte(cle: bytes, mois: str) -> bytes:
    """Return how a key is recognised. It helps to find neither the key, 256 random bits, nor anybody.

    No pseudonym is ever made of such a text: theirs hold a bar.
    """
    return hmac.digest(cle, f"empreinte de la cle du mois {mois}".encode(), "sha256")


class ClesAccordees:
    """The keys that traces are made with: those of the keyring, once each is known to be that of the journal.

    Args:
        trousseau: where the keys are.
        temoin: the journal.
        denoncer: told of a month whose key is another one, when it is found so.
    """

    def __init__(self, trousseau: Trousseau, temoin: Temoin, denoncer: Callable[[Mois], None]) -> None:
        self._trousseau = trousseau
        self._temoin = temoin
        self._denoncer = denoncer
        self._cles: dict[Mois, bytes] = {}
        self._etrangere: Mois | None = None
        self._comparaisons: dict[Mois, asyncio.Task[str]] = {}

    @property
    def etrangere(self) -> bool:
        """Whether the key compared last was another one than that of the journal."""
        return self._etrangere is not None

    async def exiger(self, maintenant: datetime) -> None:
        """Refuse to start with other keys than those of the journal, whatever their month.

        Raises:
            CleInvalide: there are some; the message says which, and what to do.
            AuditIndisponible: they cannot be compared.
            RegistreIncompatible: the journal does not let them be.
        """
        mois = Mois.de(maintenant)
        cle = await asyncio.to_thread(self._trousseau.du_mois, mois)
        gardees = await self._temoin.retenir_cle(str(mois), empreinte(cle, str(mois)))
        presentes = await asyncio.to_thread(self._trousseau.lisibles, gardees)
        etrangeres = sorted(nom for nom, une in presentes.items() if not _est(une, nom, gardees))
        if etrangeres:
            raise CleInvalide(
                f"Des clés des pseudonymes, dans {self._trousseau.dossier} (PARTICULIER_CLES_PSEUDONYMES), ne sont pas "
                f"celles avec lesquelles ce journal est écrit : {', '.join(etrangeres)}. Les serveurs d'un journal "
                "partagent un même dossier de clés : mettez-y celles des autres serveurs, ou leur copie."
            )
        self._cles[mois] = cle

    def de(self, instant: datetime) -> bytes:
        """Return the key of the pseudonyms of a trace. Raise CleNonComparee."""
        mois = Mois.de(instant)
        cle = self._cles.get(mois)
        if cle is None:
            raise CleNonComparee(mois)
        return cle

    async def avec(self, faire: Callable[[], T]) -> T:
        """Make traces, as soon as the keys that they want are compared: a month may turn at any instant.

        Raises:
            AuditIndisponible: a key is missing, is not that of the journal, or cannot be compared.
        """
        for _ in range(_ESSAIS):
            try:
                return faire()
            except CleNonComparee as une:
                await self._comparer(une.mois)
        raise AuditIndisponible(cause=ABSENTE)

    async def prete(self, maintenant: datetime) -> bool:
        """Tell whether traces can be made now; the key of the next month may be missing until it comes."""
        try:
            await self.avec(lambda: self.de(maintenant))
        except AuditIndisponible:
            return False
        return True

    async def _comparer(self, mois: Mois) -> None:
        """Compare a key, within a bound; whoever asks meanwhile waits for the same answer."""
        tache = self._comparaisons.get(mois)
        if tache is None:
            tache = self._comparaisons[mois] = asyncio.create_task(self._juger(mois))
        try:
            async with asyncio.timeout(BUDGET):
                cause = await asyncio.shield(tache)
        except TimeoutError:
            cause = "DELAI_DEPASSE"
        if cause:
            raise AuditIndisponible(cause=cause)

    async def _juger(self, mois: Mois) -> str:
        """Return why a key may not be used; nothing when it may."""
        try:
            return await self._confronter(mois)
        finally:
            del self._comparaisons[mois]

    async def _confronter(self, mois: Mois) -> str:
        nom = str(mois)
        try:
            cle = await asyncio.to_thread(self._trousseau.du_mois, mois)
            gardees = await self._temoin.retenir_cle(nom, empreinte(cle, nom))
        except CleInvalide:
            return ABSENTE
        except AuditIndisponible as refus:
            return refus.cause or refus.code
        except RegistreIncompatible as refus:
            return type(refus).__name__
        if not _est(cle, nom, gardees):
            if mois != self._etrangere:
                self._etrangere = mois
                self._denoncer(mois)
            return ETRANGERE
        self._etrangere = None
        self._cles[mois] = cle
        return ""


def _est(cle: bytes, mois: str, gardees: Mapping[str, bytes]) -> bool:
    return hmac.compare_digest(empreinte(cle, mois), gardees[mois])
