import { HASH_BYTES, nodeHash, type Sha256 } from './node-hash.js';

/**
 * Every whole subtree of a log, level by level, so that proofs cost a logarithm each. Holds 64 bytes for each leaf:
 * for an export, not for a running log.
 */
export class MerkleTree {
  readonly #sha256: Sha256;
  /** `#levels[k][i]` is the root of leaves `i·2^k` to `(i+1)·2^k - 1`. */
  readonly #levels: Uint8Array[][] = [[]];

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  append(leaf: Uint8Array): void {
    if (leaf.length !== HASH_BYTES) throw new RangeError(`a leaf hash has ${HASH_BYTES} bytes, not ${leaf.length}`);
    let hash = leaf;
    for (let level = 0; ; level += 1) {
      const row = (this.#levels[level] ??= []);
      row.push(hash);
      const left = row.at(-2);
      if (row.length % 2 === 1 || left === undefined) return;
      hash = nodeHash(this.#sha256, left, hash);
    }
  }

  /** The root of the first `size` leaves; throws a RangeError for none or more than there are. */
  root(size = this.size): Uint8Array {
    this.#mustHold(size);
    return this.#subtree(0, size);
  }

  /** RFC 6962, 2.1.1: what turns the leaf at `index` (from 0) into the root of the first `size` leaves. */
  inclusionProof(index: number, size = this.size): readonly Uint8Array[] {
    this.#mustHold(size);
    if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) throw new RangeError(`there is no leaf ${index} in a tree of ${size}`);
    const proof: Uint8Array[] = [];
    let [from, to] = [0, size];
    while (to - from > 1) {
      const middle = from + splitOf(to - from);
      const isLeft = index < middle;
      proof.push(isLeft ? this.#subtree(middle, to) : this.#subtree(from, middle));
      [from, to] = isLeft ? [from, middle] : [middle, to];
    }
    return proof.reverse();
  }

  /** RFC 6962, 2.1.2: what shows that the first `first` leaves are the beginning of the first `second`. */
  consistencyProof(first: number, second = this.size): readonly Uint8Array[] {
    this.#mustHold(second);
    if (!(Number.isSafeInteger(first) && first >= 1 && first <= second)) throw new RangeError(`a tree of ${first} is no beginning of a tree of ${second}`);
    const proof: Uint8Array[] = [];
    let [from, to] = [0, second];
    while (first < to) {
      const middle = from + splitOf(to - from);
      const isLeft = first <= middle;
      proof.push(isLeft ? this.#subtree(middle, to) : this.#subtree(from, middle));
      [from, to] = isLeft ? [from, middle] : [middle, to];
    }
    // A subtree that begins with the log is known to the verifier as the old root.
    if (from > 0) proof.push(this.#subtree(from, to));
    return proof.reverse();
  }

  #mustHold(size: number): void {
    if (!(Number.isSafeInteger(size) && size >= 1 && size <= this.size)) throw new RangeError(`a log of ${this.size} has no tree of ${size}`);
  }

  /** The root of leaves `from` to `to - 1`, a range that the recursion of the RFC arrives at. */
  #subtree(from: number, to: number): Uint8Array {
    const count = to - from;
    const level = Math.log2(count);
    const kept = Number.isInteger(level) ? this.#levels[level]?.[from / count] : undefined;
    if (kept !== undefined) return kept;
    const middle = from + splitOf(count);
    return nodeHash(this.#sha256, this.#subtree(from, middle), this.#subtree(middle, to));
  }
}

/** The largest power of two below `count`, which is above 1. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}
