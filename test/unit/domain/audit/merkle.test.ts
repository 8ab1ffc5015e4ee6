import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/domain/audit/bytes.js';
import { Frontier } from '../../../../src/domain/audit/merkle/frontier.js';
import { emptyRoot, leafHash, nodeHash } from '../../../../src/domain/audit/merkle/node-hash.js';
import { MerkleTree } from '../../../../src/domain/audit/merkle/tree.js';
import { verifyConsistency, verifyInclusion } from '../../../../src/domain/audit/merkle/verify-proof.js';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const hex = (text: string): Uint8Array => fromHex(text)!;

// The inputs and roots that certificate transparency logs are tested with.
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(hex);
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** RFC 6962, 2.1, word by word: slow, and the oracle of everything here. */
function definedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return emptyRoot(sha256);
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(sha256, definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)));
}

/** RFC 6962, 2.1.1. */
function definedPath(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length <= 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return index < split ? [...definedPath(index, leaves.slice(0, split)), definedRoot(leaves.slice(split))] : [...definedPath(index - split, leaves.slice(split)), definedRoot(leaves.slice(0, split))];
}

/** RFC 6962, 2.1.2. */
function definedConsistency(first: number, leaves: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  if (first === leaves.length) return whole ? [] : [definedRoot(leaves)];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return first <= split ? [...definedConsistency(first, leaves.slice(0, split), whole), definedRoot(leaves.slice(split))] : [...definedConsistency(first - split, leaves.slice(split), false), definedRoot(leaves.slice(0, split))];
}

function logOf(size: number): { leaves: Uint8Array[]; tree: MerkleTree; roots: Uint8Array[] } {
  const leaves = Array.from({ length: size }, (_, index) => leafHash(sha256, Uint8Array.of(index, index >> 8)));
  const tree = new MerkleTree(sha256);
  const frontier = new Frontier(sha256);
  const roots = [frontier.root()];
  for (const leaf of leaves) {
    tree.append(leaf);
    frontier.append(leaf);
    roots.push(frontier.root());
  }
  return { leaves, tree, roots };
}

const SIZE = 40;
const log = logOf(SIZE);

