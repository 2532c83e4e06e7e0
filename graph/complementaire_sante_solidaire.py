"""Bloc `complementaireSanteSolidaire`: the C2S of a person, as the RNCPS knows it from the Assurance maladie."""

from datetime import date

from graph._declaration import bloc, champ

_SCOPE = "complementaire_sante_solidaire"


@bloc(
    description=(
        "Complémentaire santé solidaire (C2S), propre à chaque personne : "
        "un parent et son enfant peuvent avoir des droits différents."
    ),
    rest_v3="/v3/dss/complementaire_sante_solidaire",
)
class ComplementaireSanteSolidaire:
    """Whether a person has the C2S, since when, and pays a part of it or not."""

    est_beneficiaire: bool | None = champ("Vrai si la personne bénéficie de la C2S.", scope=_SCOPE)
    avec_participation: bool | None = champ(
        "Vrai si la personne participe au financement ; nul si elle ne bénéficie pas de la C2S.", scope=_SCOPE
    )
    date_debut_droit: date | None = champ(
        "Date de début du droit, qui peut être à venir ; nulle si la personne n'est pas bénéficiaire.", scope=_SCOPE
    )
