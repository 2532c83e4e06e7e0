"""Which administration will use the data: the rules of the X-Destinataire header."""

from graph.errors import DestinataireInvalide, DestinataireNonCouvert
from habilitations.habilitation import Acces
from habilitations.siret import siret_valide


def destinataire(acces: Acces, entete: str | None) -> str:
    """Return the SIRET of the recipient: the header's, or the grant's own when it has one only.

    Raises:
        DestinataireInvalide: no header although several recipients are covered, or a header that is not a SIRET.
        DestinataireNonCouvert: a SIRET that the grant does not cover.
    """
    sirets = acces.habilitation.sirets
    if entete is None:
        if len(sirets) == 1:
            return sirets[0]
        detail = "X-Destinataire : obligatoire, car l'habilitation couvre plusieurs administrations."
        raise DestinataireInvalide(detail)
    if not siret_valide(entete):
        detail = "X-Destinataire : 14 chiffres, clé de contrôle comprise."
        raise DestinataireInvalide(detail)
    if entete not in sirets:
        raise DestinataireNonCouvert
    return entete
