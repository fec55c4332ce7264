"""gunicorn serving the portal."""

from pathlib import Path
from runpy import run_path

globals().update(run_path(str(Path(__file__).with_name("common.gunicorn.py"))))

wsgi_app = "portal.wsgi:application"
chdir = str(Path(__file__).resolve().parent.parent)
