"""Wait until Prometheus knows whom to ask: it looks for them some seconds after its start."""

import json
import ssl
import sys
import time
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

AUTHORITY, CERTIFICATE, KEY = sys.argv[1:]
ADDRESS = "https://127.0.0.1:9090/api/v1/targets?state=active"
SECONDS = 60

know = ssl.create_default_context(cafile=AUTHORITY)
know.load_cert_chain(CERTIFICATE, KEY)
know.check_hostname = False  # the certificate names the host, and this is its loopback
opener = build_opener(ProxyHandler({}), HTTPSHandler(context=know))
end = time.monotonic() + SECONDS
while time.monotonic() < end:
    try:
        with opener.open(ADDRESS, timeout=5) as answer:
            if json.load(answer)["data"]["activeTargets"]:
                sys.exit()
    except OSError:
        pass  # it is starting
    time.sleep(0.5)
sys.exit(f"Prometheus asked nobody within {SECONDS} s: journalctl -u prometheus")
