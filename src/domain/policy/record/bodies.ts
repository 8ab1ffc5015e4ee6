import { canonicalJson } from '../../audit/canonical-json.js';
import { AiError } from '../../kernel/errors.js';
import { wellFormed } from '../../kernel/text.js';
import type { EffectivePolicy } from '../layer.js';
import { POLICY_POINTS } from '../point.js';
import type { DecisionRequest } from '../request.js';

/**
 * The request as it can be kept: broken Unicode becomes U+FFFD. Call it before deciding, so that what is decided is what
 * is recorded. A path that was broken stays one that can't be judged: it gets a NUL at its end, which no path has.
 */
export function recordableRequest(request: DecisionRequest): DecisionRequest {
  const paths = request.paths.map((path) => (wellFormed(path.path) === path.path ? path : { ...path, path: `${wellFormed(path.path)}\0` }));
  return repair({ ...request, paths }) as DecisionRequest;
}

/** The text that stands for a request in the record: canonical JSON. Throws INVALID_INPUT when a part of it has none. */
export function requestJson(request: DecisionRequest): string {
  try {
    return canonicalJson(request);
  } catch (error) {
    throw new AiError({
      code: 'INVALID_INPUT',
      message: `The request can't be recorded, so it can't be decided: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Give numbers that are finite and text that is whole Unicode.',
      cause: error,
    });
  }
}

/** Reads a request back that was kept under its digest. Throws INVALID_INPUT when it is none. */
export function readRequest(json: string): DecisionRequest {
  const value = parse(json);
  const isRequest = isObject(value) && (POLICY_POINTS as readonly unknown[]).includes(value['point']) && isObject(value['subject']) && isObject(value['facts']) && Array.isArray(value['paths']) && Array.isArray(value['approvals']);
  if (!isRequest) throw new AiError({ code: 'INVALID_INPUT', message: 'The stored request is no request to policy.', hint: 'ai audit verify' });
  return value as unknown as DecisionRequest;
}

/** Reads a policy back that was kept under its digest. Throws INVALID_POLICY when it is none. */
export function readPolicy(json: string): EffectivePolicy {
  const value = parse(json);
  const isPolicy = isObject(value) && typeof value['engine'] === 'string' && Array.isArray(value['layers']) && value['layers'].every((layer) => isObject(layer) && Array.isArray(layer['rules']));
  if (!isPolicy) throw new AiError({ code: 'INVALID_POLICY', message: 'The stored policy is no policy.', hint: 'ai audit verify' });
  return value as unknown as EffectivePolicy;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function repair(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(repair);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [wellFormed(key), repair(member)]));
}
