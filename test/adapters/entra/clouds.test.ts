import { startStandIn, type StandInServer } from '../../../local/stand-in/server'
import { resolveCloud, type CloudName } from '../../../shared/adapters/entra/clouds'
import { createEntra } from '../../../shared/adapters/entra/entra'
import { signInError } from '../../../shared/adapters/entra/errors'
import type { TokenVault } from '../../../shared/ports/identity'
import { CONTOSO } from '../../local/entra/seed'
import { failure, USER } from './world'

const GRAPH_URL = 'http://127.0.0.1:1/graph'

/** An adapter that only forms addresses: whatever else it touches fails. */
function entraOf(name: CloudName) {
  const forbidden = () => Promise.reject(new Error('must not be touched'))
  return createEntra({
    clientId: 'sample-client',
    clientSecret: 'sample-secret',
    cloud: resolveCloud({ name, tenantId: CONTOSO }),
    vault: { read: forbidden, write: forbidden } as unknown as TokenVault,
    secrets: { seal: forbidden, open: forbidden },
    now: () => 0,
    newId: () => 'id',
    sleep: forbidden,
  })
}

describe('a cloud of Microsoft', () => {
  it.each([
    ['global', 'login.microsoftonline.com', 'https://graph.microsoft.com', true],
    ['us-government', 'login.microsoftonline.us', 'https://graph.microsoft.us', true],
    ['us-government-dod', 'login.microsoftonline.us', 'https://dod-graph.microsoft.us', true],
    ['china', 'login.partner.microsoftonline.cn', 'https://microsoftgraph.chinacloudapi.cn', false],
  ] as const)(
    '%s signs in at %s with the scopes of its own Graph (T11, G-71)',
    async (name, host, graph, toDo) => {
      const fetched = jest.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network'))
      try {
        const entra = entraOf(name)
        const url = new URL(
          await entra.authorizeUrl({
            account: USER,
            state: 's',
            nonce: 'n',
            codeVerifier: 'v'.repeat(43),
            redirectUri: 'http://127.0.0.1/callback',
            loginHint: null,
          }),
        )
        expect(url.host).toBe(host)
        expect(new URL(entra.adminConsentUrl({ state: 's', redirectUri: 'r' })).host).toBe(host)
        const scopes = url.searchParams.get('scope')?.split(' ') ?? []
        expect(scopes).toContain(`${graph}/Calendars.ReadWrite`)
        expect(scopes.includes(`${graph}/Tasks.ReadWrite`)).toBe(toDo)
        expect(fetched).not.toHaveBeenCalled()
      } finally {
        fetched.mockRestore()
      }
    },
  )

  it('has no To Do notifications but the global one', () => {
    const names = ['global', 'us-government', 'us-government-dod', 'china'] as const
    const facts = names.map((name) => resolveCloud({ name, tenantId: CONTOSO }).toDoSubscriptions)
    expect(facts).toEqual([true, false, false, false])
  })
})

describe('a custom cloud', () => {
  let server: StandInServer
  let answer: { status: number; body?: unknown }
  const cloud = () =>
    resolveCloud({
      name: 'custom',
      tenantId: CONTOSO,
      loginUrl: `${server.url}/`,
      graphUrl: GRAPH_URL,
    })
  const document = () => ({
    issuer: `${server.url}/${CONTOSO}/v2.0`,
    authorization_endpoint: `${server.url}/${CONTOSO}/authorize`,
    token_endpoint: `${server.url}/${CONTOSO}/token`,
    jwks_uri: `${server.url}/${CONTOSO}/keys`,
  })

  beforeEach(async () => {
    server = await startStandIn({ handle: () => Promise.resolve(answer) })
    answer = { status: 200, body: document() }
  })
  afterEach(() => server.stop())

  it('needs both addresses', () => {
    expect(() => resolveCloud({ name: 'custom', tenantId: CONTOSO })).toThrow('not-configured')
  })

  it('is asked once for its endpoints, with an https name in front for MSAL (G-66)', async () => {
    const custom = cloud()
    const [first, second] = await Promise.all([custom.authority(), custom.authority()])
    expect(second).toBe(first)
    const { host } = new URL(server.url)
    expect(first).toMatchObject({
      authority: `https://${host}/${CONTOSO}`,
      knownAuthorities: [host],
    })
    expect(JSON.parse(first.authorityMetadata ?? '')).toEqual(document())
    expect(server.log.map((line) => line.path)).toEqual([
      `/${CONTOSO}/v2.0/.well-known/openid-configuration`,
    ])
  })

  it.each([
    ['503', () => server.faults.add({ status: 503 })],
    ['429', () => server.faults.add({ status: 429 })],
    ['a broken connection', () => server.faults.add({ drop: 'before' })],
  ])('that fails (%s) is asked again later', async (_, fail) => {
    const custom = cloud()
    fail()
    expect(await failure(custom.authority())).toMatchObject({
      code: 'microsoft-unreachable',
      transient: true,
    })
    expect((await custom.authority()).authorityMetadata).toBeDefined()
  })

  it.each([
    ['an unknown tenant', () => ({ status: 400, body: { error: 'invalid_tenant' } })],
    ['a page', () => ({ status: 200, body: '<html>' })],
    [
      'a token endpoint elsewhere, which would get the client secret',
      () => ({ status: 200, body: { ...document(), token_endpoint: 'http://evil.example/token' } }),
    ],
    ['no endpoints', () => ({ status: 200, body: {} })],
  ])('that answers with %s is a fault of the configuration', async (_, bad) => {
    answer = bad()
    expect(await failure(cloud().authority())).toMatchObject({
      code: 'not-configured',
      scope: 'service',
      transient: false,
    })
  })
})

describe('an error in the address of the callback', () => {
  it.each([
    ['access_denied', 'AADSTS65004: User declined to consent to access the app.', 'consent'],
    ['access_denied', 'AADSTS90094: The grant requires admin permission.', 'admin-consent'],
    ['consent_required', 'AADSTS65001: … has not consented', 'consent'],
    ['interaction_required', 'AADSTS65001: … has not consented', 'admin-consent'],
    ['login_required', '', 'token'],
    ['unauthorized_client', '', 'not-configured'],
    ['invalid_scope', 'AADSTS70011', 'not-configured'],
    ['temporarily_unavailable', '', 'microsoft-unreachable'],
    ['server_error', '', 'microsoft-unreachable'],
    ['something_new', '<script>', 'token'],
  ])('%s (%s) is %s', (error, description, code) => {
    const { evidence, message } = signInError(error, description)
    expect(evidence.code).toBe(code)
    expect(evidence.transient).toBe(code === 'microsoft-unreachable')
    expect(message).not.toContain('<script>')
  })
})
