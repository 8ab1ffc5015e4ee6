/** Import directions of src/. Each comment says what to do instead. */
const homes = {
  'better-sqlite3': 'adapters/sqlite',
  'sqlite-vec': 'adapters/sqlite',
  execa: 'adapters/process',
  openai: 'adapters/llm',
  '@marcbachmann/cel-js': 'adapters/cel',
  chokidar: 'adapters/watch',
  yaml: 'adapters/[a-z]+-files',
  commander: 'cli',
  ink: 'tui',
  react: 'tui',
  pino: 'adapters/log',
  zod: '(adapters|api|cli)',
};

const livesInOnePlace = Object.entries(homes).map(([name, home]) => ({
  name: `${name}-lives-in-one-place`,
  severity: 'error',
  comment: `Only src/${home} may import ${name}.`,
  from: { path: '^src/', pathNot: `^src/${home}/` },
  to: { path: `(^|node_modules/)(@types/)?${name}(/|$)` },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'Move the shared part into the lower folder.', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', comment: 'Delete it or import it.', from: { orphan: true, path: '^src/', pathNot: ['^src/main\\.ts$', '\\.d\\.ts$'] }, to: {} },
    { name: 'domain-is-pure', severity: 'error', comment: 'domain/ imports only domain/: pass clocks, ids and I/O in as values.', from: { path: '^src/domain/' }, to: { pathNot: '^src/domain/' } },
    { name: 'ports-speak-domain', severity: 'error', comment: 'A port may mention domain types only.', from: { path: '^src/ports/' }, to: { pathNot: ['^src/domain/', '^src/ports/'] } },
    { name: 'app-uses-ports', severity: 'error', comment: 'A use case reaches the world through src/ports; no packages, no node: modules.', from: { path: '^src/app/' }, to: { pathNot: ['^src/app/', '^src/domain/', '^src/ports/'] } },
    { name: 'adapters-stay-at-the-edge', severity: 'error', comment: 'An adapter implements a port; it never calls app, cli, tui, api or daemon.', from: { path: '^src/adapters/' }, to: { path: '^src/', pathNot: ['^src/adapters/', '^src/domain/', '^src/ports/'] } },
    { name: 'adapters-do-not-know-each-other', severity: 'error', comment: 'Compose them in src/composition.', from: { path: '^src/adapters/([^/]+)/' }, to: { path: '^src/adapters/', pathNot: ['^src/adapters/$1/', '^src/adapters/process/'] } },
    { name: 'delivery-calls-app', severity: 'error', comment: 'cli/tui/api/daemon call src/app and read domain types; they never open a store.', from: { path: '^src/(cli|tui|api|daemon)/' }, to: { path: '^src/(adapters|composition|ports|main)' } },
    { name: 'deliveries-are-siblings', severity: 'error', comment: 'Reach another delivery through the host in src/composition.', from: { path: '^src/(cli|tui|api|daemon)/' }, to: { path: '^src/(cli|tui|api|daemon)/', pathNot: '^src/$1/' } },
    { name: 'composition-is-the-root', severity: 'error', comment: 'Only main.ts imports composition.', from: { path: '^src/', pathNot: ['^src/main\\.ts$', '^src/composition/'] }, to: { path: '^src/composition/' } },
    ...livesInOnePlace,
    { name: 'no-dev-deps-in-src', severity: 'error', comment: 'Move it to dependencies or out of src.', from: { path: '^src/' }, to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' } },
    { name: 'no-undeclared', severity: 'error', comment: 'Add it to package.json.', from: {}, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] } },
    { name: 'not-resolvable', severity: 'error', comment: 'The import points nowhere.', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
