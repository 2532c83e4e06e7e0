import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import (
    ErreurDeBloc,
    SourceDelaiDepasse,
    SourceIndisponible,
    SourceQuota,
    SourceReponseInvalide,
)
from providers._outcome import juger, traduire_panne
from providers._pannes import PanneDeTransport
from providers._source import Paires, UpstreamResponse

DATE = ("date", "Sun, 06 Nov 1994 08:49:00 GMT")


@pytest.mark.parametrize(
    ("status", "attendue", "cause"),
    [
        (401, SourceIndisponible, "HABILITATION_SOURCE"),
        (403, SourceIndisponible, "HABILITATION_SOURCE"),
        (429, SourceQuota, "SOURCE_QUOTA"),
        (502, SourceIndisponible, "SOURCE_SURCHARGE"),
        (503, SourceIndisponible, "SOURCE_SURCHARGE"),
        (504, SourceIndisponible, "SOURCE_SURCHARGE"),
        (500, SourceIndisponible, "SOURCE_ERREUR"),
        (599, SourceIndisponible, "SOURCE_ERREUR"),
        (301, SourceReponseInvalide, "SOURCE_REDIRECTION"),
        (307, SourceReponseInvalide, "SOURCE_REDIRECTION"),
        (200, SourceReponseInvalide, "SOURCE_STATUT_INATTENDU"),
        (204, SourceReponseInvalide, "SOURCE_STATUT_INATTENDU"),
        (400, SourceReponseInvalide, "SOURCE_STATUT_INATTENDU"),
        (418, SourceReponseInvalide, "SOURCE_STATUT_INATTENDU"),
        (999, SourceReponseInvalide, "SOURCE_STATUT_INATTENDU"),
    ],
)
def test_every_status_has_one_meaning(status: int, attendue: type[ErreurDeBloc], cause: str) -> None:
    erreur = juger(UpstreamResponse(status))
    assert (type(erreur), erreur.cause, erreur.retry_after_ms) == (attendue, cause, None)


@pytest.mark.parametrize(
    ("entetes", "quota", "surcharge"),
    [
        ((("retry-after", "7"),), 7_000, 7_000),
        ((("retry-after", " 120 "),), 120_000, 60_000),
        ((("retry-after", "0"),), 1_000, 1_000),
        ((("retry-after", "1000000000"),), 300_000, 60_000),
        ((("retry-after", "9" * 5000),), 300_000, 60_000),
        ((("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), DATE), 37_000, 37_000),
        ((("retry-after", "Sunday, 06-Nov-94 08:49:37 GMT"), DATE), 37_000, 37_000),
        ((("retry-after", "Sun, 06 Nov 1994 08:49:37"), DATE), 37_000, 37_000),
        ((("retry-after", "Sun, 06 Nov 1994 07:00:00 GMT"), DATE), 1_000, 1_000),
        ((("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),), 1_000, 1_000),
        ((("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"), ("date", "hier")), 300_000, 60_000),
        ((("retry-after", "-5"),), None, None),
        ((("retry-after", "bientôt"),), None, None),
        ((("retry-after", "1.5"),), None, None),
        ((("retry-after", "٣"),), None, None),
        ((("retry-after", "Sun, 99 Nov 1994 08:49:37 GMT"),), None, None),
        ((("retry-after", "Sun, 06 Nov 99999999999999999999 08:49:37 GMT"),), None, None),
        ((("retry-after", ""),), None, None),
    ],
)
def test_a_delay_is_read_within_bounds_and_garbage_is_nothing(
    entetes: Paires, quota: int | None, surcharge: int | None
) -> None:
    assert juger(UpstreamResponse(429, entetes)).retry_after_ms == quota
    assert juger(UpstreamResponse(503, entetes)).retry_after_ms == surcharge


@given(st.text(), st.text())
def test_no_header_can_break_the_judgement(delai: str, date: str) -> None:
    lu = juger(UpstreamResponse(429, (("retry-after", delai), ("date", date)))).retry_after_ms
    assert lu is None or 1_000 <= lu <= 300_000


def pannes(classe: type[PanneDeTransport] = PanneDeTransport) -> list[type[PanneDeTransport]]:
    return [fille for directe in classe.__subclasses__() for fille in (directe, *pannes(directe))]


def test_every_broken_exchange_is_an_unavailable_source_with_its_cause() -> None:
    lues = {classe.__name__: traduire_panne(classe()) for classe in pannes()}
    assert {nom: (type(erreur), erreur.cause) for nom, erreur in lues.items()} == {
        "Injoignable": (SourceIndisponible, "SOURCE_INJOIGNABLE"),
        "TlsRefuse": (SourceIndisponible, "SOURCE_TLS"),
        "Interrompue": (SourceIndisponible, "SOURCE_INTERROMPUE"),
        "NonConforme": (SourceReponseInvalide, "SOURCE_REPONSE_NON_CONFORME"),
        "EncodageRefuse": (SourceReponseInvalide, "SOURCE_ENCODAGE_REFUSE"),
        "TropGrosse": (SourceReponseInvalide, "SOURCE_REPONSE_TROP_GROSSE"),
        "DelaiDepasse": (SourceDelaiDepasse, "SOURCE_DELAI_DEPASSE"),
        "RequeteImpossible": (SourceIndisponible, "ADAPTATEUR"),
    }
