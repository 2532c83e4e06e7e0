"""Cursors of a citizen's journal: each names an access under a key of hers alone, so that it says nothing to anybody.

Where a page ends may be an access that she is not shown; and one that she is shown has a rank, which counts those who
were named with her. What is refused here was not written for her: nothing is looked for.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.consultations import Repere
from audit.pseudonyme import IDENTITE_PIVOT, pseudonymes
from graph.identite import Identite, IdentitePivot
from graph.pagination import curseur_inconnu

_USAGE = b"curseurs de mesConsultations"
_NONCE, _UUID, _RANG = 12, 16, 4


@dataclass(frozen=True, slots=True)
class Curseurs:
    """Writes and reads the cursors of one citizen."""

    _sceau: AESGCM = field(repr=False)

    @classmethod
    def de(cls, cle: bytes, usager: IdentitePivot) -> "Curseurs":
        """Return those of a citizen.

        Args:
            cle: a secret of the gateway, the same in all its servers and every month; a key of their own is derived.
            usager: the citizen, as FranceConnect names her.
        """
        propre = hmac.digest(cle, _USAGE, "sha256")
        portes = pseudonymes(propre, Identite(pivot=usager))
        (sienne,) = (un.empreinte for un in portes if un.genre == IDENTITE_PIVOT)
        return cls(AESGCM(bytes.fromhex(sienne)))

    def ecrire(self, repere: Repere) -> str:
        """Write the cursor of an access, never twice the same: two readings that end at one place do not tell it."""
        nonce = secrets.token_bytes(_NONCE)
        clair = UUID(repere.requete).bytes + repere.rang.to_bytes(_RANG)
        return base64.urlsafe_b64encode(nonce + self._sceau.encrypt(nonce, clair, None)).decode()

    def lire(self, curseur: str) -> Repere:
        """Read a cursor of the right form. Raise ParametreInvalide when it was not written for her."""
        octets = base64.urlsafe_b64decode(curseur)
        try:
            clair = self._sceau.decrypt(octets[:_NONCE], octets[_NONCE:], None)
        except InvalidTag:
            raise curseur_inconnu() from None
        return Repere(str(UUID(bytes=clair[:_UUID])), int.from_bytes(clair[_UUID:]))
