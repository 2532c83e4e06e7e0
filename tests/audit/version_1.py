"""The journal as the version before the chain wrote it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from audit.registre import encoder
from audit.trace import Trace

SCHEMA = """
CREATE TABLE trace (
    seq INTEGER PRIMARY KEY,
    genre TEXT NOT NULL,
    requete TEXT NOT NULL,
    rang INTEGER NOT NULL,
    instant INTEGER NOT NULL,
    corps TEXT NOT NULL
);
CREATE INDEX trace_instant ON trace (instant);
CREATE TABLE en_cours (
    requete TEXT NOT NULL,
    rang INTEGER NOT NULL,
    PRIMARY KEY (requete, rang)
) WITHOUT ROWID;
CREATE TRIGGER trace_non_modifiable BEFORE UPDATE ON trace
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END;
CREATE TRIGGER trace_non_effacable BEFORE DELETE ON trace
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END;
CREATE TRIGGER trace_non_remplacable BEFORE INSERT ON trace
WHEN EXISTS (SELECT 1 FROM trace WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'journal en ajout seul'); END;
CREATE TRIGGER trace_commencee AFTER INSERT ON trace WHEN NEW.genre = 'INTENT'
BEGIN INSERT OR IGNORE INTO en_cours VALUES (NEW.requete, NEW.rang); END;
CREATE TRIGGER trace_achevee AFTER INSERT ON trace WHEN NEW.genre <> 'INTENT'
BEGIN DELETE FROM en_cours WHERE requete = NEW.requete AND rang = NEW.rang; END;
PRAGMA user_version = 1;
"""
AJOUT = """
INSERT INTO trace (genre, rang, instant, requete, corps)
VALUES (?, ?, ?, ?, ?)
"""


def ecrire(chemin: Path, traces: Sequence[Trace]) -> None:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(chemin, isolation_level=None)) as connexion:
        connexion.execute("PRAGMA journal_mode = WAL")
        connexion.executescript(SCHEMA)
        connexion.executemany(AJOUT, [encoder(trace) for trace in traces])
