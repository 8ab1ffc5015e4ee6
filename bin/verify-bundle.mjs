#!/usr/bin/env node
// Checks a bundle that `ai audit export --out DIR` made: this file and Node 20 are all it needs. It shares no code
// with the program that made the bundle, on purpose.
//
//     node verify.mjs [DIR] [--key KEY]
//
// Exits with 0 when everything holds and with 1 when anything does not.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FORMAT = 'ai-audit-bundle/1';
const ED25519 = 1;
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

class Unproven extends Error {}
const must = (condition, message) => {
  if (!condition) throw new Unproven(message);
};

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafOf = (line) => sha256(Buffer.from([0]), line);
const nodeOf = (left, right) => sha256(Buffer.from([1]), left, right);

function decode(text, what) {
  must(typeof text === 'string', `${what} is no text`);
  const bytes = Buffer.from(text, 'base64');
  must(bytes.toString('base64') === text, `${what} is no Base64`);
  return bytes;
}

// --- signed notes (C2SP signed-note and tlog-checkpoint)

function readKey(text) {
  const [name = '', id = '', material = ''] = [text.slice(0, text.indexOf('+')), ...text.slice(text.indexOf('+') + 1).split(/\+(.*)/s)];
  const bytes = decode(material, 'the key');
  must(name !== '' && bytes.length === 33 && bytes[0] === ED25519, 'key.txt holds no Ed25519 key');
  must(sha256(`${name}\n`, bytes).subarray(0, 4).toString('hex') === id, 'the id in key.txt does not belong to the key');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') };
  return { name, id, object: createPublicKey({ key: jwk, format: 'jwk' }) };
}

function readCheckpoint(note, key) {
  must(typeof note === 'string' && note.endsWith('\n'), 'a checkpoint can not be read');
  const split = note.lastIndexOf('\n\n');
  must(split > 0, 'a checkpoint has no signature');
  const text = note.slice(0, split + 1);
  const [origin, size, root] = text.split('\n');
  must(/^(0|[1-9]\d{0,15})$/.test(size ?? ''), 'a checkpoint has no size');
  const signatures = note
    .slice(split + 2, -1)
    .split('\n')
    .map((line) => /^— (\S+) (\S+)$/u.exec(line))
    .filter((match) => match !== null && match[1] === key.name)
    .map((match) => decode(match[2], 'a signature'))
    .filter((bytes) => bytes.subarray(0, 4).toString('hex') === key.id);
  must(origin === key.name && signatures.length > 0, `the checkpoint over ${size} events is not signed by the key`);
  for (const bytes of signatures) must(verify(null, Buffer.from(text), key.object, bytes.subarray(4)), `the signature of the checkpoint over ${size} events is false`);
  return { size: Number(size), root: decode(root, 'a root') };
}

// --- Merkle trees (RFC 6962), proofs as in RFC 9162

class Tree {
  size = 0;
  subtrees = [];

  append(leaf) {
    let hash = leaf;
    for (let rest = this.size; rest % 2 === 1; rest = Math.floor(rest / 2)) hash = nodeOf(this.subtrees.pop(), hash);
    this.subtrees.push(hash);
    this.size += 1;
  }

  root() {
    return this.subtrees.reduceRight((right, left) => (right === null ? left : nodeOf(left, right)), null) ?? sha256('');
  }
}

