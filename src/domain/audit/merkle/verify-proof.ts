import { nodeHash, sameHash, type Sha256 } from './node-hash.js';

export interface InclusionClaim {
  /** From 0. */
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

export interface ConsistencyClaim {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** True only when the proof leads from the leaf at its place to exactly this root (RFC 9162, 2.1.3.2). */
export function verifyInclusion(sha256: Sha256, claim: InclusionClaim): boolean {
  const { index, size, leaf, root, proof } = claim;
  if (!(isCount(index) && isCount(size) && index < size)) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sha256, sibling, hash);
      [node, last] = climbWhileEven(node, last);
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameHash(hash, root);
}

/** True only when the first tree is a beginning of the second (RFC 9162, 2.1.4.2). */
export function verifyConsistency(sha256: Sha256, claim: ConsistencyClaim): boolean {
  const { first, second, firstRoot, secondRoot, proof } = claim;
  if (!(isCount(first) && isCount(second) && first >= 1 && first <= second)) return false;
  if (first === second) return proof.length === 0 && sameHash(firstRoot, secondRoot);
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : proof;
  const [start, ...rest] = path;
  if (start === undefined) return false;
  let [node, last] = [first - 1, second - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  return leadsToBoth(sha256, { start, rest, node, last, firstRoot, secondRoot });
}

interface Walk {
  readonly start: Uint8Array;
  readonly rest: readonly Uint8Array[];
  readonly node: number;
  readonly last: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
}

function leadsToBoth(sha256: Sha256, walk: Walk): boolean {
  let { node, last } = walk;
  let [firstHash, secondHash] = [walk.start, walk.start];
  for (const sibling of walk.rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      firstHash = nodeHash(sha256, sibling, firstHash);
      secondHash = nodeHash(sha256, sibling, secondHash);
      [node, last] = climbWhileEven(node, last);
    } else {
      secondHash = nodeHash(sha256, secondHash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameHash(firstHash, walk.firstRoot) && sameHash(secondHash, walk.secondRoot);
}

/** A node on the right edge has no right sibling on the levels where its number is even. */
function climbWhileEven(node: number, last: number): [number, number] {
  let [climbed, edge] = [node, last];
  while (climbed % 2 === 0 && climbed !== 0) [climbed, edge] = [Math.floor(climbed / 2), Math.floor(edge / 2)];
  return [climbed, edge];
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
