"""Loops of a graph, and the order of one without."""

from collections.abc import Iterator, Sequence


def group_of_each(targets: Sequence[Sequence[int]]) -> list[int]:
    """Return a number for each node; nodes on a common loop share it.

    Parameters
    ----------
    targets : sequence of sequence of int
        Where the edges of each node lead.

    References
    ----------
    .. [1] Tarjan, R. (1972). Depth-first search and linear graph algorithms. SIAM
       Journal on Computing, 1(2), 146-160. doi:10.1137/0201010
    """
    return _Tarjan(targets).groups


def topological_order(targets: Sequence[Sequence[int]]) -> list[int]:
    """Return the nodes so that every edge leads on; nodes behind a loop are missing.

    References
    ----------
    .. [1] Kahn, A. B. (1962). Topological sorting of large networks. Communications
       of the ACM, 5(11), 558-562. doi:10.1145/368996.369025
    """
    missing = [0] * len(targets)
    for row in targets:
        for target in row:
            missing[target] += 1
    order = [node for node, count in enumerate(missing) if count == 0]
    for node in order:
        for target in targets[node]:
            missing[target] -= 1
            if missing[target] == 0:
                order.append(target)
    return order


class _Tarjan:
    """Tarjan's algorithm without recursion: state graphs are deep."""

    def __init__(self, targets: Sequence[Sequence[int]]) -> None:
        size = len(targets)
        self._targets = targets
        self._order = [-1] * size
        self._low = [0] * size
        self._stack: list[int] = []
        self._count = 0
        self.groups = [-1] * size
        for node in range(size):
            if self._order[node] < 0:
                self._walk(node)

    def _walk(self, root: int) -> None:
        work: list[tuple[int, Iterator[int]]] = [self._enter(root)]
        while work:
            node, rest = work[-1]
            target = next(rest, None)
            if target is None:
                work.pop()
                if work:
                    self._lower(work[-1][0], self._low[node])
                self._close(node)
            elif self._order[target] < 0:
                work.append(self._enter(target))
            elif self.groups[target] < 0:
                self._lower(node, self._order[target])

    def _enter(self, node: int) -> tuple[int, Iterator[int]]:
        self._order[node] = self._low[node] = self._count
        self._count += 1
        self._stack.append(node)
        return node, iter(self._targets[node])

    def _lower(self, node: int, value: int) -> None:
        self._low[node] = min(self._low[node], value)

    def _close(self, node: int) -> None:
        """Give a finished component its number."""
        if self._low[node] != self._order[node]:
            return
        while True:
            member = self._stack.pop()
            self.groups[member] = node
            if member == node:
                return
