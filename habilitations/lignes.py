"""Between a row and a value: what the columns mean, and what the row of a presented token decides."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from graph.errors import HabilitationInactive, JetonExpire, JetonRevoque
from habilitations.habilitation import Acces, Etat, Habilitation, Jeton
from habilitations.tables import instant

Ligne = Sequence[Any]


def lire_habilitation(ligne: Ligne) -> Habilitation:
    """Return the grant of a row: the columns of HABILITATION, in their order, as a driver or the ORM gives them."""
    identifiant, intitule, sirets, scopes, cadre, debut, fin, suspendue_le, bac_a_sable, personnes = ligne
    return Habilitation(
        id=identifiant,
        intitule=intitule,
        sirets=tuple(sirets.split()),
        scopes=frozenset(scopes.split()),
        cadre_juridique=cadre,
        debut=instant(debut),
        fin=fin and instant(fin),
        suspendue_le=suspendue_le and instant(suspendue_le),
        bac_a_sable=bool(bac_a_sable),
        personnes_par_requete=personnes,
    )


def colonnes_habilitation(habilitation: Habilitation) -> Mapping[str, Any]:
    """Return the columns that record a grant."""
    return {
        "id": habilitation.id,
        "intitule": habilitation.intitule,
        "sirets": " ".join(habilitation.sirets),
        "scopes": " ".join(sorted(habilitation.scopes)),
        "cadre_juridique": habilitation.cadre_juridique,
        "debut": habilitation.debut,
        "fin": habilitation.fin,
        "suspendue_le": habilitation.suspendue_le,
        "bac_a_sable": habilitation.bac_a_sable,
        "personnes_par_requete": habilitation.personnes_par_requete,
    }


def colonnes_jeton(jeton: Jeton, empreinte: bytes) -> Mapping[str, Any]:
    """Return the columns that record a token: its hash, never its text."""
    return {
        "id": jeton.id,
        "habilitation_id": jeton.habilitation_id,
        "empreinte": empreinte,
        "emis_le": jeton.emis_le,
        "expire_le": jeton.expire_le,
        "revoque_le": jeton.revoque_le,
        "succede_a": jeton.succede_a,
    }


def juger(ligne: Ligne, maintenant: datetime) -> Acces:
    """Return what a presented token opens, from its row: id, expire_le, revoque_le, then the columns of its grant.

    Raises:
        JetonRevoque, JetonExpire: it opens nothing more.
        HabilitationInactive: its grant has not begun, is over or suspended.
    """
    jeton_id, expire, revoque = ligne[0], instant(ligne[1]), ligne[2] and instant(ligne[2])
    if revoque and revoque <= maintenant:
        raise JetonRevoque
    if expire <= maintenant:
        raise JetonExpire
    habilitation = lire_habilitation(ligne[3:])
    if habilitation.etat(maintenant) is not Etat.ACTIVE:
        raise HabilitationInactive
    return Acces(jeton_id, min(expire, revoque) if revoque else expire, habilitation)
