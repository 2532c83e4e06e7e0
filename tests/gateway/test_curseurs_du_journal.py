"""A cursor of a citizen's journal serves her alone, and says nothing: neither of whom, nor of what is not shown."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from audit.consultations import EXAMINES_MAX
from audit.journal import Journal
from audit.mois import Mois
from audit.pseudonyme import pseudonymes
from audit.trace import Intention
from audit.trousseau import Trousseau
from gateway.sceau import sceau
from graph.identite import Identite
from sandbox.personas import DOSSIER, load
from tests.application import INSTANT, Application, Horloge, Personnes, application, reglages
from tests.audit.journaux import SOBRE

ELLE, HOMONYME, AUTRE = "bernard-camille-lyon", "bernard-camille-marseille", "dubois-angela"
PAGE = """query ($premiers: Int, $apres: String) { mesConsultations(premiers: $premiers, apres: $apres) {
  edges { cursor node { reference } } pageInfo { hasNextPage startCursor endCursor } depuis } }"""
#: Traces that a busy disk takes within the budget of one write.
LOT = 100
JADIS = INSTANT - timedelta(days=70)


def sur(dossier: Path, nom: str, instant: datetime = JADIS, rang: int = 0) -> Intention:
    """Return an access about a persona, named by all that FranceConnect would say of her."""
    identite: Identite = next(une for une in load(INSTANT.date, DOSSIER) if une.nom == nom).par_france_connect
    cle = Trousseau(reglages(dossier).cles_pseudonymes, bac_a_sable=True).du_mois(Mois.de(instant))
    portes = pseudonymes(cle, identite)
    return replace(SOBRE, requete=str(uuid4()), rang=rang, instant=instant, pseudonymes=portes)


async def deposer(dossier: Path, *intentions: Intention) -> None:
    """Write accesses as a server of before did."""
    settings, horloge = reglages(dossier), Horloge()
    assert isinstance(settings.journal, Path)
    journal = Journal(settings.journal, horloge, sceau(settings, horloge))
    await journal.ouvrir()
    for debut in range(0, len(intentions), LOT):
        await journal.ecrire(intentions[debut : debut + LOT])
    await journal.aclose()


async def lire(app: Application, citoyen: str, **variables: Any) -> dict[str, Any]:
    jeton = (await app.jeton_de("citoyen"))["jeton"]
    reponse = await app.demander(PAGE, variables, jeton, {"X-FranceConnect-Token": citoyen})
    corps: dict[str, Any] = reponse.json()
    return corps


async def page(app: Application, citoyen: str, **variables: Any) -> tuple[list[str], dict[str, Any]]:
    """Return the references of a page, and where it stands."""
    corps = await lire(app, citoyen, **variables)
    assert "errors" not in corps
    lue = corps["data"]["mesConsultations"]
    return [edge["node"]["reference"] for edge in lue["edges"]], lue["pageInfo"] | {"depuis": lue["depuis"]}


def lectures(curseur: str) -> Iterator[bytes]:
    """Yield every way of reading a cursor without a key."""
    yield curseur.encode()
    yield base64.urlsafe_b64decode(curseur + "=" * (-len(curseur) % 4))


async def test_the_cursor_of_an_empty_page_says_nothing_of_the_accesses_that_were_passed_over(tmp_path: Path) -> None:
    sienne, cachee = sur(tmp_path, ELLE), sur(tmp_path, HOMONYME)
    caches = [UUID(int=rang + 1) for rang in range(EXAMINES_MAX + 100)]
    await deposer(tmp_path, sienne, *(replace(cachee, requete=str(un)) for un in caches))
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as app:
        vide, place = await page(app, ELLE)
        assert (vide, place["hasNextPage"], place["startCursor"]) == ([], True, None)
        dits = list(lectures(place["endCursor"]))
        assert [un for un in caches for dit in dits if un.bytes in dit or str(un).encode() in dit] == []
        # The same place is never told by the same words: that another access was hidden since would show.
        assert (await page(app, ELLE))[1]["endCursor"] != place["endCursor"]
        suite, fin = await page(app, ELLE, apres=place["endCursor"])
        assert (suite, fin["hasNextPage"]) == ([sienne.requete], False)


async def test_a_cursor_does_not_tell_the_rank_of_the_citizen_among_those_named_with_her(tmp_path: Path) -> None:
    await deposer(tmp_path, sur(tmp_path, ELLE), sur(tmp_path, ELLE, rang=7))
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as app:
        _, place = await page(app, ELLE, premiers=1)
        assert [dit for dit in lectures(place["endCursor"]) if dit.endswith(b"\0\7")] == []
        assert len((await page(app, ELLE, apres=place["endCursor"]))[0]) == 1


async def test_a_cursor_serves_her_alone_and_cannot_be_made_from_a_reference(tmp_path: Path) -> None:
    sienne, cachee = sur(tmp_path, ELLE), sur(tmp_path, HOMONYME)
    await deposer(tmp_path, sur(tmp_path, ELLE), cachee, sienne)
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as app:
        _, place = await page(app, ELLE, premiers=1)
        sien = place["endCursor"]
        assert (await page(app, ELLE, apres=sien))[0] != []
        faits = [_en_clair(UUID(une.requete), len(sien)) for une in (sienne, cachee)]
        altere = sien[:-1] + ("A" if sien[-1] != "A" else "B")
        refus = [await lire(app, ELLE, apres=un) for un in (*faits, altere, "A" * len(sien), "")]
        refus += [await lire(app, qui, apres=sien) for qui in (HOMONYME, AUTRE)]
        assert {(un["errors"][0]["extensions"]["code"], un["errors"][0]["message"]) for un in refus} == {
            ("PARAMETRE_INVALIDE", refus[0]["errors"][0]["message"])
        }


def _en_clair(requete: UUID, longueur: int) -> str:
    return base64.urlsafe_b64encode(requete.bytes + bytes(longueur)).decode()[:longueur]


@pytest.mark.parametrize("premiers", [1, 2])
async def test_a_month_forgotten_between_two_pages_ends_the_journal_there(tmp_path: Path, premiers: int) -> None:
    instants = [INSTANT - timedelta(days=jours) for jours in (100, 90, 70, 40, 1)]
    accesses = [sur(tmp_path, ELLE, instant) for instant in instants]
    await deposer(tmp_path, *accesses)
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as app:
        lus, place = await page(app, ELLE, premiers=3)
        assert lus == [une.requete for une in accesses[:1:-1]]
        # The cursor names an access of September, the month of which is forgotten with those before it.
        for mois in (Mois(2026, 8), Mois(2026, 9)):
            (reglages(tmp_path).cles_pseudonymes / f"{mois}.cle").unlink()
        assert (place["hasNextPage"], place["depuis"]) == (True, "2026-08-01T00:00:00+00:00")
        suite, fin = await page(app, ELLE, premiers=premiers, apres=place["endCursor"])
        assert (suite, fin["hasNextPage"], fin["endCursor"]) == ([], False, None)
        # What is not there any more does not pass for what never was.
        assert fin["depuis"] == "2026-10-01T00:00:00+00:00"
