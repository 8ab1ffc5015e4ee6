import type { Node } from 'yaml';
import { parseDurationMs } from '../../domain/kernel/duration.js';
import { isAiError } from '../../domain/kernel/errors.js';
import type { ApprovalTerms } from '../../domain/policy/layer.js';
import { APPROVAL_KEYS } from './keys.js';
import { POLICY_FILE_LIMITS } from './limits.js';
import { checkApprover, present } from './names.js';
import type { Reader } from './reader.js';

/** What an `approval` that leaves something out means. */
export const DEFAULT_APPROVAL: ApprovalTerms = { count: 1, from: [], ttlMs: 3_600_000 };

export function readApproval(reader: Reader, node: Node | null): ApprovalTerms | null {
  const section = reader.section(node, 'approval', APPROVAL_KEYS);
  if (section === null) return null;
  const count = section.get('count');
  const from = section.get('from');
  const ttl = section.get('ttl');
  return {
    count: count === undefined ? DEFAULT_APPROVAL.count : readCount(reader, count.value),
    from: from === undefined ? DEFAULT_APPROVAL.from : present(reader.words(from.value, 'from')?.map((word) => checkApprover(reader, word))),
    ttlMs: ttl === undefined ? DEFAULT_APPROVAL.ttlMs : readDuration(reader, ttl.value),
  };
}

function readCount(reader: Reader, node: Node | null): number {
  const count = Number(reader.digits(node, 'count', /^[1-9]\d{0,8}$/) ?? 1);
  if (count > POLICY_FILE_LIMITS.approvers) reader.problem(node ?? 0, `count is ${count} and the limit is ${POLICY_FILE_LIMITS.approvers}`, 'Write how many people have to approve.');
  return count;
}

function readDuration(reader: Reader, node: Node | null): number {
  const text = reader.text(node, 'ttl');
  if (text === null) return DEFAULT_APPROVAL.ttlMs;
  try {
    return parseDurationMs(text);
  } catch (error) {
    if (!isAiError(error)) throw error;
    reader.problem(node ?? 0, `ttl: ${error.message}`, 'Write 30m, for example.');
    return DEFAULT_APPROVAL.ttlMs;
  }
}
