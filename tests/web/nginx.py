"""nginx as Debian installs it, with nothing but `proxy_pass`: what a clinic's proxy does when nobody thought of streams."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

from tests.ports import free_port

CONF = """
daemon off; pid {var}/nginx.pid; error_log {var}/error.log info; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log {var}/access.log;
  client_body_temp_path {var}/b; proxy_temp_path {var}/p; fastcgi_temp_path {var}/f; uwsgi_temp_path {var}/u; scgi_temp_path {var}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_set_header Host $http_host; }} }}
}}
"""


class Nginx:
    """Runs in `var`; `url` is its front."""

    def __init__(self, var: Path, behind: int) -> None:
        path = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
        if path is None:
            raise AssertionError("nginx is missing; run: apt-get update && apt-get install -y nginx-light")
        port = free_port()
        self.var, self.url = var, f"http://127.0.0.1:{port}"
        conf = var / "nginx.conf"
        conf.write_text(CONF.format(var=var, port=port, behind=behind))
        self._process = subprocess.Popen([path, "-e", str(var / "error.log"), "-p", str(var), "-c", str(conf)])
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=10):
                    return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise AssertionError((var / "error.log").read_text()[-2000:])

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=60)
