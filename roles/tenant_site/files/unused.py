"""Print the domains whose certificates no site names: those of a tenant that moved or left."""

import re
from pathlib import Path

SITES, CERTIFICATES = Path("/etc/nginx/sites-enabled"), Path("/etc/phaseline/tls/sites")
NAMED = re.compile(rb"^\s*ssl_certificate(?:_key)?\s+(\S+);", re.MULTILINE)

named = {one.decode() for conf in SITES.glob("*.conf") for one in NAMED.findall(conf.read_bytes())}
ends = [file for end in ("crt", "key") for file in CERTIFICATES.glob(f"*.{end}")]
for domain in sorted({file.stem for file in ends if str(file) not in named}):
    print(domain)
