import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// A later flat-config entry REPLACES a rule's options instead of merging them, so shared arrays live here.
const namedExports = { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' };
const noNow = { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take nowMs as a value (ports/clock.ts).' };
const noAsyncTransaction = {
  selector: "CallExpression[callee.property.name='transaction'] > ArrowFunctionExpression[async=true]",
  message: 'A transaction that awaits lets other statements join it; keep the block synchronous.',
};
const noProcess = ['error', { name: 'process', message: 'Only main.ts, composition/, cli/ and adapters/process|system touch process; take the value as a parameter.' }];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'test/fixtures', 'bench/results'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['vitest.config.ts'] } } },
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly', performance: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', setInterval: 'readonly', clearInterval: 'readonly', setImmediate: 'readonly', module: 'writable', require: 'readonly', __dirname: 'readonly', __filename: 'readonly' } },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      'max-depth': ['error', 3],
      complexity: ['error', 12],
      'no-console': 'error',
      'no-restricted-globals': noProcess,
      'no-restricted-syntax': ['error', namedExports, noAsyncTransaction],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['src/domain/**', 'src/app/**'],
    rules: {
      'no-restricted-syntax': ['error', namedExports, noNow],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take nowMs as a value.' },
        { object: 'Math', property: 'random', message: 'Take a random source.' },
      ],
    },
  },
  {
    files: ['src/main.ts', 'src/composition/**', 'src/cli/**', 'src/adapters/process/**', 'src/adapters/system/**'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['test/**/*.ts', 'vitest.config.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
    },
  },
  {
    // Documents of the command line are read here as a script would read them: without types.
    files: ['test/e2e/**/*.ts', 'test/support/control-plane.ts'],
    rules: Object.fromEntries(['argument', 'assignment', 'call', 'member-access', 'return'].map((kind) => [`@typescript-eslint/no-unsafe-${kind}`, 'off'])),
  },
);
