import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What each room must not do, planted into a file of that room, and the rule that has to notice. */
const PLANTS: readonly (readonly [file: string, line: string, rule: string])[] = [
  ['shared/core/model.ts', "import { app } from '../compose'", 'no-restricted-imports'],
  ['shared/core/model.ts', "import { readFile } from 'node:fs'", 'no-restricted-imports'],
  ['shared/core/model.ts', 'export const at = Date.now()', 'no-restricted-properties'],
  ['shared/core/model.ts', 'export const at = new Date()', 'no-restricted-syntax'],
  ['shared/core/model.ts', 'export const e = process.env', 'no-restricted-globals'],
  ['shared/settings/fields.ts', "import * as u from '../usecases/run'", 'no-restricted-imports'],
  [
    'shared/ports/side.ts',
    "import * as a from '../adapters/graph/calendar'",
    'no-restricted-imports',
  ],
  ['shared/usecases/run.ts', "import * as a from '../adapters/oro/oro'", 'no-restricted-imports'],
  ['shared/usecases/run.ts', "import * as c from '../compose'", 'no-restricted-imports'],
  ['shared/usecases/run.ts', 'export const e = process.env', 'no-restricted-globals'],
  ['shared/adapters/graph/calendar.ts', "import * as o from '../oro/oro'", 'no-restricted-imports'],
  [
    'shared/adapters/oro/oro.ts',
    "import * as u from '../../usecases/run'",
    'no-restricted-imports',
  ],
  [
    'functions/status.ts',
    "import * as a from '../shared/adapters/oro/oro'",
    'no-restricted-imports',
  ],
  ['functions/status.ts', "import * as l from '../local/platform'", 'no-restricted-imports'],
  ['web/texts.ts', "import * as u from '../shared/usecases/run'", 'no-restricted-imports'],
  [
    'local/oro/start.ts',
    "import * as o from '../../shared/adapters/oro/oro'",
    'no-restricted-imports',
  ],
  ['shared/usecases/run.ts', "console.log('x')", 'no-console'],
]

/** Lints all plants in one process, without the rules that need types, which no wall does: most of the time would go there. */
const SCRIPT = `
const { ESLint } = require('eslint')
const { configs } = require('typescript-eslint')
const plants = JSON.parse(process.argv[1])
const eslint = new ESLint({ overrideConfig: configs.disableTypeChecked })
;(async () => {
  const found = []
  for (const [filePath, code] of plants) {
    const [result] = await eslint.lintText(code + '\\n', { filePath })
    found.push(result.messages.map((message) => message.ruleId))
  }
  process.stdout.write(JSON.stringify(found))
})()
`

describe('the walls between the rooms', () => {
  it('catch every planted violation', () => {
    const root = join(__dirname, '..', '..')
    const answer = execFileSync(process.execPath, ['-e', SCRIPT, JSON.stringify(PLANTS)], {
      cwd: root,
      encoding: 'utf8',
    })
    const found = JSON.parse(answer) as string[][]
    const missed = PLANTS.filter(([, , rule], index) => !found[index]?.includes(rule))
    expect(missed).toEqual([])
    expect(found).toHaveLength(PLANTS.length)
  }, 60_000)
})
