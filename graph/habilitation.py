"""What a caller sees of its own habilitation."""

from datetime import datetime

from graph._declaration import champ, objet


@objet(description="Ce que le jeton présenté permet de demander.")
class Habilitation:
    """The grant behind the caller's token."""

    intitule: str = champ("Intitulé de l'habilitation.")
    cadre_juridique: str = champ("Texte qui fonde l'accès aux données.")
    scopes: list[str] = champ("Scopes accordés, par ordre alphabétique.")
    destinataires: list[str] = champ("SIRET des administrations couvertes.")
    personnes_par_requete: int = champ("Nombre de personnes distinctes qu'une requête peut désigner.")
    expire: datetime | None = champ("Fin de validité du jeton présenté.")
