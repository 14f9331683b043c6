"""What Rasa 3.6 works out anew for every message, worked out once. Nothing here changes an answer.

- The graph of components is cut, sorted and handed to dask's scheduler for each parse and each prediction: `InOrder` keeps
  the order and calls the components one after another, as dask's synchronous scheduler does.
- The class of each stored event is looked for among all subclasses of Event, with `inspect.isabstract` on each: a table.
- The JSON schema of action results is itself checked against the meta-schema at each call: checked once.
- Rules are looked up twice after each message, first for rules that quote its text: we have none. And each rule is compared
  with every earlier state of the talk, although past its own length it always fits.

`tests/bot/test_lean.py` compares answers with and without.
"""

from __future__ import annotations

import functools
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.shared.core.domain import State
from rasa.shared.core.events import Event


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


def install(agent: Agent) -> None:
    """Put all of it in place, in this process and in a loaded agent."""
    if agent.processor and isinstance(runner := agent.processor.graph_runner, DaskGraphRunner):
        agent.processor.graph_runner = InOrder(runner._graph_schema, runner._instantiated_nodes)
    Event.resolve_by_type = staticmethod(functools.cache(Event.resolve_by_type))  # type: ignore[method-assign]
    schema = RemoteAction.action_response_format_spec()
    checker = validator_for(schema)
    checker.check_schema(schema)
    checked = checker(schema)

    def validate(action: RemoteAction, result: dict[str, Any]) -> bool:
        checked.validate(result)
        return True

    RemoteAction._validate_action_result = validate  # type: ignore[method-assign]
    RulePolicy._get_possible_keys = _possible_keys  # type: ignore[method-assign]
    find = RulePolicy._find_action_from_rules

    def find_action(
        policy: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input and not any('"text": ' in rule for rule in policy.lookup["rules"]):
            return None, None, False
        found: tuple[str | None, str | None, bool] = find(policy, tracker, domain, use_text_for_last_user_input)
        return found

    RulePolicy._find_action_from_rules = find_action  # type: ignore[method-assign]


def _possible_keys(policy: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """The rules that fit the talk; a rule that has ended is not looked at again."""
    fit, going = set[str](), list(lookup)
    for turn, state in enumerate(reversed(states)):
        fit.update(rule for rule in going if len(policy._rule_key_to_state(rule)) <= turn)
        going = [rule for rule in going if rule not in fit and policy._is_rule_applicable(rule, turn, state)]
        if not going:
            break
    return fit | set(going)
