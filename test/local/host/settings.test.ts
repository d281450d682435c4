import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLocalSettings, resolveSettings, timeSpanMs } from '../../../local/host/settings'

describe('local settings', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'settings-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  const write = (content: unknown): void => {
    writeFileSync(join(folder, 'local.settings.json'), JSON.stringify(content))
  }

  it('are those of the file under those of the environment', () => {
    write({ IsEncrypted: false, Values: { A: 'file', B: 'file', PORT: 7071 } })
    expect(readLocalSettings(folder, { B: 'environment', C: 'environment' })).toEqual({
      A: 'file',
      B: 'environment',
      C: 'environment',
      PORT: '7071',
    })
  })

  it('are those of the environment without a file', () => {
    expect(readLocalSettings(folder, { A: '1' })).toEqual({ A: '1' })
  })

  it('that are no strings are all named', () => {
    write({ Values: { A: {}, B: null, C: 'fine' } })
    expect(() => readLocalSettings(folder, {})).toThrow(
      'local.settings.json: Values.A is not a string; Values.B is not a string',
    )
  })
})

describe('a setting in a binding', () => {
  it('is put in, and every missing one is named', () => {
    expect(resolveSettings('%A%/x/%B%', { A: '1', B: '2' })).toBe('1/x/2')
    expect(() => resolveSettings('%A% %B% %C%', { B: '2' })).toThrow('%A%, %C% in "%A% %B% %C%"')
  })
})

describe('a time span', () => {
  it('has hours, minutes and seconds, and days when needed', () => {
    expect(timeSpanMs('00:30:00')).toBe(1_800_000)
    expect(timeSpanMs('1.02:03:04')).toBe(93_784_000)
    expect(() => timeSpanMs('30 minutes')).toThrow('is not a time span')
  })
})
