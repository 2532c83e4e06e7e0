"""The tables of the journal, what keeps them append-only, and every statement that the program makes."""

VERSION = 4

# Whoever owns the file can drop these triggers: they stop mistakes, not an owner. `REPLACE` deletes without a word to
# a delete trigger, hence the third one. `en_cours` is derived, and stays small: it tells at once, whatever the size of
# the journal, which intentions have no issue yet.
_CREATION = """
CREATE TABLE IF NOT EXISTS trace (
    seq INTEGER PRIMARY KEY,
    genre TEXT NOT NULL, -- INTENT, OUTCOME or RECOVERED
    requete TEXT NOT NULL,
    rang INTEGER NOT NULL,
    instant INTEGER NOT NULL, -- microseconds since 1970, UTC
    corps TEXT NOT NULL -- canonical JSON
);
CREATE INDEX IF NOT EXISTS trace_instant ON trace (instant);
CREATE TABLE IF NOT EXISTS en_cours (
    requete TEXT NOT NULL,
    rang INTEGER NOT NULL,
    PRIMARY KEY (requete, rang)
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS trace_non_modifiable BEFORE UPDATE ON trace
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END;
CREATE TRIGGER IF NOT EXISTS trace_non_effacable BEFORE DELETE ON trace
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END;
CREATE TRIGGER IF NOT EXISTS trace_non_remplacable BEFORE INSERT ON trace
WHEN EXISTS (SELECT 1 FROM trace WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END;
CREATE TRIGGER IF NOT EXISTS trace_commencee AFTER INSERT ON trace WHEN NEW.genre = 'INTENT'
BEGIN INSERT OR IGNORE INTO en_cours VALUES (NEW.requete, NEW.rang); END;
CREATE TRIGGER IF NOT EXISTS trace_achevee AFTER INSERT ON trace WHEN NEW.genre <> 'INTENT'
BEGIN DELETE FROM en_cours WHERE requete = NEW.requete AND rang = NEW.rang; END;
"""
# A partie is what one opening of the journal writes. What came before version 2 has one of its own, begun as it was.
_CHAINE = """
CREATE TABLE partie (
    id INTEGER PRIMARY KEY,
    nom TEXT NOT NULL UNIQUE, -- 32 hexadecimal digits
    ouverte INTEGER NOT NULL -- microseconds since 1970, UTC
);
CREATE TRIGGER partie_non_modifiable BEFORE UPDATE ON partie
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END;
CREATE TRIGGER partie_non_effacable BEFORE DELETE ON partie
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END;
ALTER TABLE trace ADD COLUMN partie INTEGER;
ALTER TABLE trace ADD COLUMN numero INTEGER; -- within its partie, from 1
ALTER TABLE trace ADD COLUMN maillon BLOB; -- see audit/verificateur.py
"""
# What no record holds and no seal answers for: it may be taken away when a key is lost.
_EMPREINTES = """
CREATE TABLE cle_du_mois (
    mois TEXT PRIMARY KEY, -- AAAA-MM
    empreinte BLOB NOT NULL -- of the key that persons are traced with: see audit/accord.py
) WITHOUT ROWID;
"""
#: What makes a file of an empty one, then what brings one whose records are not chained to our version.
MIGRATIONS = (_CREATION, _CHAINE + _EMPREINTES)
#: The version of the files whose records are not chained; those in between were chained in another way.
SANS_CHAINE = 1
# What is chained of a record; its texts as bytes.
CHAINEES = "CAST(genre AS BLOB), rang, instant, CAST(requete AS BLOB), CAST(corps AS BLOB)"
SANS_GARDE = "DROP TRIGGER trace_non_modifiable"
AVEC_GARDE = """
CREATE TRIGGER trace_non_modifiable BEFORE UPDATE ON trace
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END
"""
ANCIENNES = f"""
SELECT {CHAINEES}, seq FROM trace WHERE maillon IS NULL AND seq > ? ORDER BY seq LIMIT ?
"""  # noqa: S608 - our own words
CHAINAGE = "UPDATE trace SET partie = ?, numero = ?, maillon = ? WHERE seq = ?"

#: Takes genre, rank, instant, request, body, maillon, partie and number.
AJOUT_D_UNE = """
INSERT INTO trace (genre, rang, instant, requete, corps, maillon, partie, numero) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
#: Takes a JSON array of lines [genre, rank, instant, request, body], the maillons end to end, the partie, and the
#: number of the first line. One statement for a whole batch: it is its own transaction, and Python's global lock is
#: given back once, not once per line.
AJOUT = """
INSERT INTO trace (genre, rang, instant, requete, corps, maillon, partie, numero)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
       json_extract(value, '$[3]'), json_extract(value, '$[4]'), substr(?2, 32 * key + 1, 32), ?3, ?4 + key
FROM json_each(?1)
"""
PARTIES = "SELECT id, nom, ouverte FROM partie ORDER BY id"
OUVERTURE = "INSERT INTO partie (nom, ouverte) VALUES (?, ?)"
CONTENU = f"SELECT {CHAINEES} FROM trace WHERE partie = ? AND seq > ? ORDER BY seq"  # noqa: S608 - our own words
MAILLONS = f"""
SELECT CAST(maillon AS BLOB), {CHAINEES} FROM trace
WHERE partie = (SELECT id FROM partie WHERE nom = ?) ORDER BY seq
"""  # noqa: S608 - our own words
DERNIER = "SELECT ifnull(max(seq), 0) FROM trace"
DERNIERE_PARTIE = """
SELECT ifnull(partie, 0), CAST(maillon AS BLOB) FROM trace WHERE maillon IS NOT NULL ORDER BY seq DESC LIMIT 1
"""
TOUT = f"SELECT partie, {CHAINEES} FROM trace ORDER BY seq"  # noqa: S608 - our own words
EMPREINTES = "SELECT mois, CAST(empreinte AS BLOB) FROM cle_du_mois"
RETENUE = "INSERT OR IGNORE INTO cle_du_mois VALUES (?, ?)"
EN_COURS = "SELECT requete, rang FROM en_cours"
LECTURE = "SELECT genre, corps FROM trace WHERE instant >= ? AND instant < ? ORDER BY instant, seq"
ENREGISTREMENT = "SELECT genre, corps FROM trace WHERE seq = ?"
INDEXABLES = "SELECT seq, instant, corps FROM trace WHERE seq > ? ORDER BY seq LIMIT ?"
MAILLON = "SELECT maillon FROM trace WHERE seq = ?"
#: Which copy of a journal a file is; 0 for a journal itself.
COPIE = "PRAGMA application_id"
PREMIERE_PARTIE = "SELECT nom FROM partie ORDER BY id LIMIT 1"
