import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SETTING_NAMES } from '../../shared/config'
import { ERROR_CODES } from '../../shared/errors'
import { settingsTable } from '../../shared/settings/describe'

const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8')

describe('the README', () => {
  it('names every application setting', () => {
    expect(SETTING_NAMES.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
  })

  it('says what to do about every error code, and about none that does not exist', () => {
    const rows = [...readme.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1])
    const codes = rows.filter((code) => code !== undefined && !code.startsWith('--'))
    expect([...new Set(codes)].sort()).toEqual(Object.keys(ERROR_CODES).sort())
  })

  it('holds the table of settings as the schema states it', () => {
    expect(readme).toContain(settingsTable().trim())
  })
})
