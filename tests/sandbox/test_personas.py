from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.catalogue import core
from graph.identite_saisie import IdentiteInput, IdentitePivotInput
from graph.schema import build_schema
from providers._personas import Personas
from sandbox.identites import IdentiteEcrite, PivotEcrit
from sandbox.personas import PersonaInvalide, load
from sandbox.personnes import arguments_requis, presenter

AUJOURDHUI = date(2026, 11, 23)
FICHE = """
- nom: dupont-jean
  description: Une personne.
  identite:
    identitePivot: {nomNaissance: DUPONT, prenoms: [Jean]}
"""


def charger(dossier: Path, contenu: str, nom: str = "foyer.yaml") -> Personas:
    (dossier / nom).write_text(contenu, encoding="utf-8")
    return load(lambda: AUJOURDHUI, dossier)


def vues_le(jour: date) -> dict[str, Mapping[str, Any]]:
    return {persona.nom: persona.vues for persona in load(lambda: jour)}


def test_there_are_at_least_fifteen_personas_and_one_is_known_to_three_sources() -> None:
    personas = list(load(lambda: AUJOURDHUI))
    assert len(personas) >= 15
    assert max(personas, key=lambda persona: len(persona.sources)).nom == "dubois-angela"


def test_the_years_of_a_persona_follow_the_calendar() -> None:
    maintenant, plus_tard = vues_le(date(2026, 1, 1)), vues_le(date(2031, 1, 1))
    assert set(maintenant["dubois-angela"]["dgfip_situation_fiscale"]["annees"]) == {"2025", "2024", "2023"}
    assert set(plus_tard["dubois-angela"]["dgfip_situation_fiscale"]["annees"]) == {"2030", "2029", "2028"}


def test_a_school_year_begins_in_september() -> None:
    def debut(jour: date) -> str:
        inscription = vues_le(jour)["dubois-angela"]["mesri_statut_etudiant"]["inscriptions"][0]
        return str(inscription["dateDebutInscription"])

    assert debut(date(2026, 8, 31)) == "2025-09-01"
    assert debut(date(2026, 9, 1)) == "2026-09-01"


def test_the_years_move_without_a_restart() -> None:
    jours = [date(2026, 12, 31)]
    personas = load(lambda: jours[0])
    (avant,) = personas.trouver(lambda persona: persona.nom == "dubois-angela")
    jours[0] = date(2027, 1, 1)
    (apres,) = personas.trouver(lambda persona: persona.nom == "dubois-angela")
    assert max(avant.vues["dgfip_situation_fiscale"]["annees"]) == "2025"
    assert max(apres.vues["dgfip_situation_fiscale"]["annees"]) == "2026"


def test_homonyms_differ_by_their_place_of_birth_alone() -> None:
    personas = load(lambda: AUJOURDHUI)
    homonymes = personas.trouver(lambda persona: persona.nom.startswith("bernard-camille"))
    assert len({persona.pivot.code_commune for persona in homonymes}) == 2
    assert (
        len({(persona.pivot.prenoms, str(persona.pivot.naissance), persona.pivot.sexe) for persona in homonymes}) == 1
    )


def test_an_identity_is_shown_as_it_can_be_sent() -> None:
    schema = core(build_schema())
    montrees = {persona["nom"]: persona for persona in (presenter(p, schema) for p in load(lambda: AUJOURDHUI))}
    assert montrees["roux-jeanne"]["identite"] == {
        "identitePivot": {
            "nomNaissance": "ROUX",
            "prenoms": ["Jeanne", "Stéphanie"],
            "anneeDateNaissance": 1987,
            "moisDateNaissance": 6,
            "sexeEtatCivil": "F",
            "codeCogInseePaysNaissance": "99100",
            "codeCogInseeCommuneNaissance": "08480",
        },
        "numeroFiscal": "3001234567893",
    }
    assert montrees["duboche-jerome"]["sources"] == []


def test_every_persona_has_a_value_for_every_required_argument() -> None:
    schema = core(build_schema())
    for persona in load(lambda: AUJOURDHUI):
        arguments = presenter(persona, schema)["arguments"]
        assert {bloc: set(valeurs) for bloc, valeurs in arguments.items()} == arguments_requis(schema)


def test_identities_are_written_with_every_word_of_the_input() -> None:
    assert set(PivotEcrit.__struct_fields__) == set(IdentitePivotInput.__annotations__)
    assert set(IdentiteEcrite.__struct_fields__) == set(IdentiteInput.__annotations__)


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (FICHE + "  age: 12\n", "age"),
        (FICHE.replace("prenoms", "prenom"), "prenom"),
        (FICHE.replace("DUPONT", "D0PONT"), "identitePivot.nomNaissance"),
        (FICHE + FICHE, "dupont-jean"),
        (FICHE + "  vues: [", "foyer.yaml"),
        (FICHE.replace("  identite:", "  vues: 3\n  identite:"), "vues"),
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path: Path, contenu: str, dit: str) -> None:
    with pytest.raises(PersonaInvalide, match=dit):
        charger(tmp_path, contenu)


def test_a_tax_number_is_held_by_one_person_only(tmp_path: Path) -> None:
    cle = "    numeroFiscal: '3001234567890'\n"
    charger(tmp_path, FICHE + cle, "a.yaml")
    with pytest.raises(PersonaInvalide, match="numero_fiscal"):
        charger(tmp_path, FICHE.replace("dupont-jean", "dupont-jeanne") + cle, "b.yaml")


def test_a_folder_without_any_person_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PersonaInvalide):
        load(lambda: AUJOURDHUI, tmp_path)


def test_a_date_stays_the_text_that_was_written(tmp_path: Path) -> None:
    (persona,) = charger(tmp_path, FICHE + "  vues: {source: {dateNaissance: 2012-04-01}}\n")
    assert persona.vues == {"source": {"dateNaissance": "2012-04-01"}}
