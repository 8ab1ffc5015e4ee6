/**
 * Measures the glob engine: compiling, membership, one request against many held locks, hostile patterns.
 * Run: node bench/glob.mjs
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

async function loadEngine() {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-glob-'));
  try {
    const outfile = path.join(folder, 'glob.mjs');
    const contents = ['pattern', 'path-set', 'overlap', 'prefix', 'compile'].map((name) => `export * from './src/domain/glob/${name}.ts';`).join('\n');
    await build({ stdin: { contents, resolveDir: root, loader: 'ts' }, bundle: true, format: 'esm', platform: 'node', target: 'node20', outfile, logLevel: 'error' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const { compilePathSet, findOverlap, literalPrefix, matchesPath, parsePattern } = await loadEngine();
const lock = (pattern) => compilePathSet({ include: [pattern] }, { fold: true });

/** A fixed sequence (mulberry32), so that runs can be compared. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomNumbers(7);
const pick = (list) => list[Math.floor(random() * list.length)];
const AREAS = ['auth', 'billing', 'cart', 'search', 'mail', 'report', 'user', 'order', 'stock', 'price'];
const area = () => `${pick(AREAS)}${Math.floor(random() * 40)}`;
const SHAPES = [
  () => `src/${area()}/${area()}.ts`,
  () => `src/${area()}`,
  () => `src/${area()}/**`,
  () => `packages/${area()}/src/**/*.ts`,
  () => `src/${area()}/*.{ts,tsx}`,
  () => `docs/${area()}/*.md`,
  () => `test/**/${area()}/*.snap`,
  () => `**/${area()}/[a-m]*.test.ts`,
];
const somePattern = () => pick(SHAPES)();
const somePath = () => `${pick(['src', 'packages', 'docs', 'test'])}/${area()}/src/${area()}.test.ts`;

function timeEachUs(items, action) {
  const times = items.map((item) => {
    const start = process.hrtime.bigint();
    action(item);
    return Number(process.hrtime.bigint() - start) / 1_000;
  });
  return times.sort((a, b) => a - b);
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const format = (us) => (us >= 1_000 ? `${(us / 1_000).toFixed(2)} ms` : `${us.toFixed(2)} us`);
function report(name, sorted) {
  console.log(`${name.padEnd(58)} median ${format(at(sorted, 0.5)).padStart(10)}   p95 ${format(at(sorted, 0.95)).padStart(10)}   max ${format(sorted.at(-1)).padStart(10)}`);
}

/** Time of one call, measured over rounds of many, so that the clock costs nothing. */
function reportLoop(name, items, action) {
  const rounds = timeEachUs(Array.from({ length: 30 }), () => items.forEach(action)).map((us) => us / items.length);
  report(name, rounds);
}

function benchSingle() {
  const fresh = (shape) => Array.from({ length: 2_000 }, (_, index) => shape(index));
  const kinds = { 'a literal path': (n) => `src/auth/login${n}.ts`, 'a directory': (n) => `src/area${n}/**`, 'an extension': (n) => `**/*.ts${n}`, 'a class and a brace': (n) => `src/[a-f]*/${n}{a,b}.ts` };
  for (const [name, shape] of Object.entries(kinds)) {
    reportLoop(`parse ${name}`, fresh(shape), (pattern) => parsePattern(pattern));
    let round = 0;
    const rounds = timeEachUs(Array.from({ length: 30 }), () => {
      round += 1;
      for (let n = 0; n < 500; n += 1) lock(shape(`${round}_${n}`));
    });
    report(`parse and compile ${name}, not cached`, rounds.map((us) => us / 500));
  }
  reportLoop('compile, cached', fresh(() => 'src/auth/**'), (pattern) => lock(pattern));
  reportLoop('literal prefix, cached', fresh(() => 'src/auth/**'), (pattern) => literalPrefix(pattern));
  const paths = Array.from({ length: 2_000 }, somePath);
  for (const pattern of ['src/auth1/**', '**/*.test.ts', 'src/auth1', '**/[a-m]*/**/*.ts']) {
    const set = lock(pattern);
    reportLoop(`membership of one path in ${pattern}`, paths, (one) => matchesPath(set, one));
  }
  const policy = compilePathSet({ include: Array.from({ length: 100 }, somePattern), except: Array.from({ length: 20 }, somePattern) }, { fold: true });
  reportLoop('membership of one path in a set of 100, except 20', paths.slice(0, 200), (one) => matchesPath(policy, one));
}

function benchHeld(count) {
  const patterns = Array.from({ length: count }, somePattern);
  const held = patterns.map(lock);
  const requests = Array.from({ length: count > 1_000 ? 60 : 300 }, somePattern);
  const conflicts = (request) => {
    const wanted = lock(request);
    return held.filter((set) => findOverlap(set, wanted).overlap).length;
  };
  const firstConflict = (request) => {
    const wanted = lock(request);
    return held.some((set) => findOverlap(set, wanted).overlap);
  };
  const conflictsFromText = (request) => {
    const wanted = lock(request);
    return patterns.filter((pattern) => findOverlap(lock(pattern), wanted).overlap).length;
  };
  requests.slice(0, 10).forEach(conflicts);
  report(`${count} held sets, one request, all conflicts`, timeEachUs(requests, conflicts));
  report(`${count} held sets, one request, until the first conflict`, timeEachUs(requests, firstConflict));
  report(`${count} held patterns as text, one request, all conflicts`, timeEachUs(requests, conflictsFromText));
}

function benchHostile() {
  const stars = '*a'.repeat(511);
  const questions = {
    '511 stars against 511 stars': [lock(stars), lock(`${stars}b`)],
    '511 stars against 1,000 question marks': [lock(stars), lock('?'.repeat(1_000))],
    '200 x **/a/ against itself': [lock('**/a/'.repeat(200)), lock(`${'**/a/'.repeat(200)}b`)],
    '500 x */ against 200 x **/a/': [lock('*/'.repeat(500)), lock('**/a/'.repeat(200))],
    '256 expansions against 256 expansions': [lock(`{a,b}`.repeat(8)), lock(`{c,d}`.repeat(8))],
    '64 locks of 256 expansions against the same': [0, 1].map((n) => compilePathSet({ include: Array.from({ length: 64 }, (_, k) => `${'{a,b}'.repeat(8)}*${k}${n}`) }, { fold: true })),
    'exceptions beyond the state cap': [
      compilePathSet({ include: [`*a${'?'.repeat(20)}`], except: [...Array.from({ length: 20 }, (_, n) => `*a${'?'.repeat(n)}`), `*${'?'.repeat(21)}`] }, { fold: true }),
      lock('**'),
    ],
  };
  for (const [name, [a, b]] of Object.entries(questions)) {
    const answer = findOverlap(a, b);
    report(`${name}: ${answer.overlap ? `overlap${answer.exact ? '' : ' (not proved)'}` : 'none'}`, timeEachUs(Array.from({ length: 5 }), () => findOverlap(a, b)));
  }
  const deep = 'a'.repeat(4_000);
  report('membership of 4,000 characters in 511 stars', timeEachUs(Array.from({ length: 20 }), () => matchesPath(lock(`${stars}b`), deep)));
}

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
benchSingle();
for (const count of [1_000, 10_000]) benchHeld(count);
benchHostile();
