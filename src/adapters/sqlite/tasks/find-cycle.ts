type EdgesOf<Node> = (node: Node) => readonly Node[] | undefined;

interface Visit<Node> {
  readonly node: Node;
  readonly rest: Iterator<Node>;
}

/**
 * A cycle among the given nodes, as the nodes along it with the first one repeated at the end, or null.
 * Depth first without recursion, so that a chain of any length is fine. A node without edges of its own
 * ends the search in that direction.
 */
export function findCycle<Node>(nodes: Iterable<Node>, edgesOf: EdgesOf<Node>): Node[] | null {
  const finished = new Set<Node>();
  for (const start of nodes) {
    const cycle = finished.has(start) ? null : walk(start, edgesOf, finished);
    if (cycle !== null) return cycle;
  }
  return null;
}

function walk<Node>(start: Node, edgesOf: EdgesOf<Node>, finished: Set<Node>): Node[] | null {
  const visit = (node: Node): Visit<Node> => ({ node, rest: (edgesOf(node) ?? []).values() });
  const path = [visit(start)];
  const onPath = new Set([start]);
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const step = last.rest.next();
    if (step.done === true) {
      finished.add(last.node);
      onPath.delete(last.node);
      path.pop();
    } else if (onPath.has(step.value)) {
      const along = path.map((entry) => entry.node);
      return [...along.slice(along.indexOf(step.value)), step.value];
    } else if (!finished.has(step.value)) {
      path.push(visit(step.value));
      onPath.add(step.value);
    }
  }
  return null;
}
