"""France Travail's words: ask for the payments by identifier, read the answer into `IndemnitesChomage`."""

from decimal import Decimal

from graph.demande import Demande
from graph.errors import DossierAbsent, SourceReponseInvalide
from graph.indemnites_chomage import IndemnitesChomage, PaiementChomage
from graph.scalars import Montant
from providers._france_travail import entetes, identifiant, refuser
from providers._normal import DERIVE, decode, jour_ecrit
from providers._source import Appel, UpstreamRequest, UpstreamResponse
from providers.france_travail_indemnites_chomage.messages import Paiement, Paiements

CHEMIN = "/partenaire/liste-paiements/v1"
LOGIN = "loginMnemotechnique"
_OK, _SANS_CONTENU = 200, 204
_CENTIME = Decimal("0.01")
#: Euros. Nobody is paid that much at once, and it keeps an absurd exponent from being expanded.
_MONTANT_MAX = 10**9


def request(demande: Demande, appel: Appel) -> UpstreamRequest:
    """Ask by identifier. Raise IdentifiantManquant."""
    return UpstreamRequest("GET", CHEMIN, params=((LOGIN, identifiant(demande)),), headers=entetes(appel))


def read(reply: UpstreamResponse, demande: Demande, _appel: Appel) -> IndemnitesChomage:
    """Read the payments.

    Raises:
        IdentiteNonReconnue: nobody bears this identifier.
        DossierAbsent: the person was paid nothing, be she registered or not.
        SourceDelaiDepasse: France Travail did not answer itself in time.
        SourceIndisponible: France Travail failed.
        SourceReponseInvalide: anything that the contract does not say.
    """
    if reply.status == _SANS_CONTENU:
        raise DossierAbsent
    if reply.status != _OK:
        raise refuser(reply)
    paiements = decode(reply.body, Paiements).liste_paiement
    if not paiements:
        raise DossierAbsent
    return IndemnitesChomage(identifiant=identifiant(demande), paiements=[_paiement(un) for un in paiements])


def _paiement(paiement: Paiement) -> PaiementChomage:
    versement = jour_ecrit(paiement.date_paiement)
    if versement is None:
        raise SourceReponseInvalide(cause=DERIVE)
    return PaiementChomage(
        date_versement=versement,
        montant_total=_montant(paiement.montant_paiement),
        montant_allocations=_montant(paiement.allocations),
        montant_aides=_montant(paiement.aides),
        montant_autres=_montant(paiement.autres_paiements),
    )


def _montant(valeur: Decimal) -> Montant:
    """Return an amount to the cent: what France Travail adds up in binary fractions may end beyond."""
    if not valeur.is_finite() or valeur.copy_abs() > _MONTANT_MAX:
        raise SourceReponseInvalide(cause=DERIVE)
    return Montant(valeur.quantize(_CENTIME))
