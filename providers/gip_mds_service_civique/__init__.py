"""Source: the civic service contracts of a person, from the declarations of employers (GIP-MDS)."""

from graph.service_civique import ServiceCivique
from providers._source import ClientCredentials, Source
from providers.gip_mds_service_civique.adapter import IDENTIFICATIONS, etats_civils, read, request
from providers.gip_mds_service_civique.simulator import GUICHET, NOM, simulate

SOURCE = Source(
    nom=NOM,
    libelle="Agence du service civique",
    fournisseur="GIP-MDS (DSN)",
    fournit=ServiceCivique,
    identifications=IDENTIFICATIONS,
    auth=ClientCredentials(token_path=GUICHET.path, basic=False),
    request=request,
    read=read,
    simulate=simulate,
    lit=frozenset({200, 404, 413}),
    etats_civils=etats_civils,
)
