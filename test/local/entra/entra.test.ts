import { createHash } from 'node:crypto'
import { ConfidentialClientApplication } from '@azure/msal-node'
import { startEntra, type EntraStandIn } from '../../../local/entra/start'
import { ADELE, ALEX, CLIENT, CONTOSO, FABRIKAM, FAITH, REDIRECT, SEED } from './seed'

const VERIFIER = 'sample-verifier-sample-verifier-sample-verifier'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
const SCOPES = ['User.Read', 'Calendars.ReadWrite', 'Tasks.ReadWrite']
const START = Date.parse('2026-09-10T12:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR

let clock = START
let entra: EntraStandIn

beforeEach(async () => {
  clock = START
  entra = await startEntra({ ...SEED, now: () => clock })
})
afterEach(() => entra.stop())

function authorizeUrl(changes: Record<string, string | null> = {}, tenant = CONTOSO): string {
  const url = new URL(`${entra.url}/${tenant}/oauth2/v2.0/authorize`)
  const parameters = {
    client_id: CLIENT.clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: `openid profile offline_access ${SCOPES.join(' ')}`,
    state: 'sample-state',
    nonce: 'sample-nonce',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  }
  for (const [name, value] of Object.entries(parameters))
    if (value !== null) url.searchParams.set(name, value)
  return url.href
}

async function askToken(form: Record<string, string>, tenant = CONTOSO) {
  const response = await fetch(`${entra.url}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      ...form,
    }),
  })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, string> & { error_codes?: number[] },
  }
}

async function codeOf(upn: string, tenant = CONTOSO): Promise<string> {
  const sentTo = await entra.browse(authorizeUrl({}, tenant), upn)
  return sentTo.searchParams.get('code') ?? 'no code'
}

const redeem = (code: string, changes: Record<string, string> = {}, tenant = CONTOSO) =>
  askToken(
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
      ...changes,
    },
    tenant,
  )

const refresh = (refreshToken: string | undefined, changes: Record<string, string> = {}) =>
  askToken({ grant_type: 'refresh_token', refresh_token: refreshToken ?? '', ...changes })

async function control(method: string, path: string, body?: unknown) {
  return fetch(`${entra.url}/_control/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

describe('the Entra stand-in', () => {
  it('serves a whole code flow of the official library, home account id included', async () => {
    const discovery = await fetch(`${entra.url}/${CONTOSO}/v2.0/.well-known/openid-configuration`)
    const client = new ConfidentialClientApplication({
      auth: {
        ...CLIENT,
        authority: `https://entra.invalid/${CONTOSO}`,
        knownAuthorities: ['entra.invalid'],
        authorityMetadata: await discovery.text(),
      },
    })
    const url = await client.getAuthCodeUrl({
      scopes: SCOPES,
      redirectUri: REDIRECT,
      nonce: 'sample-nonce',
      codeChallenge: CHALLENGE,
      codeChallengeMethod: 'S256',
      responseMode: 'query',
    })
    const sentTo = await entra.browse(url, ADELE)
    const result = await client.acquireTokenByCode({
      scopes: SCOPES,
      redirectUri: REDIRECT,
      code: sentTo.searchParams.get('code') ?? '',
      codeVerifier: VERIFIER,
      nonce: 'sample-nonce',
    })
    const oid = entra.users.find((user) => user.upn === ADELE)?.oid
    expect(result.account?.homeAccountId).toBe(`${String(oid)}.${CONTOSO}`)
    expect(result.account?.username).toBe(ADELE)
    expect(entra.verifyToken(result.accessToken)).toEqual({ mailbox: ADELE, scopes: SCOPES })
  })

  it('shows a sign-in page, sends a cancelling person back with the refusal', async () => {
    const page = await fetch(authorizeUrl({ login_hint: ADELE }), { redirect: 'manual' })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain(`value="${ADELE}" checked`)
    const sentTo = await entra.browse(authorizeUrl(), ADELE, 'cancel')
    expect(sentTo.searchParams.get('error')).toBe('access_denied')
    expect(sentTo.searchParams.get('state')).toBe('sample-state')
  })

  it('cuts the opener of a pop-up off on demand', async () => {
    const header = 'cross-origin-opener-policy'
    expect((await fetch(authorizeUrl())).headers.get(header)).toBeNull()
    entra.set({ cutOpener: true })
    expect((await fetch(authorizeUrl())).headers.get(header)).toBe('same-origin-allow-popups')
  })

  it('sends the answer in the way that was asked for', async () => {
    entra.set({ autoConsent: true })
    const answer = (mode: string) =>
      fetch(authorizeUrl({ login_hint: ADELE, response_mode: mode }), { redirect: 'manual' })
    const fragment = new URL((await answer('fragment')).headers.get('location') ?? '')
    expect(fragment.hash).toContain('code=')
    expect(fragment.search).toBe('')
    expect(await (await answer('form_post')).text()).toContain(`action="${REDIRECT}"`)
    expect((await answer('carrier-pigeon')).status).toBe(400)
  })

  it('cannot sign anybody in without a page who is not signed in', async () => {
    const sentTo = await entra.browse(authorizeUrl({ prompt: 'none' }), ADELE)
    expect(sentTo.searchParams.get('error')).toBe('login_required')
  })

  it('judges the hidden field of its form again', async () => {
    const request = new URL(authorizeUrl({ redirect_uri: 'http://127.0.0.1:1/elsewhere' }))
    const answer = await fetch(`${entra.url}/${CONTOSO}/login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ request: request.search, username: ADELE, decision: 'accept' }),
    })
    expect(answer.status).toBe(400)
  })

  it('answers at once when consent is automatic and the account is named', async () => {
    entra.set({ autoConsent: true })
    const answer = await fetch(authorizeUrl({ login_hint: ALEX.toUpperCase() }), {
      redirect: 'manual',
    })
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const { body } = await redeem(code)
    expect(entra.verifyToken(body['access_token'] ?? '')).toMatchObject({ mailbox: ALEX })
  })

  it.each([
    ['no proof key', { code_challenge: null, code_challenge_method: null }],
    ['a plain proof key', { code_challenge_method: 'plain' }],
    ['another response type', { response_type: 'token' }],
    ['scopes of another resource', { scope: 'openid https://elsewhere.example/Mail.Read' }],
  ])('sends a request with %s back with an error', async (_, changes) => {
    const sentTo = await entra.browse(authorizeUrl(changes), ADELE)
    expect(sentTo.origin + sentTo.pathname).toBe(REDIRECT)
    expect(sentTo.searchParams.get('error')).toMatch(/^(invalid|unsupported)/)
    expect(sentTo.searchParams.get('code')).toBeNull()
  })

  it.each([
    ['redirect address', { redirect_uri: 'http://127.0.0.1:1/elsewhere' }],
    ['application', { client_id: 'nobody' }],
  ])('redirects nowhere for an unknown %s', async (_, changes) => {
    entra.set({ autoConsent: true })
    const answer = await fetch(authorizeUrl({ login_hint: ADELE, ...changes }), {
      redirect: 'manual',
    })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('location')).toBeNull()
  })

  it('redeems a code once, with its verifier, and not after ten minutes', async () => {
    const code = await codeOf(ADELE)
    const wrong = await redeem(code, { code_verifier: 'x'.repeat(43) })
    expect(wrong).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const second = await codeOf(ADELE)
    expect((await redeem(second)).status).toBe(200)
    expect((await redeem(second)).body.error_codes).toEqual([54005])
    const third = await codeOf(ADELE)
    clock += 601_000
    expect((await redeem(third)).body.error_codes).toEqual([70008])
  })

  it('refuses a wrong client secret as a fault of the application', async () => {
    const answer = await redeem(await codeOf(ADELE), { client_secret: 'wrong' })
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  it('gives a new refresh token at each use and keeps the old one valid (G-62)', async () => {
    const first = (await redeem(await codeOf(ADELE))).body['refresh_token']
    const second = (await refresh(first)).body['refresh_token']
    expect(second).toBeDefined()
    expect(second).not.toBe(first)
    expect((await refresh(first)).status).toBe(200)
    expect((await refresh(second)).status).toBe(200)
  })

  it('lets tokens run out on its own clock', async () => {
    const { body } = await redeem(await codeOf(ADELE))
    clock += HOUR
    expect(entra.verifyToken(body['access_token'] ?? '')).toEqual({ error: 'expired' })
    clock += 90 * DAY
    expect((await refresh(body['refresh_token'])).body.error_codes).toEqual([700082])
  })

  it('ends what a user holds on demand, and nobody else’s', async () => {
    const adele = (await redeem(await codeOf(ADELE))).body
    const alex = (await redeem(await codeOf(ALEX))).body
    entra.revoke(ADELE, { access: true })
    expect(entra.verifyToken(adele['access_token'] ?? '')).toEqual({ error: 'invalid' })
    expect((await refresh(adele['refresh_token'])).body.error_codes).toEqual([50173])
    expect((await refresh(alex['refresh_token'])).status).toBe(200)
  })

  it('grants fewer scopes than asked and refuses the others later (G-67)', async () => {
    entra.set({ grantedScopes: ['User.Read', 'Calendars.ReadWrite'] }, ADELE)
    const { body } = await redeem(await codeOf(ADELE))
    expect(body['scope']?.split(' ').sort()).toEqual([
      'Calendars.ReadWrite',
      'User.Read',
      'openid',
      'profile',
    ])
    const more = await refresh(body['refresh_token'], { scope: 'openid Tasks.ReadWrite' })
    expect(more.body).toMatchObject({ error: 'invalid_grant', suberror: 'consent_required' })
  })

  it('asks for an administrator, until one has consented (G-68)', async () => {
    entra.set({ adminConsentNeeded: true })
    const refused = await entra.browse(authorizeUrl(), ADELE)
    expect(refused.searchParams.get('error_description')).toContain('AADSTS90094')
    const page = `${entra.url}/${CONTOSO}/v2.0/adminconsent?${new URLSearchParams({
      client_id: CLIENT.clientId,
      redirect_uri: REDIRECT,
      state: 'admin-state',
    }).toString()}`
    const denied = await entra.browse(page, '', 'cancel')
    expect(denied.searchParams.get('error')).toBe('access_denied')
    const consented = await entra.browse(page, '')
    expect(Object.fromEntries(consented.searchParams)).toMatchObject({
      admin_consent: 'True',
      tenant: CONTOSO,
      state: 'admin-state',
    })
    expect((await entra.browse(authorizeUrl(), ADELE)).searchParams.get('code')).not.toBeNull()
  })

  it('keeps tenants apart', async () => {
    const code = await codeOf(FAITH, FABRIKAM)
    expect((await redeem(code)).status).toBe(400)
    expect((await redeem(await codeOf(FAITH, FABRIKAM), {}, FABRIKAM)).status).toBe(200)
    await expect(codeOf(FAITH, CONTOSO)).rejects.toThrow('AADSTS50034')
  })

  it('gives an application its own token, which opens no mailbox', async () => {
    const { body } = await askToken({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
    })
    expect(body['access_token']).toBeDefined()
    expect(body['refresh_token']).toBeUndefined()
    expect(entra.verifyToken(body['access_token'] ?? '')).toEqual({ error: 'invalid' })
  })

  it('knows the scopes of another Graph by its root (G-71)', async () => {
    const graphOrigin = 'https://graph.sample.example'
    const other = await startEntra({ ...SEED, graphOrigin: () => graphOrigin })
    try {
      const ask = (root: string) =>
        other.browse(
          authorizeUrl({ scope: `openid ${root}/User.Read` }).replace(entra.url, other.url),
          ADELE,
        )
      expect((await ask(graphOrigin)).searchParams.get('code')).not.toBeNull()
      const refused = await ask('https://graph.microsoft.com')
      expect(refused.searchParams.get('error')).toBe('invalid_scope')
    } finally {
      await other.stop()
    }
  })

  it('says which hosts are one cloud', async () => {
    const answer = await fetch(`${entra.url}/common/discovery/instance?api-version=1.1`)
    expect(await answer.json()).toMatchObject({
      metadata: [{ aliases: [new URL(entra.url).host] }],
    })
  })

  it('takes refusals, switches and revocations over HTTP', async () => {
    const { body } = await redeem(await codeOf(ADELE))
    await control('POST', 'refuse', { as: 'interaction-required', upn: ADELE.toUpperCase() })
    expect((await refresh(body['refresh_token'])).body['error']).toBe('interaction_required')
    await control('PUT', 'switches', { upn: ADELE, accessTokenSeconds: 60 })
    const renewed = await refresh(body['refresh_token'])
    expect(renewed.body['expires_in']).toBe(60)
    await control('POST', 'expire', { upn: ADELE, kind: 'access' })
    expect(entra.verifyToken(renewed.body['access_token'] ?? '')).toEqual({ error: 'expired' })
    await control('POST', 'revoke', { upn: ADELE })
    expect((await refresh(body['refresh_token'])).status).toBe(400)
    expect((await control('PUT', 'switches', { noSuch: true })).status).toBe(400)
    expect((await control('POST', 'refuse', { as: 'nonsense' })).status).toBe(400)
  })

  it('writes no secret into its log and lists', async () => {
    const code = await codeOf(ADELE)
    const { body } = await redeem(code)
    await refresh(body['refresh_token'])
    const shown = JSON.stringify(entra.server.log) + (await (await control('GET', 'tokens')).text())
    for (const secret of [
      CLIENT.clientSecret,
      VERIFIER,
      code,
      body['access_token'],
      body['refresh_token'],
      body['id_token'],
    ])
      expect(shown).not.toContain(secret)
    const calls = entra.server.log.filter((line) => line.path.endsWith('/token'))
    expect(calls.map((line) => [line.principal, line.status])).toEqual([
      [ADELE, 200],
      [ADELE, 200],
    ])
    expect(calls[1]?.body).toMatchObject({ grant_type: 'refresh_token' })
  })
})
