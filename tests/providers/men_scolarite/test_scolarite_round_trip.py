from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.demande import Demande
from graph.enums import Sexe
from graph.identite import DateNaissance, Identite, IdentitePivot
from graph.scolarite import CodeRegimePensionnat
from graph.scolarite_saisie import Perimetre
from providers.men_scolarite import SOURCE
from tests.providers.allers_retours import Epreuve, mutations

EPREUVE = Epreuve(
    SOURCE,
    Demande(
        Identite(pivot=IdentitePivot("Martin", ("Camille",), DateNaissance(2007, 7, 7), sexe=Sexe.M)),
        annee_scolaire=2025,
        perimetre=Perimetre(code_etablissement="0890003V"),
    ),
    headers=(("content-type", "text/plain"),),
)
TEXTES = st.sampled_from([None, "", " ", "1CAP1 STAFFEUR", "ÉCOLE"])
IDENTIFICATIONS = st.fixed_dictionaries(
    {
        "nom": st.sampled_from(["MARTIN", "D'Œuvre-Dupré"]),
        "prenom": TEXTES,
        "sexe": st.sampled_from([1, 2]),
        "date-naissance": st.one_of(st.none(), st.just(""), st.dates().map(str)),
        "etablissement": st.fixed_dictionaries(
            {"code-uai": st.just("0890003V")}, optional={"ministere-tutelle": TEXTES}
        ),
        "annee-scolaire": st.sampled_from(["2025", "2025-2026"]),
    },
    optional={"prenom2": TEXTES, "prenom3": TEXTES},
)
SCOLARITES = st.fixed_dictionaries(
    {
        "est-scolarise": st.just(value=True),
        "statut-eleve": st.fixed_dictionaries({"code": st.sampled_from(["ST", "AP", "ZZ"]), "libelle": TEXTES}),
    },
    optional={
        "code-mef-stat": TEXTES,
        "libelle-long-mef": TEXTES,
        "code-regime": st.sampled_from([None, "", *(code.value for code in CodeRegimePensionnat)]),
    },
)
BOURSES = st.fixed_dictionaries(
    {"est-boursier": st.one_of(st.none(), st.booleans())},
    optional={"niveau-bourse": st.one_of(st.none(), st.integers(1, 6))},
)
ELEVES = st.fixed_dictionaries(
    {"identification": IDENTIFICATIONS, "info-scolarite": SCOLARITES},
    optional={"info-bourse": st.one_of(st.none(), BOURSES)},
)


@given(ELEVES)
@settings(max_examples=60, deadline=None)
def test_whatever_the_contract_allows_is_read(corps: dict[str, Any]) -> None:
    EPREUVE.valide(corps)


@given(ELEVES.flatmap(lambda corps: st.tuples(st.just(corps), mutations(corps))))
@settings(max_examples=60, deadline=None)
def test_no_change_breaks_the_reader_or_shows_a_value(tire: Any) -> None:
    corps, mutation = tire
    EPREUVE.mutation(corps, *mutation)
