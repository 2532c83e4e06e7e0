"""The real gateway, for whom FranceConnect names a citizen by the name of her persona. Run as a script by the tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from gateway.app import create_app
from gateway.app import maintenant as horloge
from gateway.logs import configure_logs
from gateway.serveur import serve
from gateway.settings import Settings
from tests.application import Personnes

if __name__ == "__main__":
    configure_logs()
    settings = Settings()
    serve(create_app(settings, horloge, Personnes(settings.personas).reconnaitre), "127.0.0.1", int(sys.argv[-1]), "")
