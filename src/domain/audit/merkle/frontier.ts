import { emptyRoot, HASH_BYTES, nodeHash, type Sha256 } from './node-hash.js';

/**
 * The right edge of a Merkle tree (RFC 6962): the roots of the whole subtrees of its leaves, the largest first, one
 * for each bit that is set in the size. Enough to append and to give the root; of logarithmic size.
 */
export class Frontier {
  readonly #sha256: Sha256;
  readonly #hashes: Uint8Array[];
  #size: number;

  /** Throws a RangeError when size and hashes do not fit each other. */
  constructor(sha256: Sha256, from: { readonly size: number; readonly hashes: readonly Uint8Array[] } = { size: 0, hashes: [] }) {
    if (!isFrontier(from)) throw new RangeError(`${from.hashes.length} hashes are no frontier of a tree of ${from.size}`);
    this.#sha256 = sha256;
    this.#size = from.size;
    this.#hashes = [...from.hashes];
  }

  get size(): number {
    return this.#size;
  }

  /** The largest subtree first. */
  get hashes(): readonly Uint8Array[] {
    return [...this.#hashes];
  }

  /** Appends one leaf by its hash: as many node hashes as the size ends in ones. */
  append(leaf: Uint8Array): void {
    let hash = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) hash = nodeHash(this.#sha256, this.#hashes.pop() ?? hash, hash);
    this.#hashes.push(hash);
    this.#size += 1;
  }

  root(): Uint8Array {
    const [last, ...before] = this.hashes.toReversed();
    if (last === undefined) return emptyRoot(this.#sha256);
    return before.reduce((right, left) => nodeHash(this.#sha256, left, right), last);
  }
}

/** True when a tree of this size has that many whole subtrees. */
export function isFrontier({ size, hashes }: { readonly size: number; readonly hashes: readonly Uint8Array[] }): boolean {
  return Number.isSafeInteger(size) && size >= 0 && hashes.length === bitCount(size) && hashes.every((hash) => hash.length === HASH_BYTES);
}

function bitCount(value: number): number {
  let count = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
