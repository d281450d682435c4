import sample from '../../local.settings.sample.json'
import { configTable, InvalidConfig, parseConfig, SETTING_NAMES } from '../../shared/config'

const good: Readonly<Record<string, string>> = sample.Values

function faultsOf(settings: Record<string, string | undefined>): Record<string, string> {
  try {
    parseConfig(settings)
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error
    for (const { pointer } of error.problems) expect(error.message).toContain(`  ${pointer}: `)
    return Object.fromEntries(error.problems.map(({ pointer, detail }) => [pointer, detail]))
  }
  return {}
}

const faultOf = (name: string, value: string | undefined): string | undefined => {
  const faults = faultsOf({ ...good, [name]: value })
  expect(Object.keys(faults).filter((other) => other !== name)).toEqual([])
  return faults[name]
}

describe('the application settings', () => {
  it('are those of the sample file, which is valid as it stands', () => {
    const values = Object.keys(sample.Values)
    // What the Functions host itself reads.
    const ofTheHost = ['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage']
    expect(values.filter((name) => !ofTheHost.includes(name)).sort()).toEqual(
      SETTING_NAMES.toSorted(),
    )
    expect(faultsOf(good)).toEqual({})
  })

  it('are all in the table, with default and meaning', () => {
    const rows = configTable().split('\n').slice(2)
    expect(rows.map((row) => /^\| `(\w+)` \|/.exec(row)?.[1])).toEqual(SETTING_NAMES)
    for (const row of rows) expect(row).toMatch(/\| [A-Z].{10,} \|$/)
    expect(configTable()).toContain('| `ORO_URL` | required |')
    expect(configTable()).toContain('| `MICROSOFT_CLOUD` | `global` |')
  })

  it('name every fault at once when nothing is set', () => {
    expect(faultsOf({})).toEqual({
      ORO_URL: 'is missing',
      BACK_OFFICE_ORIGIN: 'is missing',
      PUBLIC_URL: 'is missing',
      Tables: 'give Tables or Tables__serviceUri',
      ServiceBus: 'give ServiceBus or ServiceBus__fullyQualifiedNamespace',
      TOKEN_KEY: 'give TOKEN_KEY or TOKEN_KEY_ID',
    })
  })

  it('name faults of single values and of what belongs together in one go', () => {
    const faults = faultsOf({
      ...good,
      ORO_URL: 'oro.example',
      ORO_ORGANIZATION_ID: 'one',
      ORO_CLIENT_SECRET: '',
      MICROSOFT_GRAPH_URL: '',
      Tables: '',
      SCHEDULE_CRON: 'daily',
    })
    expect(Object.keys(faults).sort()).toEqual([
      'MICROSOFT_GRAPH_URL',
      'ORO_CLIENT_SECRET',
      'ORO_ORGANIZATION_ID',
      'ORO_URL',
      'SCHEDULE_CRON',
      'Tables',
    ])
  })

  it('say nothing of the values they refuse: one could be a secret', () => {
    const error = (() => {
      try {
        return parseConfig({ ...good, TOKEN_KEY: 'sample-mistyped-key' })
      } catch (thrown) {
        return thrown as Error
      }
    })()
    expect(error).toBeInstanceOf(InvalidConfig)
    expect(JSON.stringify(error) + String(error)).not.toContain('sample-mistyped-key')
  })

  it.each([
    'ORO_URL',
    'MICROSOFT_LOGIN_URL',
    'MICROSOFT_GRAPH_URL',
    'PUBLIC_URL',
    'BACK_OFFICE_ORIGIN',
  ])('%s may be plain http on loopback alone', (name) => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'localhost:8080']) {
      expect(faultOf(name, `http://${host}`)).toBeUndefined()
    }
    for (const host of [
      'oro.example',
      '127.0.0.1.oro.example',
      'localhost.oro.example',
      '10.0.0.1',
      '0.0.0.0',
    ]) {
      expect(faultOf(name, `http://${host}`)).toBe('plain http is only allowed to loopback')
      expect(faultOf(name, `HTTP://${host}`)).toBeDefined()
      expect(faultOf(name, `https://${host}`)).toBeUndefined()
    }
    for (const text of [
      'ftp://oro.example',
      'oro.example',
      '//oro.example',
      'javascript:alert(1)',
    ]) {
      expect(faultOf(name, text)).toBe('must be an address that starts with https://')
    }
  })

  it.each([
    ['ORO_URL', 'https://me:secret@oro.example'],
    ['ORO_URL', 'https://oro.example?x=1'],
    ['PUBLIC_URL', 'https://sync.example/#top'],
    ['BACK_OFFICE_ORIGIN', 'https://oro.example/admin'],
    ['BACK_OFFICE_ORIGIN', "https://oro.example; script-src 'unsafe-inline'"],
    ['ORO_BACKEND_PREFIX', 'admin'],
    ['ORO_BACKEND_PREFIX', '/admin/'],
    ['ORO_ORGANIZATION_ID', '0'],
    ['ORO_ORGANIZATION_ID', '1.5'],
    ['MICROSOFT_CLOUD', 'mars'],
    ['TOKEN_KEY', 'dG9vIHNob3J0'],
    ['TOKEN_KEY', `${'A'.repeat(42)}==`],
    ['TOKEN_KEY_ID', 'https://vault.example/secrets/name'],
    ['TOKEN_KEY_ID', 'http://vault.example/keys/name'],
    ['CALENDAR_QUEUE', 'two words'],
    ['SCHEDULE_CRON', '* * * * *'],
  ])('%s refuses %s', (name, value) => {
    expect(faultOf(name, value)).toEqual(expect.stringMatching(/^(must|plain)/))
  })

  it('have their defaults, drop a trailing slash, and cannot be changed afterwards', () => {
    const config = parseConfig({
      ORO_URL: 'https://oro.example/',
      BACK_OFFICE_ORIGIN: 'https://oro.example/',
      PUBLIC_URL: 'https://sync.example/oro/',
      Tables__serviceUri: 'https://tables.example',
      ServiceBus__fullyQualifiedNamespace: 'bus.example',
      TOKEN_KEY_ID: 'https://vault.example/keys/tokens',
    })
    expect(config).toMatchObject({
      oro: { url: 'https://oro.example', prefix: '', organizationId: 1, clientId: undefined },
      backOfficeOrigin: 'https://oro.example',
      microsoft: null,
      publicUrl: 'https://sync.example/oro',
      tables: { serviceUri: 'https://tables.example' },
      serviceBus: { namespace: 'bus.example' },
      queues: { calendar: 'calendar-sync', tasks: 'task-sync' },
      tokenKey: { keyVault: 'https://vault.example/keys/tokens' },
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('know Microsoft when client id, secret and tenant are all there', () => {
    expect(parseConfig(good).microsoft).toMatchObject({
      clientId: 'sample-client',
      cloud: 'custom',
    })
    for (const name of ['MICROSOFT_CLIENT_ID', 'MICROSOFT_CLIENT_SECRET', 'MICROSOFT_TENANT_ID']) {
      expect(parseConfig({ ...good, [name]: ' ' }).microsoft).toBeNull()
    }
  })
})
