"""Hold one request against the quotas of its token: what it costs, whom it names, what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from audit.pseudonyme import pseudonymes
from gateway.metrics import Metrics
from gateway.settings import ReglageManquant, Settings
from graph.identite import Identite
from habilitations._bornes import PERSONNES_PAR_HEURE, borne_personnes, decompte
from habilitations.habilitation import Acces
from habilitations.quotas import Alerte, Quotas, stockage
from habilitations.rythme import EtatQuota
from habilitations.store import Store
from resolvers.loaders import Reponse
from resolvers.planner import Question

log = structlog.get_logger("gateway.quotas")


@dataclass(frozen=True, slots=True)
class Comptage:
    """Counts requests; persons are counted by pseudonyms of a key of their own, so that no storage ever knows one."""

    quotas: Quotas
    cle: bytes = field(repr=False)

    async def identifier(self, acces: Acces) -> None:
        """Take a call to FranceConnect, before it is made: in a window of its own, as wide as that of sources.

        Raises:
            RythmeDepasse: those of the present second are spent.
            Surcharge: the storage is down or slow.
        """
        if bound(acces):
            await self.quotas.reserver(f"franceconnect/{acces.jeton_id}", 1)

    async def reserver(self, acces: Acces, question: Question) -> EtatQuota | None:
        """Take the source calls of a request, and the search of a journal; None when its token is not bound.

        Raises:
            RythmeDepasse: the calls of the present second are spent.
            RequeteTropCouteuse: more than a burst.
            Surcharge: the storage is down or slow.
        """
        if not bound(acces):
            return None
        return await self.quotas.reserver(acces.jeton_id, question.plan.appels + (question.usager is not None))

    async def consulter(self, acces: Acces, question: Question) -> None:
        """Count the persons of a request, before anything is asked about them.

        Raises:
            JetonSuspendu: the token consulted more persons than its bound, or would with this request.
            QuotaDepasse: too many answers found nobody lately.
            Surcharge: the storage is down or slow.
        """
        if bound(acces):
            identites = (question.identites[personne.chemin] for personne in question.plan.personnes)
            personnes = [_personne(self.cle, une) for une in identites]
            await self.quotas.consulter(acces.jeton_id, personnes, borne=persons_of(acces))

    async def essayer(self, acces: Acces, usager: Identite) -> None:
        """Count the INE that a citizen says is hers, if she does, before her journal is read: none is to be guessed.

        Raises:
            QuotaDepasse: she said too many lately.
            Surcharge: the storage is down or slow.
        """
        if bound(acces) and usager.ine is not None:
            dit = Identite(ine=usager.ine)
            elle, ine = (_personne(self.cle, une) for une in (replace(usager, ine=None), dit))
            await self.quotas.essayer(elle, ine)

    async def constater(self, acces: Acces, reponses: Iterable[Reponse]) -> None:
        """Count what sources answered, each answer once whatever its aliases. Raise Surcharge."""
        if bound(acces):
            dernieres = (une.essais[-1] if une.essais else une for une in reponses)
            appelees = {id(une): une.erreur for une in dernieres if une.duree_ms is not None}
            await self.quotas.constater(acces.jeton_id, *decompte(appelees.values()))


def _personne(cle: bytes, identite: Identite) -> str:
    return "|".join(un.empreinte for un in pseudonymes(cle, identite))


def bound(acces: Acces) -> bool:
    """Tell whether a token has quotas: in the sandbox, where persons are fictitious, only if a volume is declared."""
    return not acces.habilitation.bac_a_sable or acces.habilitation.volume_annuel is not None


def persons_of(acces: Acces) -> int:
    """Return the distinct persons per hour of a token.

    An editor's token serves many grants: the volume of a small one must not suspend what it does for the others.
    """
    if acces.editeur_id is not None:
        return PERSONNES_PAR_HEURE
    return borne_personnes(acces.habilitation.volume_annuel, acces.habilitation.personnes_par_requete)


def open_quotas(settings: Settings, store: Store, metrics: Metrics, horloge: Callable[[], datetime]) -> Quotas:
    """Build the quotas, which tell operators through logs and metrics. Raise ReglageManquant for a wrong URL."""

    def alerter(alerte: Alerte) -> None:
        log.warning("quota_alerte", motif=alerte.motif.value, jeton_id=alerte.jeton_id, borne=alerte.borne)
        metrics.alerte(alerte.motif.value)

    try:
        lieu = stockage(settings.redis_url.get_secret_value() if settings.redis_url else None)
    except ValueError:
        raise ReglageManquant("PARTICULIER_REDIS_URL : redis://…, rediss://… ou unix://… est attendu.") from None
    return Quotas(lieu, horloge, suspendre=store.suspendre_jeton, alerter=alerter)
