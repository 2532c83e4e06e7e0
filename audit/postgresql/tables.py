"""The tables of the journal on PostgreSQL, what keeps them append-only, and every statement that the program makes."""

VERSION = 3
#: Record n of partie p bears the number p·2^40 + n: each process numbers its own, and none waits for another.
DECALAGE = 40

#: First key of our advisory locks; the second is the id of the partie that a session writes, or 0 to begin one.
VERROU = 0x4A52

# The role of the servers needs SELECT on all this, and INSERT on all but `version` and `en_cours`: nothing else.
# `en_cours` is kept by a trigger that runs as the owner. Whoever owns the tables can drop the triggers: they stop
# mistakes, not an owner.
_CREATION = f"""
CREATE SCHEMA journal;
CREATE TABLE journal.version (version integer NOT NULL);
INSERT INTO journal.version VALUES ({VERSION});
CREATE TABLE journal.partie (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    nom text NOT NULL UNIQUE, -- 32 hexadecimal digits
    ouverte bigint NOT NULL, -- microseconds since 1970, UTC
    liens text NOT NULL -- the parties before it, as they were: see audit/verificateur.py
);
CREATE TABLE journal.trace (
    seq bigint PRIMARY KEY CHECK (seq = (partie::bigint << {DECALAGE}) + numero),
    genre text NOT NULL, -- INTENT, OUTCOME or RECOVERED
    requete text NOT NULL,
    rang integer NOT NULL,
    instant bigint NOT NULL, -- microseconds since 1970, UTC
    corps text NOT NULL, -- canonical JSON
    partie integer NOT NULL, -- no foreign key: it would be looked up for each record
    numero bigint NOT NULL CHECK (numero > 0 AND numero < 1::bigint << {DECALAGE}), -- within its partie, from 1
    maillon bytea NOT NULL
);
-- Where a token, a request or a pseudonym is found, as in audit/index.py: every term leads to intentions, by the order
-- of their instants, and an intention to what came of it.
CREATE TABLE journal.entree (
    terme bigint NOT NULL,
    instant bigint NOT NULL,
    intention bigint NOT NULL,
    PRIMARY KEY (terme, instant, intention)
);
CREATE TABLE journal.suite (intention bigint NOT NULL, seq bigint NOT NULL, PRIMARY KEY (intention, seq));
-- A partie whose process is dead: another one completed its intentions, and nothing more may be added to it.
CREATE TABLE journal.cloture (
    partie integer PRIMARY KEY REFERENCES journal.partie,
    par integer NOT NULL REFERENCES journal.partie,
    premier bigint NOT NULL, -- number, in the partie that completed it, of the first recovery
    reprises bigint NOT NULL
);
CREATE TABLE journal.en_cours (
    requete text NOT NULL,
    rang integer NOT NULL,
    seq bigint NOT NULL,
    instant bigint NOT NULL,
    PRIMARY KEY (requete, rang)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
CREATE FUNCTION journal.suivre() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO journal.en_cours SELECT requete, rang, seq, instant FROM nouvelles WHERE genre = 'INTENT'
    ON CONFLICT DO NOTHING;
    DELETE FROM journal.en_cours e USING nouvelles n
    WHERE n.genre <> 'INTENT' AND e.requete = n.requete AND e.rang = n.rang;
    RETURN NULL;
END $$;
CREATE TRIGGER suivie AFTER INSERT ON journal.trace REFERENCING NEW TABLE AS nouvelles
FOR EACH STATEMENT EXECUTE FUNCTION journal.suivre();
CREATE FUNCTION journal.refuser() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'journal en ajout seul';
END $$;
"""  # noqa: S608 - our own words
_GARDE = """
CREATE TRIGGER {0}_en_ajout_seul BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.{0}
FOR EACH STATEMENT EXECUTE FUNCTION journal.refuser();
"""
# What no record holds and no seal answers for: its owner may take it away when a key is lost.
_EMPREINTES = """
CREATE TABLE journal.cle_du_mois (
    mois text PRIMARY KEY, -- AAAA-MM
    empreinte bytea NOT NULL -- of the key that persons are traced with: see audit/accord.py
);
"""
_GARDES = "".join(map(_GARDE.format, ("partie", "trace", "entree", "suite", "cloture")))
#: What makes the tables.
CREATION = _CREATION + _GARDES + _EMPREINTES

# NOTE: to_regclass answers from a cache, which a lock does not refresh.
EXISTE = """
SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'journal' AND c.relname = 'version')
"""
LIRE_VERSION = "SELECT version FROM journal.version"
EMPREINTES = "SELECT mois, empreinte FROM journal.cle_du_mois"
RETENUE = "INSERT INTO journal.cle_du_mois VALUES ($1, $2) ON CONFLICT DO NOTHING"
#: What the server's settings would let be lost: asked at each connection.
DURABILITE = """
SELECT current_setting('fsync') = 'on',
       CASE WHEN current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
       THEN set_config('synchronous_commit', 'on', false) END
"""

