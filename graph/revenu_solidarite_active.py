"""Bloc `revenuSolidariteActive`: the RSA of a person, as the Sécurité sociale knows it."""

from datetime import date

from graph._declaration import bloc, champ


@bloc(
    description="Revenu de solidarité active (RSA) ; un droit nouveau peut mettre 30 jours à apparaître.",
    rest_v3="/v3/dss/revenu_solidarite_active",
)
class RevenuSolidariteActive:
    """Whether a person has the RSA, since when, and increased for a lone parent or not."""

    est_beneficiaire: bool | None = champ("Vrai si la personne bénéficie du RSA.", scope="revenu_solidarite_active")
    avec_majoration: bool | None = champ(
        "Vrai si le RSA est majoré ; nul si la personne n'en bénéficie pas.",
        scope="revenu_solidarite_active_majoration",
    )
    date_debut_droit: date | None = champ(
        "Date de début du droit ; nulle si la personne ne bénéficie pas du RSA.", scope="revenu_solidarite_active"
    )