describe('the Merkle tree', () => {
  it('gives the published roots', () => {
    const frontier = new Frontier(sha256);
    const tree = new MerkleTree(sha256);
    expect(toHex(frontier.root())).toBe(ROOTS[0]);
    LEAVES.forEach((leaf, index) => {
      frontier.append(leafHash(sha256, leaf));
      tree.append(leafHash(sha256, leaf));
      expect(toHex(frontier.root())).toBe(ROOTS[index + 1]);
      expect(toHex(tree.root())).toBe(ROOTS[index + 1]);
    });
  });

  it('gives the published proofs', () => {
    const tree = new MerkleTree(sha256);
    for (const leaf of LEAVES) tree.append(leafHash(sha256, leaf));
    expect(tree.inclusionProof(0, 8).map(toHex)).toEqual(['96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7', '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e', '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4']);
    expect(tree.consistencyProof(1, 8).map(toHex)).toEqual(['96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7', '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e', '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4']);
    expect(tree.consistencyProof(6, 8).map(toHex)).toEqual(['0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a', 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7']);
  });

  it('agrees with the definition at every size, place and beginning', () => {
    for (let size = 1; size <= SIZE; size += 1) {
      const leaves = log.leaves.slice(0, size);
      expect(log.roots[size]).toEqual(definedRoot(leaves));
      expect(log.tree.root(size)).toEqual(log.roots[size]);
      for (let index = 0; index < size; index += 1) {
        const proof = log.tree.inclusionProof(index, size);
        expect(proof).toEqual(definedPath(index, leaves));
        expect(verifyInclusion(sha256, { index, size, leaf: leaves[index]!, root: log.roots[size]!, proof })).toBe(true);
      }
      for (let first = 1; first <= size; first += 1) {
        const proof = log.tree.consistencyProof(first, size);
        expect(proof).toEqual(definedConsistency(first, leaves, true));
        expect(verifyConsistency(sha256, { first, second: size, firstRoot: log.roots[first]!, secondRoot: log.roots[size]!, proof })).toBe(true);
      }
    }
  });

  it('lets no proof pass for another leaf, place, size or root, nor a changed, shortened or longer one', () => {
    const place = fc.integer({ min: 1, max: SIZE }).chain((size) => fc.tuple(fc.constant(size), fc.nat({ max: size - 1 })));
    fc.assert(
      fc.property(place, place, fc.nat(), fc.nat({ max: 255 }), ([size, index], [otherSize, otherIndex], position, noise) => {
        const proof = log.tree.inclusionProof(index, size);
        const claim = { index, size, leaf: log.leaves[index]!, root: log.roots[size]!, proof };
        const changed = proof.map((hash, at) => (at === position % Math.max(1, proof.length) ? hash.map((byte, inner) => (inner === noise % 32 ? byte ^ 1 : byte)) : hash));
        if (proof.length > 0) expect(verifyInclusion(sha256, { ...claim, proof: changed })).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(sha256, { ...claim, proof: proof.slice(1) })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, proof: [...proof, log.leaves[0]!] })).toBe(false);
        if (otherIndex !== index) expect(verifyInclusion(sha256, { ...claim, leaf: log.leaves[otherIndex]! })).toBe(false);
        if (otherIndex !== index && otherIndex < size) expect(verifyInclusion(sha256, { ...claim, index: otherIndex })).toBe(false);
        if (otherSize !== size) expect(verifyInclusion(sha256, { ...claim, root: log.roots[otherSize]! })).toBe(false);
      }),
    );
  });

  it('lets no forked log pass for a continued one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: SIZE }), fc.nat(), fc.nat(), (second, a, b) => {
        const first = 1 + (a % (second - 1));
        const changed = b % first;
        const forked = logOf(0);
        for (const [index, leaf] of log.leaves.slice(0, second).entries()) forked.tree.append(index === changed ? leafHash(sha256, Uint8Array.of(9, 9, 9)) : leaf);
        const claim = { first, second, firstRoot: log.roots[first]!, secondRoot: forked.tree.root() };
        expect(verifyConsistency(sha256, { ...claim, proof: forked.tree.consistencyProof(first) })).toBe(false);
        expect(verifyConsistency(sha256, { ...claim, proof: log.tree.consistencyProof(first, second) })).toBe(false);
      }),
    );
  });

  it('goes on from a stored frontier, of logarithmic size, and refuses one that does not fit', () => {
    fc.assert(
      fc.property(fc.nat({ max: SIZE }), (size) => {
        const before = new Frontier(sha256);
        for (const leaf of log.leaves.slice(0, size)) before.append(leaf);
        const after = new Frontier(sha256, { size: before.size, hashes: before.hashes });
        for (const leaf of log.leaves.slice(size)) after.append(leaf);
        expect(after.root()).toEqual(log.roots[SIZE]);
        expect(before.hashes.length).toBeLessThanOrEqual(6);
        expect(() => new Frontier(sha256, { size, hashes: [...before.hashes, log.leaves[0]!] })).toThrow(RangeError);
      }),
    );
    expect(() => log.tree.inclusionProof(SIZE, SIZE)).toThrow(RangeError);
    expect(() => log.tree.inclusionProof(0, SIZE + 1)).toThrow(RangeError);
    expect(() => log.tree.consistencyProof(0, SIZE)).toThrow(RangeError);
    expect(() => log.tree.root(0)).toThrow(RangeError);
  });

  it('answers nonsense with no', () => {
    const root = log.roots[5]!;
    for (const [index, size] of [[-1, 5], [5, 5], [0.5, 5], [0, Number.NaN], [Number.MAX_SAFE_INTEGER + 1, Infinity]] as const) expect(verifyInclusion(sha256, { index, size, leaf: root, root, proof: [] })).toBe(false);
    for (const [first, second] of [[0, 5], [6, 5], [1.5, 5], [1, Infinity]] as const) expect(verifyConsistency(sha256, { first, second, firstRoot: root, secondRoot: root, proof: [] })).toBe(false);
    expect(verifyConsistency(sha256, { first: 3, second: 5, firstRoot: root, secondRoot: root, proof: [] })).toBe(false);
  });
});
