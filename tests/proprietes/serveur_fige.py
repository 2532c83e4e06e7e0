"""The real gateway at the instant of the tests, whose citizens bear the names of personas. Run as a script."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from gateway.app import create_app
from gateway.logs import configure_logs
from gateway.serveur import serve
from gateway.settings import Settings
from tests.application import Horloge
from tests.proprietes.citoyens import Citoyens

if __name__ == "__main__":
    configure_logs()
    app = create_app(Settings(), Horloge(), Citoyens().reconnaitre)
    serve(app, "127.0.0.1", int(sys.argv[-1]), "")
