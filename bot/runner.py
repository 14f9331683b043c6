"""Runs the trained components in an order worked out once, as dask's synchronous scheduler would run them."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner


class InOrder(GraphRunner):
    """Runs the components that another runner loaded."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema, self._nodes = schema, nodes
        self._orders: dict[tuple[str, ...], list[str]] = {}

    @classmethod
    def create(cls, *args: Any, **kwargs: Any) -> InOrder:  # type: ignore[override]
        """Load the components. Arguments as of every GraphRunner."""
        loaded = DaskGraphRunner.create(*args, **kwargs)
        return cls(loaded._graph_schema, loaded._instantiated_nodes)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of `targets`, by name; `inputs` are the placeholders' values."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        done: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name in self._orders[wanted]:
            if name not in done:
                needs = self._schema.nodes[name].needs.values()
                done[name] = self._nodes[name](*(done.get(need, need) for need in needs))
        return dict(done[name] for name in wanted)

    def _order(self, wanted: tuple[str, ...]) -> list[str]:
        """Every component that `wanted` need, each after what it needs itself."""
        order: list[str] = []

        def add(name: str) -> None:
            if name in self._schema.nodes and name not in order:
                for need in self._schema.nodes[name].needs.values():
                    add(need)
                order.append(name)

        for name in wanted:
            add(name)
        return order
