import { canonicalJson } from '../../audit/canonical-json.js';
import type { EffectivePolicy } from '../layer.js';

/** SHA-256 of the UTF-8 form of a text, as 64 hex digits. */
export type Sha256 = (text: string) => string;

/** The text that stands for a policy in the record: canonical JSON. */
export const policyJson = (policy: EffectivePolicy): string => canonicalJson(policy);

/** Names a policy by everything that it says. */
export const policyDigest = (policy: EffectivePolicy, sha256: Sha256): string => sha256(policyJson(policy));
