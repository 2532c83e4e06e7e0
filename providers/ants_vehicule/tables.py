"""The code tables of the SIV: what its codes mean, in French. A code that is not here has no label."""

import re
from collections.abc import Mapping

from graph.vehicule import StatutRattachement

STATUTS: Mapping[str, StatutRattachement] = {
    "TIT": StatutRattachement.TITULAIRE,
    "COT": StatutRattachement.COTITULAIRE,
    "LOC": StatutRattachement.LOCATAIRE,
}

CATEGORIES: Mapping[str, str] = {
    "M1": "Véhicule de transport de personnes comportant au maximum 8 places assises outre celle du conducteur",
    "M2": "Véhicule de transport de personnes de plus de 8 places outre celle du conducteur, de 5 tonnes au plus",
    "M3": "Véhicule de transport de personnes de plus de 8 places outre celle du conducteur, de plus de 5 tonnes",
    "N1": "Véhicule de transport de marchandises de 3,5 tonnes au plus",
    "N2": "Véhicule de transport de marchandises de plus de 3,5 tonnes à 12 tonnes",
    "N3": "Véhicule de transport de marchandises de plus de 12 tonnes",
    "O1": "Remorque de 0,75 tonne au plus",
    "O2": "Remorque de plus de 0,75 tonne à 3,5 tonnes",
    "O3": "Remorque de plus de 3,5 tonnes à 10 tonnes",
    "O4": "Remorque de plus de 10 tonnes",
    "L1e": "Cyclomoteur à deux roues",
    "L2e": "Cyclomoteur à trois roues",
    "L3e": "Motocyclette",
    "L4e": "Motocyclette avec side-car",
    "L5e": "Motocyclette à trois roues",
    "L6e": "Quadricycle léger",
    "L7e": "Quadricycle lourd",
}

GENRES: Mapping[str, str] = {
    "VP": "Voiture Particulière",
    "CTTE": "Camionnette",
    "VASP": "Véhicule Automoteur Spécialement Aménagé",
    "TCP": "Transport en Commun de Personnes",
    "TRR": "Tracteur Routier",
    "CAM": "Camion",
    "REM": "Remorque",
    "RESP": "Remorque Spécialisée",
    "SRAT": "Semi-remorque Avant-Train",
    "SREM": "Semi-remorque",
    "CL": "Cyclomoteur",
    "CYCL": "Cyclomoteur carrossé à 3 roues",
    "MTL": "Motocyclette Légère",
    "MTT1": "Motocyclette",
    "MTT2": "Motocyclette",
    "MOTO": "Motocyclette",
    "MAGA": "Machine Agricole Automotrice",
    "QM": "Quadricycle à Moteur",
    "TRA": "Tracteur Agricole",
}

CARBURANTS: Mapping[str, str] = {
    "AC": "Moteur à compression",
    "EE": "Essence-électricité",
    "EG": "Essence-gaz naturel",
    "EH": "Essence-électricité (hybride non rechargeable)",
    "EL": "Électricité",
    "EM": "Essence-gaz naturel-électricité",
    "EN": "Essence-gaz naturel",
    "EP": "Essence-GPL",
    "EQ": "Essence-gaz naturel-électricité (hybride non rechargeable)",
    "ER": "Essence-gaz naturel-électricité (hybride rechargeable)",
    "ES": "Essence",
    "ET": "Essence-électricité (hybride rechargeable)",
    "FE": "Superéthanol",
    "FG": "Superéthanol-GPL",
    "FH": "Superéthanol-électricité (hybride non rechargeable)",
    "FL": "Superéthanol-électricité (hybride rechargeable)",
    "FN": "Superéthanol-gaz naturel",
    "GA": "Gazogène",
    "GF": "Gazole et gaz naturel",
    "GG": "Gazogène-gazole",
    "GH": "Gazole-électricité (hybride non rechargeable)",
    "GL": "Gazole-électricité (hybride rechargeable)",
    "GM": "Gazole, gaz naturel et électricité (hybride rechargeable)",
    "GN": "Gaz naturel",
    "GO": "Gazole",
    "GP": "GPL",
    "GQ": "Gazole, gaz naturel et électricité (hybride non rechargeable)",
    "GZ": "Autres hydrocarbures gazeux",
    "H2": "Hydrogène",
    "HE": "Hydrogène-électricité",
    "HH": "Hydrogène-électricité (hybride non rechargeable)",
    "HY": "Hydrogène-électricité (hybride rechargeable)",
    "NE": "Gaz naturel-électricité (hybride rechargeable)",
    "NH": "Gaz naturel-électricité (hybride non rechargeable)",
    "PE": "Monocarburation GPL-électricité (hybride rechargeable)",
    "PH": "Monocarburation GPL-électricité (hybride non rechargeable)",
    "PL": "Monocarburation GPL",
}

#: `70/220*2003/76EURO4`: the norm ends a reference of regulation, its letter in either case. The letter is kept, as the
#: list of the norms has it, though REST drops it.
_EURO = re.compile(r"EURO[ -]?(VI|6[ -]?D[ -]?TEMP|6[B-E]?|5[AB]?|[1-4])(?!\d)", re.IGNORECASE)


def norme(reference: str) -> str | None:
    """Return the European norm, e.g. `Euro 6d`, that a reference of regulation names; None when it names none."""
    trouve = _EURO.search(reference)
    if trouve is None:
        return None
    rang = re.sub("[ -]", "", trouve[1]).upper()
    if rang == "VI":
        return "Euro VI"
    return "Euro " + ("6d-TEMP" if rang == "6DTEMP" else rang.lower())
