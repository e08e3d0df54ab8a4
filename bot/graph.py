"""Runs the model's graph in a fixed order, without a scheduler."""

from typing import Any

from rasa.engine.runner.dask import DaskGraphRunner


class OrderedGraphRunner(DaskGraphRunner):
    """Dask plans every run anew and Rasa describes the whole conversation for a log line nobody reads.

    The order of the nodes for a target never changes, so it is found once.
    """

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of `targets`, with `inputs` in place of the nodes of those names."""
        wanted = targets or list(self._graph_schema.target_names)
        outputs: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name in self._order(tuple(wanted)):
            needs = self._graph_schema.nodes[name].needs.values()
            outputs[name] = self._instantiated_nodes[name](*(outputs.get(need, need) for need in needs))
        return {name: outputs[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[str]:
        known: dict[tuple[str, ...], list[str]] = self.__dict__.setdefault("_orders", {})
        if targets not in known:
            known[targets] = []
            for target in targets:
                self._visit(target, known[targets])
        return known[targets]

    def _visit(self, name: str, order: list[str]) -> None:
        if name in order or name not in self._graph_schema.nodes:
            return
        for need in self._graph_schema.nodes[name].needs.values():
            self._visit(need, order)
        order.append(name)
