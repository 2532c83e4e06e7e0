"""Auxiliary source: the COG code of a commune of birth, from INSEE's public metadata API (`/geo/communes`)."""

from graph.commune import Commune
from providers._source import Libre, Source
from providers.insee_communes.adapter import IDENTIFICATIONS, read, request
from providers.insee_communes.simulator import NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="Insee",
    fournisseur="Insee (API Métadonnées)",
    fournit=Commune,
    identifications=IDENTIFICATIONS,
    auth=Libre(),
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 404}),
    deadline=5.0,
    auxiliaire=True,
)
