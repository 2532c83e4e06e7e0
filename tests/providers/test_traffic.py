from dataclasses import replace
from datetime import datetime, time

import pytest

from graph.circonstances import PARIS
from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    IdentifiantManquant,
    IdentiteAmbigue,
    SourceDelaiDepasse,
    SourceIndisponible,
    SourceMaintenance,
    SourceQuota,
)
from graph.identite import INE, NUMERO_FISCAL
from graph.situation_fiscale import SituationFiscale
from graph.source import Disponibilite, EtatDeSource
from providers._maintenance import Fenetre
from providers._source import ApiKey, Source, UpstreamResponse
from providers._traffic import Traffic, reussite

SOURCE = Source(
    nom="dgfip",
    libelle="DGFIP",
    fournisseur="API Impôt",
    fournit=SituationFiscale,
    identifications=(),
    auth=ApiKey("x-cle", lambda _: "cle", ("cle",)),
    request=lambda _demande, _appel: pytest.fail("never called"),
    read=lambda _reponse, _demande, _appel: SituationFiscale(**dict.fromkeys(SituationFiscale.__annotations__)),
    simulate=lambda _call, _personas: UpstreamResponse(500),
)


MIDI = datetime(2026, 11, 24, 12, tzinfo=PARIS)


class Horloge:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.maintenant = 50.0

    def __call__(self) -> float:
        return self.maintenant


def observer(*durees: int, echecs: int = 0, horloge: Horloge | None = None) -> EtatDeSource:
    traffic = Traffic(horloge or Horloge())
    for rang, duree in enumerate(durees):
        traffic.record("dgfip", ok=rang >= echecs, duree_ms=duree)
        traffic.record("autre", ok=False, duree_ms=9_999)
    return traffic.etat(SOURCE, MIDI)


def test_nothing_is_said_of_a_source_that_nobody_called() -> None:
    etat = observer()
    assert (etat.nom, etat.libelle, etat.fournisseur, etat.bloc) == ("dgfip", "DGFIP", "API Impôt", "SituationFiscale")
    assert (etat.disponibilite, etat.appels_recents, etat.latence_mediane_ms) == (Disponibilite.INCONNUE, 0, None)


@pytest.mark.parametrize(
    ("appels", "echecs", "attendue"),
    [
        (1, 0, Disponibilite.DISPONIBLE),
        (11, 1, Disponibilite.DISPONIBLE),
        (10, 1, Disponibilite.PERTURBEE),
        (10, 9, Disponibilite.PERTURBEE),
        (10, 10, Disponibilite.INDISPONIBLE),
        (1, 1, Disponibilite.INDISPONIBLE),
    ],
)
def test_a_source_is_disturbed_from_one_failure_in_ten(appels: int, echecs: int, attendue: Disponibilite) -> None:
    assert observer(*[5] * appels, echecs=echecs).disponibilite is attendue


def test_the_latency_is_the_median_of_real_calls() -> None:
    assert observer(900, 10, 20).latence_mediane_ms == 20
    assert observer(10, 20).latence_mediane_ms == 10


def test_what_is_older_than_ten_minutes_is_forgotten() -> None:
    horloge = Horloge()
    traffic = Traffic(horloge)
    traffic.record("dgfip", ok=False, duree_ms=1)
    horloge.maintenant += 600
    traffic.record("dgfip", ok=True, duree_ms=2)
    assert traffic.etat(SOURCE, MIDI).appels_recents == 2
    horloge.maintenant += 1
    etat = traffic.etat(SOURCE, MIDI)
    assert (etat.appels_recents, etat.disponibilite) == (1, Disponibilite.DISPONIBLE)


def test_the_memory_of_calls_is_bounded() -> None:
    assert observer(*[1] * 10_050).appels_recents == 10_000


def avant_appel(erreur: ErreurDeBloc) -> ErreurDeBloc:
    """Return an error as it is when it spared the call."""
    erreur.appelee = False
    return erreur


@pytest.mark.parametrize(
    ("erreur", "attendue"),
    [
        (None, True),
        (DossierAbsent(), True),
        (IdentiteAmbigue(), True),
        (SourceIndisponible(cause="SOURCE_INJOIGNABLE"), False),
        (SourceDelaiDepasse(), False),
        (SourceQuota(), False),
        (avant_appel(IdentifiantManquant(("ine",))), None),
        (avant_appel(SourceMaintenance()), None),
        (SourceIndisponible(cause="ADAPTATEUR"), None),
        (SourceDelaiDepasse(cause="DELAI_EPUISE"), None),
    ],
)
def test_an_answer_is_a_success_even_when_it_is_empty(erreur: ErreurDeBloc | None, attendue: bool | None) -> None:  # noqa: FBT001 - a parameter of the test
    assert reussite(erreur) is attendue


def test_a_source_in_maintenance_says_until_when_whatever_its_traffic() -> None:
    source = replace(SOURCE, maintenances=(Fenetre(time(11, 30), time(12, 15)),))
    traffic = Traffic(Horloge())
    traffic.record("dgfip", ok=True, duree_ms=1)
    etat = traffic.etat(source, MIDI)
    assert (etat.disponibilite, etat.retablissement) == (
        Disponibilite.EN_MAINTENANCE,
        datetime(2026, 11, 24, 12, 15, tzinfo=PARIS),
    )
    assert traffic.etat(SOURCE, MIDI).retablissement is None


def test_a_source_states_the_keys_that_it_accepts() -> None:
    source = replace(SOURCE, identifications=(NUMERO_FISCAL, INE))
    assert Traffic(Horloge()).etat(source, MIDI).identifiants == ["numeroFiscal", "ine"]
