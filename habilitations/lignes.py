"""Between a row and a value: what the columns mean, and what the row of a presented token decides."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from graph.errors import HabilitationInactive, JetonExpire, JetonRevoque, JetonSuspendu
from habilitations.habilitation import Acces, Etat, Habilitation, Jeton
from habilitations.regles import incompatibilite
from habilitations.tables import instant

Ligne = Sequence[Any]
#: Grants whose reading is kept: those that are used at the moment.
_EN_MEMOIRE = 1024


def lire_habilitation(ligne: Ligne) -> Habilitation:
    """Return the grant of a row: the columns of HABILITATION, in their order, as a driver or the ORM gives them."""
    identifiant, intitule, sirets, scopes, cadre, debut, fin, suspendue_le, bac_a_sable, personnes, *datapass = ligne
    external_id, public_id, volume, modalites, plages, etat_datapass, editeur_id, service = datapass
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
        external_id=external_id,
        public_id=public_id,
        volume_annuel=volume,
        modalites=tuple(modalites.split()),
        plages_ip=tuple(plages.split()),
        etat_datapass=etat_datapass,
        editeur_id=editeur_id,
        franceconnect_client_id=service,
    )


#: The same, for what each request reads: a row that did not change is the same grant.
_lire_gardee = lru_cache(maxsize=_EN_MEMOIRE)(lire_habilitation)


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
        "external_id": habilitation.external_id,
        "public_id": habilitation.public_id,
        "volume_annuel": habilitation.volume_annuel,
        "modalites": " ".join(habilitation.modalites),
        "plages_ip": " ".join(habilitation.plages_ip),
        "etat_datapass": habilitation.etat_datapass,
        "editeur_id": habilitation.editeur_id,
        "franceconnect_client_id": habilitation.franceconnect_client_id,
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
        "a_retirer": jeton.a_retirer,
        "suspendu_le": jeton.suspendu_le,
    }


def juger(ligne: Ligne, maintenant: datetime) -> Acces:
    """Return what a presented token opens.

    Args:
        ligne: its row: id, expire_le, revoque_le, suspendu_le, then the columns of its grant.
        maintenant: current instant, aware.

    Raises:
        JetonRevoque, JetonExpire: it opens nothing more.
        JetonSuspendu: it is suspended, until an operator restores it.
        HabilitationInactive: its grant has not begun, is over or suspended, or its scopes cannot go together.
    """
    jeton_id, expire, revoque = ligne[0], instant(ligne[1]), ligne[2] and instant(ligne[2])
    if revoque and revoque <= maintenant:
        raise JetonRevoque
    if expire <= maintenant:
        raise JetonExpire
    if ligne[3]:
        raise JetonSuspendu
    habilitation = _lire_gardee(ligne[4:])
    juger_habilitation(habilitation, maintenant)
    fin = min(expire, revoque) if revoque else expire
    return Acces(jeton_id, fin, habilitation, habilitation.editeur_id)


def juger_habilitation(habilitation: Habilitation, maintenant: datetime) -> None:
    """Let an active grant through, unless its scopes cannot go together. Raise HabilitationInactive."""
    if habilitation.etat(maintenant) is not Etat.ACTIVE:
        raise HabilitationInactive
    if not habilitation.bac_a_sable and (raison := _incompatibilite(habilitation.scopes)):
        raise HabilitationInactive(raison)


_incompatibilite = lru_cache(maxsize=_EN_MEMOIRE)(incompatibilite)
