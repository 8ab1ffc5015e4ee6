// What is done to modules while they are bundled, each for the sake of a cold start.
import { readFile } from 'node:fs/promises';
import { transform } from 'esbuild';

/**
 * commander asks for node:child_process when it is loaded, for sub-commands that are programs of their
 * own. There are none here, and loading that module is a quarter of what `ai --version` may cost.
 * Its local and private names are shortened as well: it is most of the entry. Private is what begins with an
 * underscore, by its own convention; one table of new names serves all of its files.
 */
export const minifiedCommander = {
  name: 'minified-commander',
  setup(build) {
    let mangleCache = {};
    let previous = Promise.resolve();
    const minify = async (path) => {
      const result = await transform(await readFile(path, 'utf8'), { minify: true, mangleProps: /^_/, mangleCache });
      mangleCache = result.mangleCache;
      return { contents: result.code, loader: 'js' };
    };
    build.onResolve({ filter: /^(node:)?child_process$/ }, ({ kind, importer }) => (kind === 'require-call' && /node_modules\/commander\//.test(importer) ? { path: 'nothing', namespace: 'nothing' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
    build.onLoad({ filter: /node_modules\/commander\/.*\.js$/ }, ({ path }) => (previous = previous.then(() => minify(path))));
  },
};

/**
 * Builtin modules that are dear to load and that most calls of `ai` never use, although something on their
 * path imports them. Their functions are looked up at the first call instead; a class or a constant is not
 * offered, so that importing one from here fails when the bundle is built. Properties of a function are not
 * carried over: `util.promisify(execFile)` does not work in the bundle.
 */
const LAZY = /^(?:node:)?(crypto|child_process|timers\/promises|fs\/promises)$/;

export const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: LAZY }, ({ kind, importer, path }) => (kind === 'import-statement' && !importer.includes('/node_modules/') ? { path: `node:${LAZY.exec(path)[1]}`, namespace: 'lazy-builtin' } : undefined));
    // A pack has a require of its own; node:module would bring Node's loader of ES modules with it.
    build.onResolve({ filter: /^node:module$/ }, ({ importer }) => (!importer.includes('/node_modules/') ? { path: 'require', namespace: 'own-require' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'own-require' }, () => ({ contents: 'export const createRequire = () => require;' }));
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, async ({ path }) => {
      const names = Object.entries(await import(path)).filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name) && name !== 'default');
      return { contents: names.map(([name]) => `export const ${name} = (...words) => process.getBuiltinModule(${JSON.stringify(path)}).${name}(...words);`).join('\n') };
    });
  },
};
