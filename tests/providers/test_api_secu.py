import msgspec
import pytest

from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    IdentiteNonReconnue,
    ParametreRefuseParLaSource,
    SourceIndisponible,
    SourceReponseInvalide,
)
from providers._api_secu import Caisse, caisse, refus
from providers._source import Paires, UpstreamResponse

#: The identity, then the period, refused by the input control.
PARAMETRES = (40002, 40003, 40011, 40013, 40014, 40015, 40016, 40019, 40026, 40031, 40029)


def refusee(status: int, code: int, regime: str | None = None) -> ErreurDeBloc:
    headers: Paires = (("x-apisecu-fd", regime),) if regime else ()
    return refus(UpstreamResponse(status, headers, msgspec.json.encode({"errorCode": code, "error": "texte"})))


@pytest.mark.parametrize(
    ("status", "code", "regime", "attendue"),
    [
        (404, 40409, None, IdentiteNonReconnue),
        (404, 40409, "00810011", IdentiteNonReconnue),
        (404, 40406, None, DossierAbsent),
        (404, 40412, None, DossierAbsent),
        (404, 40404, "00810011", DossierAbsent),
        (404, 40404, "00171001", DossierAbsent),
        (404, 40404, "99430000", DossierAbsent),
        (404, 40404, None, SourceReponseInvalide),
        (404, 40404, "12345678", SourceReponseInvalide),
        (404, 40401, None, SourceReponseInvalide),
        (400, 40000, None, SourceIndisponible),
        (400, 40024, "00810011", SourceIndisponible),
        *((400, code, None, ParametreRefuseParLaSource) for code in PARAMETRES),
        (400, 50001, None, SourceReponseInvalide),
    ],
)
def test_each_refusal_has_one_meaning(status: int, code: int, regime: str | None, attendue: type[ErreurDeBloc]) -> None:
    assert type(refusee(status, code, regime)) is attendue


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"errorCode": "40409"}', b'{"errorCode": null}', b"[]"])
def test_a_refusal_that_cannot_be_read_says_nothing_of_the_person(status: int, body: bytes) -> None:
    with pytest.raises(SourceReponseInvalide):
        refus(UpstreamResponse(status, (("x-apisecu-fd", "00810011"),), body))


def test_the_header_names_who_answered() -> None:
    assert caisse(UpstreamResponse(200, (("x-apisecu-fd", " 00171001 "),))) is Caisse.MSA
    assert caisse(UpstreamResponse(200, (("x-apisecu-fd", ""),))) is None
    assert caisse(UpstreamResponse(200)) is None
