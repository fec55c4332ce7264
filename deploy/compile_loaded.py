"""Compiles exactly the modules that a started service has loaded, inside an image's build.

All of site-packages would not fit the image's size, none would cost seconds of CPU at each start,
in each worker, as the running container can't write. Unchecked: nothing changes in an image.
"""

import os
import py_compile
import sys
from importlib import import_module
from pathlib import Path

# What is loaded only when it is needed, and would cost every process a second of CPU then.
STRIPE = (
    "stripe._stripe_client",
    "stripe._v1_services",
    "stripe._event",
    "stripe._refund_service",
    "stripe._webhook",
    "stripe.checkout._session_service",
)
ENTRY = {
    "platform": (
        "platform",
        "backend.settings",
        "backend.wsgi",
        "gunicorn.workers.gthread",
        *STRIPE,
    ),
    "worker": (
        "platform",
        "backend.settings",
        "backend.wsgi",
        "procrastinate.contrib.django.management.commands.procrastinate",
        "backend.billing.documents.pdf",
        *STRIPE,
    ),
    "portal": (".", "portal.settings", "portal.wsgi", "gunicorn.workers.gthread"),
}


def main(side: str) -> None:
    root, settings, *modules = ENTRY[side]
    sys.path.insert(0, str(Path(root).resolve()))
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    for module in modules:
        import_module(module)
    from django.core.management import call_command

    call_command("check")  # loads the URLs, and with them every view

    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compiled = 0
    for module in list(sys.modules.values()):
        source = getattr(module, "__file__", None) or ""
        if source.startswith(("/venv/", "/app/")) and source.endswith(".py"):
            py_compile.compile(source, doraise=True, invalidation_mode=mode)
            compiled += 1
    print(f"{compiled} modules compiled")


if __name__ == "__main__":
    main(sys.argv[1])
