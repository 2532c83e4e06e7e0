"""Bloc `indemnitesChomage`: what France Travail paid to a job seeker in the last 24 months at most."""

from datetime import date

from graph._declaration import bloc, champ, objet
from graph.scalars import Montant


@objet(description="Un paiement de France Travail.")
class PaiementChomage:
    """One payment and what it is made of."""

    date_versement: date | None = champ("Date du versement.")
    montant_total: Montant | None = champ("Montant versé, prélèvement à la source déduit, en euros.")
    montant_allocations: Montant | None = champ("Part des allocations (ARE, ASS, AER, RFPE…), en euros.")
    montant_aides: Montant | None = champ("Part des aides (à la reprise d'emploi, à la mobilité…), en euros.")
    montant_autres: Montant | None = champ("Part des autres paiements (primes, acomptes, avances…), en euros.")


@bloc(
    description=(
        "Paiements de France Travail, sur 24 mois au plus. La source ne rend pas d'identité et l'identifiant est "
        "déclaré par la personne : demandez aussi demandeurEmploi pour savoir de qui il est."
    ),
    rest_v3="/v3/france_travail/indemnites",
)
class IndemnitesChomage:
    """The payments to a job seeker."""

    identifiant: str | None = champ("Identifiant francetravail.fr demandé.", scope="pole_emploi_paiements")
    paiements: list[PaiementChomage] | None = champ(
        "Paiements, dans l'ordre de la source.", scope="pole_emploi_paiements"
    )
