import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/**
 * The walls (DESIGN 3): an allow-list of imports per room. Globs are disjoint, since a later entry replaces an earlier one.
 *
 * @param {string[]} files
 * @param {string[]} mayImport regular expressions, anchored at the start of the import path
 * @param {string[]} except
 */
const room = (files, mayImport, except = []) => ({
  files,
  ignores: except,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(?!${mayImport.join('|')})`,
            message: `This room may import only ${mayImport.join(', ')} (DESIGN 3, CONTRIBUTING).`,
          },
        ],
      },
    ],
  },
})

const pure = {
  files: ['shared/core/**', 'shared/settings/**'],
  rules: {
    'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'crypto'],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'Take `now` as an argument.' },
      { object: 'Math', property: 'random', message: 'Take it as an argument.' },
    ],
    'no-restricted-syntax': [
      'error',
      {
        selector: "NewExpression[callee.name='Date'][arguments.length=0]",
        message: 'Take `now` as an argument.',
      },
    ],
  },
}

const ADAPTER = [
  '\\./',
  '\\.\\./http/',
  '\\.\\./\\.\\./(core|ports|html)/',
  '\\.\\./\\.\\./settings/schema$',
  '\\.\\./\\.\\./(messages|errors|log)$',
  'node:',
  '(?!@azure/functions$)[@a-z]',
]
/** Files one folder deeper in an adapter. */
const DEEPER = ADAPTER.map((path) => path.replace(/^\\\.\\\.\//, '\\.\\./\\.\\./'))

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.local/', 'coverage/', 'local/stubs/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // No classes, hence no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // Generic answers of JSON ask for a type that appears once.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        require: 'readonly',
        module: 'writable',
        process: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
  pure,
  {
    files: ['functions/**', 'shared/**'],
    ignores: ['shared/config.ts', 'shared/core/**', 'shared/settings/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Only shared/config.ts reads the environment.' },
      ],
    },
  },
  room(
    ['shared/core/*.ts'],
    ['\\./', 'temporal-polyfill$', 'rrule-temporal$'],
    ['shared/core/fingerprint.ts', 'shared/core/uid.ts'],
  ),
  room(['shared/settings/*.ts'], ['\\./', '\\.\\./core/', 'zod$']),
  room(
    ['shared/html/*.ts'],
    ['\\./', 'sanitize-html$', 'html-to-text$', 'node:crypto$', 'htmlparser2$'],
  ),
  room(['shared/ports/*.ts'], ['\\./', '\\.\\./(core|settings)/', '\\.\\./(errors|messages)$']),
  room(
    ['shared/usecases/*.ts'],
    ['\\./', '\\.\\./(core|settings|ports)/', '\\.\\./(messages|errors|log)$', 'node:crypto$'],
  ),
  room(['shared/adapters/*/*.ts'], ADAPTER),
  room(['shared/adapters/*/*/*.ts'], ['\\.\\./[a-z-]+$', ...DEEPER]),
  room(
    ['functions/*.ts'],
    [
      '\\./',
      '@azure/functions$',
      'zod$',
      'node:',
      '\\.\\./shared/(compose|messages|errors|log)$',
      '\\.\\./shared/(usecases|ports|core|settings)/',
    ],
  ),
  room(
    ['functions/http/*.ts'],
    [
      '\\./',
      '@azure/functions$',
      'zod$',
      'node:',
      '\\.\\./\\.\\./shared/(compose|messages|errors|log)$',
      '\\.\\./\\.\\./shared/(usecases|ports|core|settings)/',
    ],
  ),
  room(['web/**/*.{ts,tsx}'], ['\\.', 'preact']),
  {
    files: ['web/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '(^|/)(local|functions|test|bench)/|shared/(?!settings/|core/)',
              message: 'The page speaks only the HTTP interface.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['local/**/*.ts'],
    rules: {
      'no-console': 'off',
      // Raw JSON of imitated systems is shown as text in many places.
      '@typescript-eslint/no-base-to-string': 'off',
      // Typings of classes that others wrote.
      '@typescript-eslint/no-extraneous-class': 'off',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '(^|/)(\\.\\./)+(shared|functions|web)/',
              message: 'A stand-in shares nothing with the product.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.{ts,tsx}', 'bench/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Tests read answers as an outside caller does: untyped.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
)
