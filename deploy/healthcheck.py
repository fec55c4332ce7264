"""The container's health check: does this process answer? It asks nothing of anything behind it."""

import http.client
import os
import sys

host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip("*.") or "localhost"
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
connection.request("GET", "/health/live", headers={"Host": host})
sys.exit(connection.getresponse().status != 200)
