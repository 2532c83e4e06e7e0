from datetime import UTC, datetime

import pytest

from graph.errors import DestinataireInvalide, DestinataireNonCouvert
from habilitations.destinataire import destinataire
from habilitations.habilitation import Acces, Habilitation

DINUM, PARIS = "13002526500013", "21750001600019"


def acces(*sirets: str) -> Acces:
    debut = datetime(2026, 1, 1, tzinfo=UTC)
    habilitation = Habilitation("h", "Cantines", sirets, frozenset(), "CRPA, art. L. 114-8", debut, None)
    return Acces("j", datetime(2027, 1, 1, tzinfo=UTC), habilitation)


def test_the_only_recipient_is_the_default() -> None:
    assert destinataire(acces(PARIS), None) == PARIS


def test_a_covered_recipient_is_chosen_by_the_header() -> None:
    assert destinataire(acces(PARIS, DINUM), DINUM) == DINUM


def test_the_header_is_required_when_several_recipients_are_covered() -> None:
    with pytest.raises(DestinataireInvalide) as refus:
        destinataire(acces(PARIS, DINUM), None)
    assert "obligatoire" in refus.value.detail


@pytest.mark.parametrize("entete", ["", "2175000160001", "21750001600018", "mairie de Paris"])
def test_a_header_that_is_not_a_siret_is_refused(entete: str) -> None:
    with pytest.raises(DestinataireInvalide):
        destinataire(acces(PARIS), entete)


def test_a_recipient_that_the_grant_does_not_cover_is_refused() -> None:
    with pytest.raises(DestinataireNonCouvert):
        destinataire(acces(PARIS), DINUM)


def test_an_establishment_of_la_poste_is_judged_by_the_grant_and_not_by_luhn() -> None:
    with pytest.raises(DestinataireNonCouvert):
        destinataire(acces(PARIS), "35600000000001")
