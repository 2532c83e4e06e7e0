"""The simulated administrations at work: each call is counted, then answered as the fault in force wants it."""

from collections.abc import Iterable
from typing import Any

from providers._personas import Personas
from providers._source import ClientCredentials, Source, UpstreamRequest, UpstreamResponse
from sandbox.pannes import Panne, subir


class Simulateur:
    """One source, played from personas. Its fault and its counts last as long as it does."""

    def __init__(self, source: Source[Any], personas: Personas) -> None:
        self.source = source
        self.panne: Panne | None = None
        self.appels = 0
        self.auxiliaires = 0
        self._personas = personas

    async def answer(self, call: UpstreamRequest, *, connexion: bool = True) -> UpstreamResponse:
        """Answer a call; a fault spares the token endpoint, so that it also shows to who already holds a token.

        Args:
            call: as sent, relative to the source's base URL.
            connexion: whether the connection itself may fail (not when it is a real one, already open).

        Raises:
            Injoignable: the fault `refusee`.
            Interrompue: the fault `coupee` or `muette`.
        """
        guichet = self._guichet(call)
        if guichet or self.source.auxiliaire:
            self.auxiliaires += 1
        else:
            self.appels += 1
        if guichet or self.panne is None:
            return self.source.simulate(call, self._personas)
        return await subir(self.panne, lambda: self.source.simulate(call, self._personas), connexion=connexion)

    def _guichet(self, call: UpstreamRequest) -> bool:
        auth = self.source.auth
        return isinstance(auth, ClientCredentials) and call.path == auth.token_path


def simuler(sources: Iterable[Source[Any]], personas: Personas) -> dict[str, Simulateur]:
    """Return a simulator per source, by the source's name."""
    return {source.nom: Simulateur(source, personas) for source in sources}