#: Takes the kinds, ranks, instants, requests and bodies of a batch, the maillons end to end, the partie, the number of
#: the first record; the terms of the index, and the ranks in the batch of the records that bear them. The terms of an
#: issue lead to its intention, which is in the batch too (its rank is then given), or under way. It is one transaction.
AJOUT = f"""
WITH lignes AS (
    SELECT ($7::integer::bigint << {DECALAGE}) + $8::bigint + n - 1 AS seq, l.*
    FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::text[])
         WITH ORDINALITY AS l (genre, rang, instant, requete, corps, n)
), ajoutees AS (
    INSERT INTO journal.trace (seq, genre, requete, rang, instant, corps, partie, numero, maillon)
    SELECT seq, genre, requete, rang, instant, corps, $7, $8 + n - 1, substr($6::bytea, 32 * n::integer - 31, 32)
    FROM lignes
    RETURNING 1
), intentions AS (
    SELECT n, seq, instant, seq AS intention FROM lignes WHERE genre = 'INTENT'
    UNION ALL
    SELECT l.n, l.seq, e.instant, e.seq FROM lignes l JOIN journal.en_cours e USING (requete, rang)
    WHERE l.genre <> 'INTENT'
    UNION ALL
    SELECT l.n, l.seq, i.instant, i.seq FROM unnest($11::integer[], $12::integer[]) AS p (suite, intention)
    JOIN lignes l ON l.n = p.suite JOIN lignes i ON i.n = p.intention
), suites AS (
    INSERT INTO journal.suite SELECT intention, seq FROM intentions WHERE intention <> seq ON CONFLICT DO NOTHING
), entrees AS (
    INSERT INTO journal.entree
    SELECT terme, instant, intention FROM unnest($9::bigint[], $10::integer[]) AS e (terme, n) JOIN intentions USING (n)
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM ajoutees
"""  # noqa: S608 - our own words
CONTENU = """
SELECT genre, rang, instant, requete, corps, maillon FROM journal.trace WHERE seq > $1 AND seq < $2 ORDER BY seq
LIMIT $3
"""

#: Commits a word that nobody reads: when it returns, all that was committed before is where commits must be.
CONFIRMER = "SELECT pg_logical_emit_message(true, 'particulier-journal', '')"

RESERVER = "SELECT pg_advisory_xact_lock($1::integer, $2::integer)"
TENIR = "SELECT pg_try_advisory_lock($1::integer, $2::integer)"
#: Ends the session of ours that the server has not seen die yet, and waits a little for it.
CHASSER = """
SELECT pg_terminate_backend(pid, 250) FROM pg_locks
WHERE locktype = 'advisory' AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 2 AND granted
AND pid = ANY($3::integer[]) AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
#: Every partie and how it stands, in the order in which they began.
ETATS = f"""
SELECT p.id, p.nom, p.ouverte, p.liens, coalesce(t.numero, 0), t.maillon
FROM journal.partie p LEFT JOIN LATERAL (
    SELECT numero, maillon FROM journal.trace
    WHERE seq > p.id::bigint << {DECALAGE} AND seq < (p.id + 1)::bigint << {DECALAGE} ORDER BY seq DESC LIMIT 1
) t ON true
ORDER BY p.id
"""  # noqa: S608 - our own words
OUVERTURE = "INSERT INTO journal.partie (nom, ouverte, liens) VALUES ($1, $2, $3) RETURNING id"

INACHEVEES = f"SELECT DISTINCT (seq >> {DECALAGE})::integer FROM journal.en_cours ORDER BY 1"  # noqa: S608 - our own words
EST_MORTE = "SELECT pg_try_advisory_xact_lock($1::integer, $2::integer)"
EN_COURS = f"""
SELECT requete, rang FROM journal.en_cours WHERE seq >> {DECALAGE} = $1::integer ORDER BY requete, rang
"""  # noqa: S608 - our own words
CLOTURE = "INSERT INTO journal.cloture VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
EST_CLOSE = "SELECT par, premier, reprises FROM journal.cloture WHERE partie = $1"
REPRISES = "SELECT requete, rang FROM journal.trace WHERE seq >= $1 AND seq < $2 AND genre = 'RECOVERED'"

#: The last intentions that some terms lead to, before one of them: instants and numbers.
AVANT = """
SELECT DISTINCT instant, intention FROM unnest($1::bigint[]) AS t (terme), LATERAL (
    SELECT instant, intention FROM journal.entree
    WHERE terme = t.terme AND (instant, intention) < ($2::bigint, $3::bigint)
    ORDER BY instant DESC, intention DESC LIMIT $4
) e
ORDER BY instant DESC, intention DESC LIMIT $4
"""
#: Intentions, each one followed by what came of it.
ACCES = """
SELECT a.intention, t.genre, t.corps
FROM (
    SELECT intention, intention AS seq FROM unnest($1::bigint[]) AS i (intention)
    UNION SELECT intention, seq FROM journal.suite WHERE intention = ANY($1)
) a JOIN journal.trace t USING (seq)
ORDER BY a.intention, t.seq <> a.intention, t.instant, t.seq
"""
INTENTIONS = """
SELECT e.instant, e.intention, t.genre, t.corps
FROM journal.entree e JOIN journal.trace t ON t.seq = e.intention WHERE e.terme = $1
"""

TOUTES = "SELECT id, nom, ouverte, liens FROM journal.partie ORDER BY id"
CONTENU_ENTIER = """
SELECT seq, genre, requete, rang, instant, corps, partie, numero, maillon FROM journal.trace
WHERE seq > $1 AND seq < $2 ORDER BY seq
LIMIT $3
"""
