import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import determinism from './tools/lint/determinism.js';

const rules = Object.fromEntries(
  Object.keys(determinism.rules).map((name) => [`determinism/${name}`, 'error']),
);

/** Names that simulated code must not touch: it sees the world only through its `env` (DESIGN §2). */
const ambientGlobals = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'process',
  'fetch',
  'crypto',
  'structuredClone',
  'WeakRef',
  'FinalizationRegistry',
  'console',
  'Intl',
  'Date',
  'globalThis',
];

export default defineConfig(
  { ignores: ['**/node_modules', '**/dist', '**/coverage', '.splitbrain'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: false }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Typed arrays and checked indices: `!` states an invariant that the line above establishes.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    // The report's page runs in a browser: its own compiler options, with the DOM.
    files: ['src/page/**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: false, project: 'src/page/tsconfig.json' },
    },
  },
  {
    // What is evaluated in the page sees its DOM.
    files: ['test/browser/**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: false, project: 'test/browser/tsconfig.json' },
    },
    rules: {
      // A string is evaluated at every look; the page's policy allows the first alone, so a slow machine would fail.
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name='waitForFunction'][arguments.0.type!='ArrowFunctionExpression']",
          message: 'Give waitForFunction a function: a string fails under the policy of the page.',
        },
        {
          selector: "CallExpression[callee.property.name='waitForTimeout']",
          message:
            'Wait for what must be seen, or move page.clock: a sleep is too short somewhere.',
        },
      ],
    },
  },
  {
    files: ['src/{sim,protocols,checker,history}/**/*.ts'],
    plugins: { determinism },
    rules: {
      ...rules,
      'no-restricted-globals': ['error', ...ambientGlobals],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Take a stream: env.random(purpose).' },
      ],
    },
  },
  {
    files: ['src/{sim,protocols}/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'Simulated code is pure.' }] },
      ],
    },
  },
  {
    // The places whose job is the host: the guard patches its globals, the loop waits for async tasks to drain.
    files: ['src/sim/engine/{guard,guard-modules,async-tasks,simulation}.ts'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
      'determinism/no-async': 'off',
      'determinism/no-ambient-clock': 'off',
    },
  },
  {
    // Reading files is asynchronous; verdicts are computed synchronously from what was read.
    files: ['src/history/**/*.ts'],
    rules: { 'determinism/no-async': 'off' },
  },
);
