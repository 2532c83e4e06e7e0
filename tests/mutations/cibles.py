"""What is mutated, and the quick tests that should notice: the nearest first, since one failure is enough."""

from typing import NamedTuple


class Cible(NamedTuple):
    """Modules of one folder, and their tests."""

    dossier: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


_JOURNAL = ("journal", "journal_isole", "chaine", "scelles", "export")
CIBLES = (
    Cible(
        "resolvers",
        ("plan", "planner", "selection", "projection", "visibilite"),
        (
            "tests/resolvers",
            "tests/proprietes",
            "tests/gateway/test_plusieurs_personnes.py",
            "tests/gateway/test_mes_consultations.py",
            "tests/gateway/test_review.py",
        ),
    ),
    Cible(
        "habilitations",
        ("jeton", "acces", "lecture", "regles", "citoyen", "adresses"),
        (
            *(f"tests/habilitations/test_{nom}.py" for nom in ("jeton", "jetons", "habilitations", "adresses")),
            *(f"tests/habilitations/test_{nom}.py" for nom in ("franceconnect", "destinataire", "datapass")),
            *(f"tests/habilitations/test_{nom}.py" for nom in ("incompatibles", "delegations", "instruction")),
            "tests/gateway/test_acces.py",
            "tests/gateway/test_franceconnect.py",
        ),
    ),
    Cible("habilitations", ("quotas",), ("tests/habilitations/test_quotas.py", "tests/gateway/test_quotas.py")),
    Cible(
        "audit",
        ("plume", "scribe", "liaison", "journal_isole", "registre", "partie", "chainage", "scelles"),
        (
            *(f"tests/audit/test_{nom}.py" for nom in _JOURNAL),
            "tests/audit/test_verification.py",
            "tests/gateway/test_journal_scelle.py",
            "tests/audit/test_fail_closed.py",
        ),
    ),
    Cible(
        "audit",
        ("pseudonyme", "rattachement", "precisions", "accord", "trousseau"),
        (
            *(f"tests/audit/test_{nom}.py" for nom in ("pseudonyme", "rattachement", "accord", "trousseau")),
            "tests/audit/test_consultations.py",
            *(f"tests/gateway/test_{nom}.py" for nom in ("cles", "ine_de_l_usager", "mes_consultations")),
        ),
    ),
    Cible(
        "gateway",
        ("curseurs",),
        ("tests/gateway/test_curseurs_du_journal.py", "tests/gateway/test_mes_consultations.py"),
    ),
    Cible(
        "gateway",
        ("traces",),
        (
            "tests/gateway/test_plusieurs_personnes.py",
            "tests/gateway/test_acces.py",
            "tests/gateway/test_attestation.py",
            "tests/gateway/test_etats_du_service.py",
            "tests/gateway/test_mes_consultations.py",
            "tests/gateway/test_demarrage.py",
            "tests/audit/test_canaris.py",
        ),
    ),
)
