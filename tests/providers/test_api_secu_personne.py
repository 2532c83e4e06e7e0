"""Whatever valid person is asked about, API-SECU is told of her exactly what its contract says, in its own order."""

import re
import unicodedata
from datetime import date
from typing import Any

import strawberry
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.enums import Sexe
from graph.identite import IdentitePivot
from graph.identite_saisie import IdentiteInput, IdentitePivotInput, figer
from graph.scalars import CodeCog, CodePays
from providers._api_secu import personne

AUJOURDHUI = date(2026, 11, 23)
ORDRE = (
    "nomUsage",
    "nomNaissance",
    "listePrenoms",
    "dateNaissance",
    "codeLieuNaissance",
    "codePaysNaissance",
    "villeNaissance",
    "depNaissance",
    "genre",
)
#: Every sign that a name may hold, one of them a letter (the input refuses any other name).
SIGNES = "".join(map(chr, [*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x100)])) + "ŒœŸ' -"
NOMS = st.text(SIGNES.replace("×", "").replace("÷", ""), min_size=1, max_size=20).filter(lambda nom: nom.strip("' -"))
DATES: st.SearchStrategy[dict[str, int]] = st.one_of(
    st.just({}),
    st.integers(1850, 2025).map(lambda annee: {"annee_date_naissance": annee}),
    st.tuples(st.integers(1850, 2025), st.integers(1, 12)).map(
        lambda lu: {"annee_date_naissance": lu[0], "mois_date_naissance": lu[1]}
    ),
    st.dates(date(1850, 1, 1), AUJOURDHUI).map(
        lambda lu: {
            "annee_date_naissance": lu.year,
            "mois_date_naissance": lu.month,
            "jour_date_naissance": lu.day,
        }
    ),
)
COMMUNES = st.sampled_from(["75107", "2A004", "97411", "08480"]).map(CodeCog)
DEPARTEMENTS = st.sampled_from(["01", "2a", "2B", "20", "75", "974", "976"])


def saisies(**lieu: st.SearchStrategy[Any]) -> st.SearchStrategy[IdentitePivotInput]:
    """Draw a person whose place of birth is said, whatever else is not."""
    autres = {
        "nom_naissance": NOMS,
        "prenoms": st.lists(NOMS, min_size=1, max_size=3),
        "nom_usage": NOMS | st.none() | st.just(strawberry.UNSET),
        "sexe_etat_civil": st.sampled_from(Sexe),
    }
    return st.builds(
        lambda naissance, **reste: IdentitePivotInput(**naissance, **reste), naissance=DATES, **autres, **lieu
    )


RIEN = st.sampled_from([None, strawberry.UNSET])
FRANCE = st.just(CodePays("99100"))
NOMMEE = {"nom_commune_naissance": NOMS, "code_cog_insee_departement_naissance": DEPARTEMENTS}
PERSONNES = st.one_of(
    saisies(
        code_cog_insee_pays_naissance=FRANCE,
        code_cog_insee_commune_naissance=COMMUNES,
        nom_commune_naissance=RIEN | NOMS,
        code_cog_insee_departement_naissance=RIEN | DEPARTEMENTS,
    ),
    saisies(code_cog_insee_pays_naissance=FRANCE, **NOMMEE).filter(lambda lue: lue.annee_date_naissance),
    saisies(
        code_cog_insee_pays_naissance=st.sampled_from(["99127", "99350", "92352"]).map(CodePays),
        code_cog_insee_commune_naissance=RIEN | COMMUNES,
    ),
)


def demander(saisie: IdentitePivotInput) -> tuple[IdentitePivot, tuple[tuple[str, str], ...]]:
    """Return a person as she was understood, and what API-SECU is told of her."""
    identite = figer(IdentiteInput(identite_pivot=saisie), AUJOURDHUI)
    assert identite.pivot
    return identite.pivot, personne(Demande(identite))


def sans_accent(nom: str) -> str:
    """Spell a name with the letters that Unicode names, and keep its other signs."""
    return "".join(map(_lettre, nom))


def _lettre(signe: str) -> str:
    nomme = re.match(r"LATIN (SMALL|CAPITAL) (?:LETTER|LIGATURE) (\w+)", unicodedata.name(signe))
    if nomme is None:
        return signe
    lettres = {"SHARP": "ss", "ETH": "D", "THORN": "Th"}.get(nomme[2], nomme[2])
    return lettres.lower() if nomme[1] == "SMALL" else lettres


@settings(max_examples=150, deadline=None)
@given(PERSONNES)
def test_a_person_is_told_in_the_words_of_the_contract_and_in_no_other(saisie: IdentitePivotInput) -> None:
    pivot, params = demander(saisie)
    ne = pivot.naissance
    attendus = {
        "nomUsage": sans_accent(pivot.nom_usage) if pivot.nom_usage else None,
        "nomNaissance": sans_accent(pivot.nom_naissance),
        "listePrenoms": sans_accent(" ".join(pivot.prenoms)),
        "dateNaissance": f"{ne.annee or 0:04}-{ne.mois or 0:02}-{ne.jour or 0:02}",
        "codeLieuNaissance": pivot.code_commune if pivot.code_pays == "99100" else None,
        "codePaysNaissance": pivot.code_pays,
        "villeNaissance": pivot.nom_commune,
        "depNaissance": pivot.code_departement,
        "genre": pivot.sexe.name if pivot.sexe else None,
    }
    assert dict(params) == {nom: valeur for nom, valeur in attendus.items() if valeur is not None}
    assert [nom for nom, _ in params] == [nom for nom in ORDRE if nom in dict(params)]


@settings(max_examples=150, deadline=None)
@given(PERSONNES)
def test_no_parameter_is_blank_and_all_but_the_name_of_a_place_are_ascii(saisie: IdentitePivotInput) -> None:
    _, params = demander(saisie)
    assert all(valeur.strip() for _, valeur in params)
    assert not [nom for nom, valeur in params if nom != "villeNaissance" and not valeur.isascii()]
    names = [valeur for nom, valeur in params if nom in ("nomUsage", "nomNaissance", "listePrenoms")]
    assert all(re.fullmatch("[A-Za-z' -]+", name) for name in names)
