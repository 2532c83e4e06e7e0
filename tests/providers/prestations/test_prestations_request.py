from dataclasses import replace
from typing import Any

import pytest

from graph.demande import Demande
from graph.errors import IdentifiantManquant
from graph.identite import DateNaissance, Identite
from providers._source import ClientCredentials, UpstreamRequest
from tests.providers.allers_retours import APPEL
from tests.providers.prestations.epreuves import CAS, DEMANDE, PIVOT, Cas, par_prestation


@par_prestation
def test_the_status_of_one_person_is_asked(cas: Cas) -> None:
    assert cas.source.request(DEMANDE, APPEL) == UpstreamRequest(
        "GET",
        f"/prestations/v1/{cas.prestation}",
        params=(
            ("nomNaissance", "Champion"),
            ("listePrenoms", "Jean-Pascal"),
            ("dateNaissance", "1980-06-12"),
            ("codeLieuNaissance", "17300"),
            ("codePaysNaissance", "99100"),
            ("genre", "M"),
        ),
        headers=(
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("X-Correlation-ID", APPEL.correlation),
            ("X-APIPART-FSFINAL", APPEL.destinataire),
        ),
    )


@par_prestation
def test_a_person_named_by_franceconnect_is_asked_about_alike(cas: Cas) -> None:
    par_france_connect = Demande(Identite(pivot=PIVOT, france_connect=True))
    assert cas.source.request(par_france_connect, APPEL) == cas.source.request(DEMANDE, APPEL)


@par_prestation
def test_each_prestation_has_its_own_client_and_scope(cas: Cas) -> None:
    assert cas.source.nom == f"cnav_{cas.prestation}"
    assert cas.source.auth == ClientCredentials(scope=cas.prestation, basic=True)


def test_no_two_prestations_share_a_name_or_a_bloc() -> None:
    assert len({cas.source.nom for cas in CAS}) == len({cas.source.fournit for cas in CAS}) == len(CAS) == 7


@par_prestation
@pytest.mark.parametrize("date", [DateNaissance(1980), DateNaissance(1980, 6), DateNaissance()])
def test_a_birth_date_known_in_part_is_sent_with_zeros(cas: Cas, date: DateNaissance) -> None:
    demande = Demande(Identite(pivot=replace(PIVOT, naissance=date)))
    assert dict(cas.source.request(demande, APPEL).params)["dateNaissance"] == str(date)


@par_prestation
@pytest.mark.parametrize("change", [{"sexe": None}, {"code_pays": None}, {"code_commune": None}])
def test_a_civil_status_that_does_not_say_where_is_not_sent(cas: Cas, change: dict[str, Any]) -> None:
    with pytest.raises(IdentifiantManquant):
        cas.source.request(Demande(Identite(pivot=replace(PIVOT, **change))), APPEL)
