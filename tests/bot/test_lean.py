"""Serving with placeholders for TensorFlow, and with Rasa's repeated work done once, gives the same answers as Rasa itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from tarsafe import TarSafe

from bot import settings, stored_domain, train, yaml_file
from bot.importer import importer
from tests.bot.server import Server, environment

TEXTS = [
    "What is TMS?",
    "hi",
    "i want to book",
    "book me for tuesday at 3",
    "qwrtz",
    "i want to kill myself",
    "¿lo cubre el seguro?",
    "when are you open",
]

NOT_SERVING = (
    "tensorflow", "keras", "sklearn", "joblib", "skops", "distributed", "google.protobuf", "grpc", "matplotlib", "PIL", "networkx",
    "sentry_sdk", "twilio", "socketio", "engineio", "pymongo", "boto3", "jwt", "apscheduler", "aiormq", "aio_pika", "confluent_kafka",
    "werkzeug", "markdown", "pydantic", "sanic_cors", "slack_sdk", "webexteamssdk", "fbmessenger", "redis",
)  # fmt: skip
"""Packages that Rasa asks for and a serving process never loads: what is known against them (docs/dependencies.md) is out of reach."""

PROGRAM = """
import asyncio, json, sys
if sys.argv[1] == "lean":
    from bot import lean
    lean.install()
from pathlib import Path
from bot import log, settings
from clinic import clock
from clinic.config import load
log.configure()
clock.start(load().timezone)
from bot.agent import load_agent
from bot.channel import _take_turn
from bot.request import Turn

async def talk():
    agent = await load_agent(settings.model_file())
    if sys.argv[1] == "lean":
        from bot import quick
        quick.install(agent)
    said = []
    for number, text in enumerate(json.loads(sys.argv[2])):
        ids = [f"00000000-0000-0000-0000-{(n):012}" for n in (1, number + 10)]
        body = {"conversation": ids[0], "message_id": ids[1], "channel": "web", "text": text}
        said.append(await _take_turn(agent, Turn.read(json.dumps(body).encode()), False))
    return said

said = asyncio.run(talk())
loaded = [name for name in json.loads(sys.argv[3]) if getattr(sys.modules.get(name), "__file__", None)]
schemas = {}
if sys.argv[1] == "full":
    from bot import yaml_file
    from rasa.engine.recipes.recipe import Recipe
    from rasa.shared.data import TrainingType
    recipe = Recipe.recipe_for_name("default.v1")
    rasas = recipe.graph_config_for_recipe(yaml_file.read(Path("config.yml")), {}, TrainingType.BOTH)
    schemas = {name: getattr(rasas, name).as_dict() for name in ("train_schema", "predict_schema")}
print(json.dumps({"said": said, "loaded": loaded, "schemas": schemas}))
"""


def _run(house: Path, tmp_path: Path, how: str) -> dict:
    env = environment(house, VAR_DIR=str(tmp_path / how), TEST_MODE="1", TEST_NOW="2026-11-23T09:00")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how, json.dumps(TEXTS), json.dumps(NOT_SERVING)],
        cwd=house,
        env=env,
        capture_output=True,
        text=True,
        timeout=560,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def full(house: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Rasa with all that it loads, in a process of its own."""
    return _run(house, tmp_path_factory.mktemp("full"), "full")


def test_the_same_talk_has_the_same_replies_without_tensorflow_and_all_else_that_serving_does_not_need(
    house: Path, tmp_path: Path, full: dict
) -> None:
    lean = _run(house, tmp_path, "lean")
    assert lean["said"] == full["said"]
    assert "tensorflow" in full["loaded"]
    assert lean["loaded"] == []


def test_what_is_trained_without_tensorflow_is_what_rasa_would_train_with_all_its_components(
    house: Path, full: dict
) -> None:
    with TarSafe.open(settings.model_file(house / "models"), "r:gz") as model:
        trained = json.load(model.extractfile("metadata.json"))
    for name, schema in full["schemas"].items():
        assert _without_numbers_of_this_run(trained[name]) == _without_numbers_of_this_run(schema)
    assert full["schemas"].keys() == {"train_schema", "predict_schema"}


def _without_numbers_of_this_run(schema: dict) -> dict:
    return {name: {**node, "resource": (node["resource"] or {}).get("name")} for name, node in schema["nodes"].items()}


def test_training_loads_no_tensorflow_and_no_component_that_is_not_ours(house: Path) -> None:
    loaded = set(re.findall(r"[|] +(\S+)$", (house / "imports").read_text(), re.MULTILINE))
    assert "rasa.engine.training.graph_trainer" in loaded
    assert not loaded & {
        "tensorflow",
        "keras",
        "sklearn",
        "skops",
        "matplotlib",
        "rasa.nlu.classifiers.diet_classifier",
    }


def test_the_domain_of_a_model_is_what_rasa_reads_in_ten_times_the_time(tmp_path: Path) -> None:
    with TarSafe.open(settings.model_file(), "r:gz") as model:
        model.extractall(tmp_path)
    folder = tmp_path / "components" / "domain_provider"
    took = []
    for _ in range(3):
        begun = time.process_time()
        ours = stored_domain.read(folder)
        took.append(time.process_time() - begun)
    begun = time.process_time()
    rasas = Domain.from_path(folder)
    assert time.process_time() - begun > 10 * min(took)
    assert ours.as_dict() == rasas.as_dict()
    assert ours.fingerprint() == rasas.fingerprint()
    assert ours.session_config == rasas.session_config
    assert [slot.persistence_info() for slot in ours.slots] == [slot.persistence_info() for slot in rasas.slots]


def test_the_domain_that_training_stores_is_the_one_that_rasa_would_store(tmp_path: Path) -> None:
    domain = importer(train.CONFIG, train.DOMAIN, train.DATA).get_domain()
    for name in ("ours", "rasas"):
        (tmp_path / name).mkdir()
    stored_domain.write(domain, tmp_path / "ours")
    domain.persist(tmp_path / "rasas" / "domain.yml")
    ours, rasas = (yaml_file.read(tmp_path / name / "domain.yml") for name in ("ours", "rasas"))
    assert list(ours.items()) == list(rasas.items())
    assert stored_domain.read(tmp_path / "ours").fingerprint() == domain.fingerprint()


def test_a_serving_process_is_small(server: Server) -> None:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    assert resident < 400_000, "kB; with TensorFlow it is 550,000 and more"
