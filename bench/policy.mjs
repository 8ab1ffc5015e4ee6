// Policy in one process: expressions, decisions over many paths, and the search for conflicts. CPU time beside wall time,
// because a busy machine stretches the one and hardly the other.
//   node bench/policy.mjs
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const MODULES = [
  'adapters/cel/condition-compiler',
  'adapters/policy-files/parse-policy-file',
  'domain/policy/evaluate/compile-policy',
  'domain/policy/evaluate/decide',
  'domain/policy/floor/builtin-floor',
  'domain/policy/layers/combine',
  'domain/policy/analysis/find-conflicts',
  'domain/policy/layer',
];

async function load() {
  const cache = path.join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, 'policy-'));
  try {
    const outfile = path.join(folder, 'policy.mjs');
    const contents = MODULES.map((name) => `export * from './src/${name}.ts';`).join('\n');
    await build({ stdin: { contents, resolveDir: root, loader: 'ts' }, bundle: true, format: 'esm', platform: 'node', target: 'node20', outfile, logLevel: 'error', banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" } });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const policy = await load();
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const compile = policy.createConditionCompiler();

function timed(work) {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const value = work();
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { value, wallMs, cpuMs: (user + system) / 1000 };
}
const line = (name, text) => console.log(`${name.padEnd(52)} ${text}`);
const figures = ({ wallMs, cpuMs }) => `${wallMs.toFixed(1)} ms wall, ${cpuMs.toFixed(1)} ms CPU`;

// One expression, warm. Goal: 5 µs.
const EVALUATIONS = 100_000;
for (const [text, facts] of [
  ['task.risk != "low" || run.unattended', { 'task.risk': 'low', 'run.unattended': false }],
  ['path.startsWith("src/") && change.count > 10 && task.labels.exists(l, l == "urgent")', { path: 'src/a.ts', 'change.count': 12, 'task.labels': ['a', 'urgent'] }],
]) {
  const compiled = compile(text);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const read = (name) => facts[name];
  for (let index = 0; index < EVALUATIONS / 10; index += 1) compiled.condition.evaluate(read);
  const run = timed(() => {
    for (let index = 0; index < EVALUATIONS; index += 1) compiled.condition.evaluate(read);
  });
  line(`expression: ${text.slice(0, 38)}`, `${((run.cpuMs * 1000) / EVALUATIONS).toFixed(2)} µs CPU   (goal 5)`);
}

// 10,000 paths against 100 rules of three patterns.
const fileText = (rules) => `policy: 1\nname: bench\nrules:\n${Array.from({ length: rules }, (_, index) => `  - id: area-${index}\n    effect: deny\n    on: [path.write, commit]\n    paths: ["packages/p${index}/secret/**", "packages/*/private-${index}/*.pem", "**/generated-${index}/[a-m]*.ts"]\n    why: Nobody edits these by hand.\n    examples:\n      - { expect: deny, path: packages/p${index}/secret/a.txt }\n`).join('')}`;
const loaded = timed(() => policy.parsePolicyFile({ text: fileText(100), source: 'policy.yaml', revision: null, layer: 'project' }, compile));
line('reading a file of 100 rules', figures(loaded));
const effective = policy.combineLayers([policy.builtinFloor(), loaded.value.layer], Date.now()).policy;
const paths = Array.from({ length: 10_000 }, (_, index) => ({ path: `packages/p${Math.floor(index / 100)}/src/module-${index}.ts`, kind: 'modified', mode: 'file' }));
const request = { point: 'path.write', subject: { agent: 'coder', roles: ['coder'], labels: [], user: 'ann', session: null, run: null, task: null }, action: { name: 'path.write', tool: null, toolCall: null }, resource: { kind: 'tree', id: 'x', digest: null }, paths, command: null, skills: [], taskType: null, taskLabels: [], facts: {}, nowMs: Date.now(), approvals: [] };
const compiled = timed(() => policy.compilePolicy(effective, compile, { sha256 }));
line('compiling it', figures(compiled));
for (const name of ['first', 'second', 'third']) line(`10,000 paths against 100 rules, ${name} time`, figures(timed(() => policy.decide(compiled.value, request))));

// 500 rules, every pair of them. Goal: 1 s. "areas": most rules speak of a part of the tree of their own, some of all of it, as in
// a large repository. "dense": few names, so that every ninth pair really conflicts and each conflict is shown by a witness.
const words = ['src', 'test', 'docs', 'packages', 'tools', 'lib', 'app', 'api'];
const shapes = {
  areas: (index) => (index % 25 === 0 ? [`**/secret-${index}/**`] : [`${words[index % 8]}/area-${index}/**`, `packages/p${index}/{src,test}/*.ts`]),
  dense: (index) => [`${words[index % 8]}/${words[(index >> 3) % 8]}-${index % 50}/**`, `**/${words[(index >> 2) % 8]}-${index}/*.ts`],
};
const rule = (shape, index) => ({
  id: `r-${index}`,
  effect: ['allow', 'ask', 'deny'][index % 3],
  on: [['path.write', 'commit', 'task.claim', 'path.read'][index % 4]],
  agents: null, roles: index % 5 === 0 ? ['coder'] : null, labels: null,
  paths: shapes[shape](index),
  except: index % 7 === 0 ? [`${words[index % 8]}/generated/**`] : [],
  command: null, skills: null, tasks: null,
  when: index % 4 === 0 ? `task.risk == "${['low', 'high'][index % 2]}" && change.count > ${index % 10}` : null,
  approval: null, why: null, locked: false, overridable: [], at: `bench.yaml:${index}:1`,
});
const bench = (rules) => ({ engine: policy.ENGINE, layers: [{ ...policy.emptyLayer('project', 'bench.yaml'), rules }] });

for (const shape of Object.keys(shapes)) {
  const many = bench(Array.from({ length: 500 }, (_, index) => rule(shape, index)));
  const alone = new Map();
  const matches = (one, asked) => {
    if (!alone.has(one)) alone.set(one, policy.compilePolicy(bench([one]), compile, { points: [] }));
    return policy.evaluate(alone.get(one), asked, { trace: 'all' }).states[0]?.answer ?? 'no';
  };
  const whole = policy.compilePolicy(many, compile, { sha256 });
  for (const name of ['first', 'second']) {
    const search = timed(() => policy.findConflicts(many, { compile, matches, decide: (asked) => policy.decide(whole, asked), nowMs: Date.now() }));
    line(`conflicts among 500 rules (${shape}), ${name} time`, `${figures(search)}, ${JSON.stringify(search.value.counts)}   (goal 1 s)`);
  }
}
