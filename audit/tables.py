"""The tables of the journal, what keeps them append-only, and every statement that the program makes."""

VERSION = 1

# Whoever owns the file can drop these triggers: they stop mistakes, not an owner. `REPLACE` deletes without a word to
# a delete trigger, hence the third one. `en_cours` is derived, and stays small: it tells at once, whatever the size of
# the journal, which intentions have no issue yet.
SCHEMA = """
BEGIN IMMEDIATE;
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
PRAGMA user_version = 1;
COMMIT;
"""
#: Takes a JSON array of lines [genre, request, rank, instant, body]. One statement for a whole batch: it is its own
#: transaction, and Python's global lock is given back once, not once per line.
AJOUT = """
INSERT INTO trace (genre, requete, rang, instant, corps)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
       json_extract(value, '$[3]'), json_extract(value, '$[4]')
FROM json_each(?)
"""
EN_COURS = "SELECT requete, rang FROM en_cours"
LECTURE = "SELECT genre, corps FROM trace WHERE instant >= ? AND instant < ? ORDER BY instant, seq"
