import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PRODUCT_SETTINGS, readOptions, tokenKeyOf } from '../../../local/demo/options'
import { SETTING_NAMES } from '../../../shared/config'

const faultsOf = (args: string[], environment: Record<string, string>): string => {
  try {
    readOptions(args, environment)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('the options of npm start', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('hand on exactly the settings that the product knows', () => {
    expect([...PRODUCT_SETTINGS].sort()).toEqual([...SETTING_NAMES].sort())
  })

  it('have defaults for everything', () => {
    expect(readOptions([], { ORO_URL: '', PATH: '/bin' })).toEqual({
      once: false,
      port: 7071,
      functionKey: 'local-key',
      dataFolder: null,
      seed: undefined,
      settings: {},
      outside: false,
    })
  })

  it('are all faulted at once', () => {
    const text = faultsOf(['--twice'], {
      LOCAL_PORT: '70710',
      LOCAL_SEED: join(folder, 'missing.json'),
      MICROSOFT_CLOUD: 'custom',
      MICROSOFT_LOGIN_URL: 'http://127.0.0.1:1',
      ORO_URL: 'ftp://oro.example',
    })
    expect(text.split('\n')).toHaveLength(6)
    expect(text).toContain('ORO_URL')
    expect(text).toContain('--twice')
    expect(text).toContain('LOCAL_PORT')
    expect(text).toContain('LOCAL_SEED')
    expect(text).toContain('MICROSOFT_GRAPH_URL is missing')
  })

  it.each([
    [{ ORO_URL: 'http://127.0.0.1:1' }, true],
    [
      {
        MICROSOFT_CLOUD: 'custom',
        MICROSOFT_LOGIN_URL: 'http://127.0.0.1:1',
        MICROSOFT_GRAPH_URL: 'http://127.0.0.1:2',
      },
      true,
    ],
    [{ ORO_BACKEND_PREFIX: '/admin' }, false],
  ])('with %j have an outside system: %s', (environment, outside) => {
    expect(readOptions([], environment).outside).toBe(outside)
  })

  it('refuse the tables of an earlier demo, whose calendars are gone, but not those of outside systems', () => {
    writeFileSync(join(folder, 'tables.json'), '{}')
    expect(faultsOf([], { LOCAL_DATA: folder })).toContain('LOCAL_DATA')
    expect(readOptions([], { LOCAL_DATA: folder, ORO_URL: 'http://127.0.0.1:1' }).dataFolder).toBe(
      folder,
    )
  })

  it('keep one token key per folder, readable by its owner only', () => {
    const inside = join(folder, 'data')
    const key = tokenKeyOf(inside)
    expect(Buffer.from(key, 'base64')).toHaveLength(32)
    expect(tokenKeyOf(inside)).toBe(key)
    expect(statSync(join(inside, 'token.key')).mode & 0o077).toBe(0)
  })
})
