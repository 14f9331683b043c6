"""The domain of a trained model, written and read once and by libyaml: Rasa's way took five of the seven seconds of a start.

Rasa writes the file in pure Python, and reads it four times so and checks it against its schema, which `make check` does.
What comes out is the same: `tests/bot/test_lean.py` compares the two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.constants import LATEST_TRAINING_DATA_FORMAT_VERSION
from rasa.shared.core.domain import Domain

from bot import yaml_file


def read(folder: Path) -> Domain:
    """The domain that the training stored in `folder`. Raises OSError when it is not there."""
    domain: Domain = Domain.from_dict(yaml_file.read(folder / "domain.yml"))
    return domain


def write(domain: Domain, folder: Path) -> None:
    """Store the domain in `folder`."""
    yaml_file.write({"version": LATEST_TRAINING_DATA_FORMAT_VERSION, **domain.as_dict()}, folder / "domain.yml")


def install() -> None:
    """Let every model of this process be stored and loaded this way; call before one is."""

    def persist(provider: DomainProvider, domain: Domain) -> None:
        with provider._model_storage.write_to(provider._resource) as folder:
            write(domain, folder)

    def load(
        cls: type[DomainProvider],
        /,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DomainProvider:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, read(folder))

    DomainProvider._persist = persist  # type: ignore[method-assign]
    DomainProvider.load = classmethod(load)  # type: ignore[assignment]
