"""What docs/depuis-rest-v3.md says in sentences: what changes for an editor, and the codes of errors."""

TETE = """\
# Depuis REST v3

<!-- Engendré par `make docs` depuis graph/ et gateway/doc_rest_v3.py : ne modifiez pas ce fichier. -->

Pour qui appelle déjà API Particulier en REST v3 : ce qui change, puis la place de chaque code d'erreur et de chaque
clé.

## Ce qui change

- **Un seul appel.** `POST /graphql` remplace tous les chemins et leurs modalités (`/identite`, `/ine`,
  `/france_connect`…). La requête nomme la personne et les champs voulus ; les sources concernées, et elles seules,
  sont interrogées en parallèle. Il n'y a plus d'enveloppe : la clé `data.quotient_familial.valeur` d'une réponse se
  lit dans `data.particulier.dossierAllocataire.quotientFamilial.valeur`.
- **Rien dans l'adresse.** L'identité est une variable de la requête, dans le corps. `identite` réunit les clés que
  vous connaissez (`identitePivot`, `ine`…) ; chaque source prend la première qu'elle comprend.
- **Destinataire.** Le paramètre `recipient` devient l'en-tête `X-Destinataire`, facultatif quand l'habilitation ne
  couvre qu'un SIRET.
- **FranceConnect.** Le jeton de l'usager va dans l'en-tête `X-FranceConnect-Token`, à la place de `identitePivot` ;
  celui de l'habilitation reste dans `Authorization`. Les scopes sont ceux que l'usager a consentis, sans les identités.
- **Une erreur par champ.** Le statut est 200 dès qu'il y a `data` : une source en panne ou un champ refusé n'emporte
  pas le reste. Un champ nul par notre fait a une entrée dans `errors`, dont `extensions.code` dit pourquoi ; les
  statuts 4xx et 5xx ne valent plus que pour la requête entière.
- **Scopes.** Ils gardent leurs noms. Un champ sans le sien est nul avec `NON_HABILITE`, qui nomme le scope manquant.
  `situationFiscale` n'était pas en REST v3 : ses scopes lui sont propres, et ses clés, ci-dessous, sont celles de la
  v2.
- **Prénoms.** `prenoms` est toujours une liste ; `prenom`, au singulier, reste le premier.
- **Dates.** `Date` est un jour complet, `AAAA-MM-JJ`, sans heure ; dans `DatePartielle`, `00` remplace ce qui est
  inconnu (`1987-06-00`).
- **Valeurs.** Le sexe vaut `M` ou `F` chez toutes les sources, les nomenclatures fermées sont des énumérations
  du schéma, un montant est un nombre en euros, et un texte vide est nul.
- **Concordance.** `meta.identity_matching` devient `sources { concordance { nom prenoms dateNaissance } }`, pour
  toute source qui rend une identité.

```graphql
query ($identite: IdentiteInput) {
  particulier(identite: $identite) {
    dossierAllocataire { quotientFamilial { valeur } }
    statutEtudiant { admissions { estInscrit } }
    sources { chemin etat code }
  }
}
```
"""

ERREURS = """
## Les codes d'erreur

`XX` est le numéro du fournisseur, quel qu'il soit. Que faire de chaque code : [Erreurs](erreurs.md).

"""

#: Codes of REST v3, what happened, our code; blank: that no longer happens.
CODES = (
    ("`00101` `00106` `00108` `00109`", "jeton absent, inconnu ou d'un autre environnement", "JETON_INVALIDE"),
    ("`00103`", "jeton expiré", "JETON_EXPIRE"),
    ("`00105`", "jeton sur liste noire", "JETON_REVOQUE"),
    ("`00107`", "adresse IP non autorisée", "ADRESSE_NON_AUTORISEE"),
    ("`00100`", "scope manquant : le champ seul est refusé", "NON_HABILITE"),
    ("`00203` `00210` `00211`", "destinataire absent ou invalide", "DESTINATAIRE_INVALIDE"),
    ("`00213`", "destinataire non couvert", "DESTINATAIRE_NON_COUVERT"),
    ("`00401`", "requête mal formée", "REQUETE_INVALIDE"),
    ("`003XX` `004XX`, hors des autres lignes", "paramètre mal formé", "PARAMETRE_INVALIDE"),
    ("les mêmes", "paramètre que cette source demande, et qui manque", "IDENTIFIANT_MANQUANT"),
    ("`00429`", "trop d'appels", "QUOTA_DEPASSE"),
    ("`00500`", "erreur interne", "ERREUR_INTERNE"),
    ("`50001` à `50003`, `51501` à `51503`", "jeton FranceConnect refusé", "FRANCECONNECT_INVALIDE"),
    ("`00015` `00212` `00402` `00503`", "doublon en cours, délégation, version, chemin sans réponse", ""),
    (
        "`10003` `23003` `30004` `35003` `40003` `42003`, parfois `24003` `25003`",
        "personne connue, sans dossier",
        "DOSSIER_ABSENT",
    ),
    (
        "`00355` `XX560` `24003` `25003` `26003` `30003` `31003` `39003` `41003` `42005`",
        "identité non reconnue",
        "IDENTITE_NON_RECONNUE",
    ),
    ("`37003` `39400`, parfois `30003`", "hors du champ de la source", "NON_ELIGIBLE"),
    ("`00391` `XX015` `XX563`", "plusieurs personnes possibles", "IDENTITE_AMBIGUE"),
    ("–", "réponse qui concerne quelqu'un d'autre", "IDENTITE_INCOHERENTE"),
    (
        "`00366` `XX561` `XX562` `XX564` `XX565`",
        "paramètre que la source refuse",
        "PARAMETRE_REFUSE_PAR_LA_SOURCE",
    ),
    (
        "`XX000` `XX001` `XX004` `XX006` `XX009` `XX011` `00501`",
        "source en panne ou injoignable",
        "SOURCE_INDISPONIBLE",
    ),
    ("`XX002`", "source trop lente", "SOURCE_DELAI_DEPASSE"),
    ("`XX008`", "source qui limite les appels", "SOURCE_QUOTA"),
    ("`XX020`", "source en maintenance", "SOURCE_MAINTENANCE"),
    ("`XX005` `XX007` `XX998` `XX999`", "réponse inattendue de la source", "SOURCE_REPONSE_INVALIDE"),
)
