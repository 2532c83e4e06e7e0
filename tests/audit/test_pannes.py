"""When a running gateway loses its journal, nobody is answered, no source is called, and it heals by itself."""

import subprocess
import sys
from dataclasses import replace

import pytest

from tests.audit.pannes import Mesure

TENUE = Mesure("panne", envoyees=60, autres={}, appels=0, pire=1200, guerison=3)


@pytest.mark.parametrize(
    ("mesure", "faute"),
    [
        (replace(TENUE, envoyees=49), "trop peu de requêtes"),
        (replace(TENUE, autres={(200, "DONNEES"): 1}), "autres réponses {(200, 'DONNEES'): 1}"),
        (replace(TENUE, appels=1), "sources appelées"),
        (replace(TENUE, pire=1201), "refus tardif"),
        (replace(TENUE, guerison=None), "pas de guérison"),
    ],
)
def test_a_broken_promise_is_named(mesure: Mesure, faute: str) -> None:
    assert TENUE.fautes == ()
    assert mesure.fautes == (faute,)
    assert mesure.ligne().endswith(f"ROMPU : {faute}")


@pytest.mark.campagne
def test_every_failure_is_refused_in_time_and_heals() -> None:
    commande = (sys.executable, "-m", "tests.audit.pannes")
    fin = subprocess.run(commande, capture_output=True, text=True, check=False, timeout=600)  # noqa: S603 - our own program
    sys.stdout.write(f"\n{fin.stdout}")
    assert fin.returncode == 0, fin.stdout + fin.stderr
