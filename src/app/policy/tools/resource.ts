import type { PolicyPoint } from '../../../domain/policy/point.js';
import type { Resource } from '../../../domain/policy/request.js';

/** The same kinds that enforcement asks with: paths of a task are patterns that it declared, paths of a tree are files that changed. */
const KINDS: Readonly<Record<PolicyPoint, Resource['kind']>> = {
  'task.create': 'task',
  'task.claim': 'task',
  'task.execute': 'task',
  'tool.use': 'tool',
  'path.read': 'path',
  'path.write': 'path',
  'command.run': 'command',
  'network.use': 'url',
  'skill.run': 'skill',
  'task.complete': 'task',
  'task.merge': 'tree',
  commit: 'tree',
  'policy.change': 'policy',
};

/** What a question without a digest is about: the id that its point has one for. */
export function resourceAt(point: PolicyPoint, ids: Partial<Readonly<Record<Resource['kind'], string | null>>>): Resource {
  const kind = KINDS[point];
  return { kind, id: ids[kind] ?? '', digest: null };
}