function isIncluded({ index, size, leaf, root, proof }) {
  let [node, last, hash] = [index, size - 1, leaf];
  if (index >= size) return false;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeOf(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else hash = nodeOf(hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

function isBeginning(first, second, proof) {
  if (first.size < 1 || first.size >= second.size) return false;
  const path = Number.isInteger(Math.log2(first.size)) ? [first.root, ...proof] : [...proof];
  if (path.length === 0) return false;
  let [node, last] = [first.size - 1, second.size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  let [old, whole] = [path[0], path[0]];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [old, whole] = [nodeOf(sibling, old), nodeOf(sibling, whole)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else whole = nodeOf(whole, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && old.equals(first.root) && whole.equals(second.root);
}

// --- the files

async function* linesOf(folder, name) {
  const file = path.join(folder, name);
  if (!existsSync(file)) return;
  let rest = '';
  for await (const piece of createReadStream(file, 'utf8')) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    must(rest.length <= MAX_LINE_CHARACTERS, `${name} has a line without end`);
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function readText(folder, name) {
  try {
    return readFileSync(path.join(folder, name), 'utf8');
  } catch (error) {
    throw new Unproven(`${name} can not be read (${error.code})`);
  }
}

function parse(text, what) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new Unproven(`${what} can not be read`);
}

const proofOf = (entry) => {
  must(Array.isArray(entry.proof), 'a proof can not be read');
  return entry.proof.map((hash) => decode(hash, 'a proof'));
};

async function readEarlier(folder, key, { checkpoint, whole }) {
  const earlier = [];
  for await (const line of linesOf(folder, 'checkpoints.jsonl')) {
    const entry = parse(line, 'checkpoints.jsonl');
    const one = readCheckpoint(entry.note, key);
    must(one.size < checkpoint.size && (whole || isBeginning(one, checkpoint, proofOf(entry))), `the checkpoint over ${one.size} events is no beginning of the last one: two histories were signed`);
    earlier.push(one);
  }
  return earlier;
}

function readLeaf(line) {
  const event = parse(line, 'a line of events.jsonl');
  must(Number.isSafeInteger(event.seq) && event.seq >= 1, 'a line of events.jsonl has no sequence number');
  const withheld = 'withheld' in event;
  return { seq: event.seq, prev: withheld ? null : event.prev, withheld, hash: withheld ? decode(event.hash, `the hash of event ${event.seq}`) : leafOf(line) };
}

async function checkEvents(folder, { checkpoint, earlier, whole }) {
  const roots = new Map([...earlier, checkpoint].map(({ size, root }) => [size, root]));
  const proofs = linesOf(folder, 'proofs.jsonl');
  const tree = new Tree();
  const counts = { events: 0, withheld: 0 };
  let last = { seq: 0, hash: null };
  let good = 0;
  for await (const line of linesOf(folder, 'events.jsonl')) {
    const leaf = readLeaf(line);
    must(leaf.seq > last.seq && leaf.seq <= checkpoint.size, `event ${leaf.seq} is out of order`);
    if (last.hash !== null && leaf.seq === last.seq + 1 && leaf.prev !== null) must(leaf.prev === last.hash.toString('hex'), `event ${leaf.seq} does not continue event ${last.seq}`);
    if (whole) {
      must(leaf.seq === tree.size + 1, `event ${tree.size + 1} is missing`);
      tree.append(leaf.hash);
      const root = roots.get(tree.size);
      must(root === undefined || root.equals(tree.root()), `events ${good + 1} to ${tree.size} are not those that were signed`);
      if (root !== undefined) good = tree.size;
    } else {
      const { value, done } = await proofs.next();
      const entry = done ? {} : parse(value, 'proofs.jsonl');
      must(entry.seq === leaf.seq && isIncluded({ index: leaf.seq - 1, size: checkpoint.size, leaf: leaf.hash, root: checkpoint.root, proof: proofOf(entry) }), `event ${leaf.seq} is not in the log that was signed`);
    }
    counts.events += 1;
    if (leaf.withheld) counts.withheld += 1;
    last = leaf;
  }
  must(!whole || tree.size === checkpoint.size, `events ${tree.size + 1} to ${checkpoint.size} are missing`);
  return counts;
}

async function checkStatements(folder, key) {
  let count = 0;
  for await (const line of linesOf(folder, 'statements.jsonl')) {
    count += 1;
    const { payload, payloadType, signatures } = parse(line, `statement ${count}`);
    const body = decode(payload, `statement ${count}`);
    const message = Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.length} `), body]);
    const own = Array.isArray(signatures) ? signatures.filter(({ keyid }) => keyid === `${key.name}+${key.id}`) : [];
    must(own.some(({ sig }) => verify(null, message, key.object, decode(sig, 'a signature'))), `statement ${count} is not signed by the key`);
  }
  return count;
}

async function check(folder, givenKey) {
  const manifest = parse(readText(folder, 'bundle.json'), 'bundle.json');
  must(manifest.format === FORMAT, `this is no bundle of the form ${FORMAT}`);
  const keyText = readText(folder, 'key.txt').trim();
  must(givenKey === null || givenKey === keyText, 'the key of the bundle is not the one that you gave');
  const key = readKey(keyText);
  const whole = manifest.selection === null;
  const checkpoint = readCheckpoint(readText(folder, 'checkpoint.txt'), key);
  const earlier = await readEarlier(folder, key, { checkpoint, whole });
  const { events, withheld } = await checkEvents(folder, { checkpoint, earlier, whole });
  must(events === manifest.events, `the bundle says that it holds ${manifest.events} events, and it holds ${events}`);
  const statements = await checkStatements(folder, key);
  return [
    `log         ${key.name}, ${checkpoint.size} events when it was signed`,
    whole ? `events      ${events}: all of them, unaltered and in order` : `events      ${events}, each proven to be in the log; that none was left out of this selection is not proven`,
    ...(withheld > 0 ? [`withheld    ${withheld}: only their hashes are here`] : []),
    `checkpoints ${earlier.length + 1}, all signed, each the beginning of the next`,
    ...(statements > 0 ? [`statements  ${statements}, all signed`] : []),
    givenKey === null ? `key         ${keyText}\n            It came with the bundle: compare it with the one that you were told.` : 'key         the one that you gave',
  ];
}

const words = process.argv.slice(2);
const keyAt = words.indexOf('--key');
const [, givenKey = null] = keyAt === -1 ? [] : words.splice(keyAt, 2);
const folder = path.resolve(words[0] ?? path.dirname(fileURLToPath(import.meta.url)));
try {
  const lines = await check(folder, givenKey);
  console.log(`OK: this bundle holds.\n\n${lines.join('\n')}`);
} catch (error) {
  if (!(error instanceof Unproven)) console.error(error);
  // Text of the bundle is not to reach a terminal as it is.
  console.log(`BAD: ${String(error.message).replace(/[^\x20-\x7e]/g, '?')}.`);
  process.exitCode = 1;
}
