"""Once the key of a month is destroyed its persons are linkable to nobody, and the journal still proves itself."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from audit.cle import DES_SCELLES, lire
from audit.export import exporter_personne
from audit.mois import Mois
from audit.pseudonyme import pseudonymes
from audit.scelles import chemin_par_defaut, cle_publique
from audit.trousseau import CONSERVATION, Trousseau
from audit.verification import verifier
from graph.identite import Identite
from sandbox.personas import DOSSIER, load
from tests.application import INSTANT, Application, application, reglages

#: The last month that may be forgotten, and the first that may not.
OUBLIE, GARDE = Mois.de(INSTANT).plus(-CONSERVATION - 1), Mois.de(INSTANT).plus(-CONSERVATION)
QUESTION = """query ($i: [IdentiteInput!]!) { particuliers(identites: $i) {
  statutEtudiant { identite { nomNaissance } } situationFiscale { revenuFiscalReference }
} }"""
SCOPES = {"mesri_identite", "dgfip_rfr", "dgfip_annee_n_moins_1", "dgfip_annee_n_moins_2"}
#: Persons that no administration knows, in each month.
INCONNUES, LOT = 40, 20


def instant(mois: Mois) -> datetime:
    return INSTANT.replace(year=mois.annee, month=mois.rang)


def ines(serie: int) -> list[str]:
    return [f"{serie}{rang:09}A" for rang in range(INCONNUES)]


async def consulter(app: Application, mois: Mois, identites: Iterable[Mapping[str, object]]) -> set[str]:
    """Consult persons in a month; return the identifiers of the requests."""
    app.horloge.instant = instant(mois)
    jeton = await app.jeton(SCOPES, personnes=LOT)
    toutes = list(identites)
    lots = [toutes[debut : debut + LOT] for debut in range(0, len(toutes), LOT)]
    reponses = [await app.demander(QUESTION, {"i": lot}, jeton) for lot in lots]
    assert {reponse.status_code for reponse in reponses} == {200}
    return {reponse.headers["x-request-id"] for reponse in reponses}


def trouvees(dossier: Path, cles: Iterable[bytes], personne: Identite) -> set[str]:
    """Return the requests in which a person is found, all that is known of her being given."""
    return {json.loads(ligne)["requete"] for ligne in exporter_personne(dossier / "journal.db", cles, personne)}


def octets(dossier: Path, motif: str = "journal.db*") -> bytes:
    return b"\n".join(fichier.read_bytes() for fichier in sorted(dossier.rglob(motif)) if fichier.is_file())


async def test_nobody_of_a_month_whose_key_is_destroyed_is_found_and_everybody_of_the_others_is(
    tmp_path: Path,
) -> None:
    connues = [une for une in load(INSTANT.date, DOSSIER) if une.ine or une.numero_fiscal]
    async with application(tmp_path) as app:
        fiches = await app.personnes()
        saisies = [fiches[une.nom]["identite"] for une in connues]
        # By their numbers alone: the état civil that sources return is what links them to a name.
        par_numero = [{cle: saisie[cle] for cle in ("ine", "numeroFiscal") if cle in saisie} for saisie in saisies]
        autrefois = await consulter(app, OUBLIE, [*saisies, *par_numero, *({"ine": ine} for ine in ines(1))])
        gardees = await consulter(app, GARDE, [*saisies, *par_numero, *({"ine": ine} for ine in ines(2))])
    trousseau = Trousseau(reglages(tmp_path).cles_pseudonymes)
    oubliee = trousseau.toutes()[str(OUBLIE)]
    disparues = [Identite(ine=ine) for ine in ines(1)]
    restees = [Identite(ine=ine) for ine in ines(2)]
    civils = [Identite(pivot=une.pivot) for une in connues]

    avant = trousseau.toutes().values()
    assert sum(bool(trouvees(tmp_path, avant, une)) for une in disparues) == INCONNUES
    assert all(trouvees(tmp_path, avant, une) & autrefois for une in civils)
    ecrit = octets(tmp_path)

    assert trousseau.oublier(INSTANT) == (str(OUBLIE),)

    apres = trousseau.toutes().values()
    assert sum(bool(trouvees(tmp_path, apres, une)) for une in disparues) == 0
    assert sum(bool(trouvees(tmp_path, apres, une)) for une in restees) == INCONNUES
    for personne in (*civils, *(une.identite for une in connues)):
        vues = trouvees(tmp_path, apres, personne)
        assert vues
        assert vues <= gardees
    assert oubliee not in octets(tmp_path, "*")
    assert octets(tmp_path) == ecrit
    noms = [un for cle in (*apres, trousseau.comptage()) for une in disparues for un in pseudonymes(cle, une)]
    assert not any(un.empreinte.encode() in ecrit for un in noms)
    assert all(un.empreinte.encode() in ecrit for une in disparues for un in pseudonymes(oubliee, une))

    publique = cle_publique(lire(reglages(tmp_path).cle_scelles, DES_SCELLES))
    rapport = verifier(tmp_path / "journal.db", chemin_par_defaut(tmp_path / "journal.db"), (publique,))
    assert rapport.intact
