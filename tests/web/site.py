"""A clinic's web site on an origin of its own, with the chat's one script tag on it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A clinic</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="{chat}/static/loader.js" async data-clinic="North Loop TMS Clinic (sample)"></script></head>
<body><main><h1>A clinic</h1><p><a href="#hours">Hours</a></p><p style="height:120vh">Text</p>
<p><a id="last" href="#end">Last link</a></p></main></body></html>"""


class Site:
    """`url` is its origin, `chat` the chat's; `asked` the paths that browsers asked for."""

    def __init__(self) -> None:
        self.chat = ""
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                site.asked.append(self.path)
                data = PAGE.replace("{chat}", site.chat).encode()
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
