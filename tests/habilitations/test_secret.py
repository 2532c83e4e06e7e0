from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from graph.errors import JetonInvalide
from habilitations.base import COMMANDE, lire_url, ouvrir_moteur
from habilitations.habilitation import Habilitation
from habilitations.store import Store
from habilitations.tables import METADATA


async def colonnes(url: str) -> list[object]:
    """Every value of every column of every table."""
    moteur = ouvrir_moteur(lire_url(url), COMMANDE)
    async with moteur.begin() as connexion:
        lignes = [await connexion.execute(text(f"SELECT * FROM {table}")) for table in METADATA.tables]  # noqa: S608 - our own table names
        valeurs = [valeur for resultat in lignes for ligne in resultat for valeur in ligne]
    await moteur.dispose()
    return valeurs


def fichiers(dossier: Path) -> bytes:
    return b"".join(fichier.read_bytes() for fichier in dossier.iterdir() if fichier.is_file())


async def test_no_column_of_the_database_is_or_holds_a_usable_token(
    store: Store, url: str, habilitation: Habilitation
) -> None:
    emis = [await store.emettre(habilitation.id) for _ in range(5)]
    await store.renouveler(emis[0].jeton.id, timedelta(hours=24))
    vidage = await colonnes(url)
    assert len(vidage) == 18 + 6 * 9
    for valeur in vidage:
        ecrit = valeur.hex() if isinstance(valeur, bytes) else str(valeur)
        assert not any(un.texte in ecrit or un.texte[4:34] in ecrit or un.texte.encode().hex() in ecrit for un in emis)
        with pytest.raises(JetonInvalide):
            await store.authentifier(ecrit)
        with pytest.raises(JetonInvalide):
            await store.authentifier(f"apg_{ecrit[:36]}")


@pytest.mark.parametrize("url_vide", ["sqlite"], indirect=True)
async def test_no_token_is_in_the_files_of_a_sqlite_database(
    store: Store, habilitation: Habilitation, tmp_path: Path
) -> None:
    emis = await store.emettre(habilitation.id)
    octets = fichiers(tmp_path)
    assert emis.texte.encode() not in octets
    assert b"apg_" not in octets
    assert emis.jeton.id.encode() in octets
