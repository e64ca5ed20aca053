"""Faults inside tenants, made and mended by scripts that run as root on their host.

One tenant is stopped while a job is late and mails hang; the other is guessed at, and its requests
wait for a lock until their worker is ended. Visitors ask for both through nginx.
"""

from __future__ import annotations

from dataclasses import dataclass

# a worker of the held tenant is ended as soon as a request lasts for ten seconds
SHORTEN = """
set -eu
cp -p /etc/odoo/HELD.conf /run/kept-HELD.conf
sed -i 's/^limit_time_real = .*/limit_time_real = 10/' /etc/odoo/HELD.conf
systemctl restart odoo@HELD
python3 - $(sed -n 's/^http_port = //p' /etc/odoo/HELD.conf) <<'END'
import sys, time, urllib.request
address = "http://127.0.0.1:" + sys.argv[1]
for _ in range(120):
    try:
        urllib.request.urlopen(address + "/web/login", timeout=10).read()
        break
    except OSError:
        time.sleep(0.5)
END
"""
BREAK = """
set -eu
cd /
python3 - $(sed -n 's/^http_port = //p' /etc/odoo/HELD.conf) <<'END'
import json, sys, urllib.request
address = "http://127.0.0.1:" + sys.argv[1]
order = {"db": "HELD", "login": "nobody", "password": "guessed"}
call = json.dumps({"jsonrpc": "2.0", "method": "call", "params": order}).encode()
for _ in range(40):
    kind = {"Content-Type": "application/json"}
    guess = urllib.request.Request(address + "/web/session/authenticate", call, kind)
    urllib.request.urlopen(guess, timeout=20).read()
END
systemctl stop odoo@STOPPED
ask() { runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -U STOPPED -d STOPPED -c "$1"; }
ask "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 hour'
  WHERE id = (SELECT min(id) FROM ir_cron WHERE active)"
ask "WITH made AS (INSERT INTO mail_message (message_type, subject, date)
    VALUES ('email', 'seed', now()), ('email', 'seed', now()) RETURNING id)
  INSERT INTO mail_mail (mail_message_id, state, create_date)
  SELECT id, CASE WHEN id = (SELECT min(id) FROM made) THEN 'exception' ELSE 'outgoing' END,
         now() AT TIME ZONE 'UTC' - interval '2 hours' FROM made"
systemd-run -q --unit=seed-lock -p User=postgres psql -Xq -U HELD -d HELD -c "BEGIN;
  LOCK TABLE res_users, res_company, res_lang, ir_ui_view, website IN ACCESS EXCLUSIVE MODE;
  SELECT pg_sleep(70)"
sleep 1
cat > /run/seed-visitors.py <<'END'
import socket, ssl, sys, threading
know = ssl._create_unverified_context()
def visit(site):
    for _ in range(8):
        try:
            plain = socket.create_connection(("ADDRESS", 443), 30)
            with know.wrap_socket(plain, server_hostname=site) as door:
                door.sendall(f"GET /web/login HTTP/1.0\\r\\nHost: {site}\\r\\n\\r\\n".encode())
                while door.recv(65536):
                    pass
        except OSError:
            pass
for site in sys.argv[1:] * 2:
    threading.Thread(target=visit, args=(site,)).start()
END
systemd-run -q --unit=seed-visitors python3 /run/seed-visitors.py DOMAINS
"""
MEND = """
cd /
systemctl stop seed-lock seed-visitors 2> /dev/null
rm -f /run/seed-visitors.py
if [ -e /run/kept-HELD.conf ]; then
  cp -p /run/kept-HELD.conf /etc/odoo/HELD.conf
  rm /run/kept-HELD.conf
  systemctl restart odoo@HELD
fi
ask() { runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -U STOPPED -d STOPPED -c "$1"; }
ask "DELETE FROM mail_message WHERE subject = 'seed' AND message_type = 'email'"
ask "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' + interval '10 minutes'
  WHERE id = (SELECT min(id) FROM ir_cron WHERE active)"
systemctl start odoo@STOPPED
"""


@dataclass(frozen=True)
class Inside:
    """Which tenant is stopped, which is held, and where their sites answer."""

    stopped: str
    held: str
    domains: tuple[str, str]
    address: str

    def script(self, text: str) -> str:
        """Return a script for these tenants."""
        names = {"STOPPED": self.stopped, "HELD": self.held, "ADDRESS": self.address,
                 "DOMAINS": " ".join(self.domains)}  # fmt: skip
        for word, name in names.items():
            text = text.replace(word, name)
        return text

    @property
    def told(self) -> set[tuple[str, str]]:
        """What has to be told: the alert, and whom it is about."""
        return {
            ("SiteErrors", self.stopped), ("JobsLate", self.stopped), ("MailFailed", self.stopped),
            ("MailWaits", self.stopped), ("LoginsFail", self.held), ("RequestsEnded", self.held),
            ("SiteAnswersSlowly", self.held),
        }  # fmt: skip
