"""Bloc `primeActivite`: the prime d'activité of a person, as the Sécurité sociale knows it."""

from datetime import date

from graph._declaration import bloc, champ


@bloc(
    description="Prime d'activité ; un droit nouveau peut mettre 30 jours à apparaître.",
    rest_v3="/v3/dss/prime_activite",
)
class PrimeActivite:
    """Whether a person has the prime d'activité, since when, and increased for a lone parent or not."""

    est_beneficiaire: bool | None = champ(
        "Vrai si la personne bénéficie de la prime d'activité.", scope="prime_activite"
    )
    avec_majoration: bool | None = champ(
        "Vrai si la prime d'activité est majorée ; nul si la personne n'en bénéficie pas.",
        scope="prime_activite_majoration",
    )
    date_debut_droit: date | None = champ(
        "Date de début du droit ; nulle si la personne ne bénéficie pas de la prime.", scope="prime_activite"
    )
