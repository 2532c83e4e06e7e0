"""Find the COG code of a commune of birth from its name, its département and the year, by asking INSEE."""

from dataclasses import replace

from graph.commune import Commune
from graph.demande import Demande
from providers._call import SourceClient
from providers._source import Appel


class Communes:
    """The auxiliary source of the communes, as the other sources use it."""

    def __init__(self, client: SourceClient[Commune]) -> None:
        self._client = client

    async def situer(self, demande: Demande, appel: Appel, echeance: float) -> Demande:
        """Return the same question with the code of the commune; as it is when nothing is to be found.

        A place that the caller gives and that INSEE does not know is never left out in silence: the source would then
        be asked about a less precise identity than the caller's.

        Raises:
            ErreurDeBloc: no such commune, several, or INSEE cannot be asked.
        """
        pivot = demande.identite.pivot
        if pivot is None or pivot.code_commune or not (pivot.nom_commune and pivot.code_departement):
            return demande
        commune = (await self._client.call(demande, appel, echeance=echeance)).bloc
        identite = replace(demande.identite, pivot=replace(pivot, code_commune=commune.code))
        return Demande(identite, **dict(demande.arguments))
