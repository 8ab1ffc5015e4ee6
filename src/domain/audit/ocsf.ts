import type { AuditEvent } from './event.js';

const CLASS_UID = 6003;
const CATEGORY_UID = 6;
const ACTIVITIES: readonly (readonly [RegExp, number, string])[] = [
  [/\.(created|added|registered|imported|opened|granted|requested)$/, 1, 'Create'],
  [/\.(read|listed|checked)$/, 2, 'Read'],
  [/\.(deleted|removed)$/, 4, 'Delete'],
  [/\.(edited|updated|claimed|started|progressed|completed|failed|paused|resumed|released|cancelled|skipped|blocked|unblocked|landed|lost|voted|labelled|enabled|disabled|ended|repaired)$/, 3, 'Update'],
];
const OTHER = { id: 99, name: 'Other' } as const;
const FAILED = /\.(failed|lost|denied|refused)$/;
const VERSION = '1.3.0';

/**
 * One event as API Activity (6003) of the Open Cybersecurity Schema Framework, best effort: what OCSF has no name for
 * is under `unmapped`, unchanged. `metadata.uid` is the leaf hash, so that a finding leads back to the proof.
 */
export function toOcsf(event: AuditEvent): Record<string, unknown> {
  const [, id = OTHER.id, name = OTHER.name] = ACTIVITIES.find(([pattern]) => pattern.test(event.type)) ?? [];
  const isFailed = FAILED.test(event.type);
  return {
    activity_id: id,
    activity_name: name,
    actor: actorOf(event.actor),
    api: { operation: event.type, service: { name: 'ai' } },
    category_name: 'Application Activity',
    category_uid: CATEGORY_UID,
    class_name: 'API Activity',
    class_uid: CLASS_UID,
    metadata: { version: VERSION, product: { name: 'ai', vendor_name: 'ai' }, uid: event.hash, sequence: event.seq, event_code: event.type },
    resources: [...resource('task', event.task), ...resource('run', event.run)],
    severity: 'Informational',
    severity_id: 1,
    src_endpoint: { name: 'local' },
    status: isFailed ? 'Failure' : 'Success',
    status_id: isFailed ? 2 : 1,
    time: event.atMs,
    type_name: `API Activity: ${name}`,
    type_uid: CLASS_UID * 100 + id,
    unmapped: { actor: event.actor, data: event.data, prev: event.prev, token: event.token },
  };
}

function actorOf(actor: string): Record<string, unknown> {
  const [kind = '', ...rest] = actor.split(':');
  const name = rest.join(':');
  if (kind === 'user' && name !== '') return { user: { name, type: 'User', type_id: 1 } };
  if (kind === 'agent' && name !== '') return { app_name: name, user: { name, type: 'Service', type_id: 4 } };
  return { app_name: actor, invoked_by: actor };
}

function resource(type: string, uid: string | null): Record<string, unknown>[] {
  return uid === null ? [] : [{ type, uid, name: uid }];
}
