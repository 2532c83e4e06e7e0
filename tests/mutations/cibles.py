"""What is mutated, and the quick tests that should notice: the nearest first, since one failure is enough."""

from typing import NamedTuple

#: Tests that a change made in their own process cannot reach, or that are long.
ECARTES = (
    "tests/audit/test_kill9.py",
    "tests/habilitations/test_migrations.py",
    "tests/habilitations/test_quotas_campagne.py",
    "tests/habilitations/test_cli_habilitations.py",
)


class Cible(NamedTuple):
    """Modules of one folder, and their tests."""

    dossier: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


CIBLES = (
    Cible(
        "resolvers",
        ("plan", "planner", "selection", "projection", "visibilite"),
        ("tests/resolvers", "tests/gateway/test_plusieurs_personnes.py", "tests/proprietes"),
    ),
    Cible(
        "habilitations",
        ("jeton", "acces", "lecture", "regles", "citoyen", "adresses"),
        ("tests/habilitations", "tests/gateway/test_acces.py", "tests/gateway/test_franceconnect.py"),
    ),
    Cible("habilitations", ("quotas",), ("tests/habilitations/test_quotas.py", "tests/gateway/test_quotas.py")),
    Cible(
        "audit",
        ("pseudonyme", "scribe", "registre", "partie", "chainage", "scelles"),
        ("tests/audit", "tests/gateway/test_journal_scelle.py"),
    ),
    Cible(
        "gateway",
        ("traces",),
        (
            "tests/gateway/test_plusieurs_personnes.py",
            "tests/gateway/test_acces.py",
            "tests/gateway/test_etats_du_service.py",
            "tests/gateway/test_attestation.py",
            "tests/audit/test_canaris.py",
            "tests/gateway/test_http.py",
        ),
    ),
)
