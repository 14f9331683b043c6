"""What is shipped for deployment starts what the Procfile starts, and parses."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from scripts.run import SECRETS, procfile

COMMANDS = {name: [Path(command[0]).name, *command[1:]] for name, command in procfile(Path("Procfile")).items()}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_unit_starts_what_the_procfile_starts_and_does_so_again_when_it_dies(name):
    unit = Path(f"deploy/systemd/tms-{name}.service").read_text()
    (start,) = [line.split("=", 1)[1].split() for line in unit.splitlines() if line.startswith("ExecStart=")]
    assert [Path(start[0]).name, *start[1:]] == COMMANDS[name]
    assert "Restart=always" in unit
    assert "RASA_TELEMETRY_ENABLED=false" in unit


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_accepts_the_units(tmp_path):
    for unit in Path("deploy/systemd").iterdir():
        text = unit.read_text().replace("/srv/tms-assistant/.venv", str(Path(".venv").absolute()))
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", *map(str, tmp_path.iterdir())], capture_output=True, text=True)
    wrong = [line for line in done.stderr.splitlines() if "tms-" in line and "Unknown" in line]
    assert not wrong


def test_nginx_accepts_its_configuration(tmp_path):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=chat.example.com"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    server = Path("deploy/nginx.conf").read_text()
    server = server.replace("/etc/letsencrypt/live/chat.example.com/fullchain.pem", str(certificate))
    server = server.replace("/etc/letsencrypt/live/chat.example.com/privkey.pem", str(key))
    # Debian 12 has nginx 1.22, which says "http2" in the listen line; the shipped form is that of 1.25 and later.
    server = server.replace("listen 443 ssl;\n    http2 on;", "listen 127.0.0.1:8443 ssl http2;").replace(
        "listen 80;", "listen 127.0.0.1:8080;"
    )
    server = server.replace("/var/log/nginx", str(tmp_path))
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ access_log off; {server} }}"
    )
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    done = subprocess.run(
        [nginx, "-t", "-e", str(tmp_path / "error.log"), "-p", str(tmp_path), "-c", str(conf)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_compose_and_kubernetes_start_the_four_processes_with_nothing_else_in_reach():
    compose = yaml.safe_load(Path("deploy/compose.yml").read_text())
    assert set(compose["services"]) == {*COMMANDS, "postgres"}
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["gateway"]
    for name in ("rasa", "actions", "scheduling"):
        assert compose["services"][name]["network_mode"] == "service:gateway"
    deployment, service = yaml.safe_load_all(Path("deploy/kubernetes/assistant.yml").read_text())
    containers = {container["name"]: container for container in deployment["spec"]["template"]["spec"]["containers"]}
    assert {name: container["command"] for name, container in containers.items()} == COMMANDS
    assert [name for name, container in containers.items() if "ports" in container] == ["gateway"]
    assert service["spec"]["selector"] == deployment["spec"]["template"]["metadata"]["labels"]


@pytest.mark.parametrize("file", ["deploy/Dockerfile.rasa", "deploy/Dockerfile.services"])
def test_an_image_copies_only_what_exists_and_runs_as_nobody_special(file):
    lines = Path(file).read_text().splitlines()
    copied = [part for line in lines if line.startswith("COPY ") for part in line.split()[1:-1]]
    assert copied
    assert all(Path(part).exists() for part in copied)
    assert "USER tms" in lines


def test_the_notes_on_secrets_name_every_secret():
    for file in ("deploy/compose.yml", "deploy/kubernetes/assistant.yml"):
        assert all(name in Path(file).read_text() for name in SECRETS), file
