import { VersionMismatch } from '../../../shared/errors'
import { ADELE, ALEX, CONTOSO, REDIRECT } from '../../local/entra/seed'
import { createWorld, failure, HOUR, isTokenCall, MINUTE, TOKEN, USER, type World } from './world'

let world: World

beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.standIn.stop())

/** Values of the newest refresh token that the stand-in gave out. */
const newestRefreshToken = () =>
  world.standIn.issued.filter((one) => one.kind === 'refresh').at(-1)?.token ?? 'none'

describe('signing in', () => {
  it('asks for the scopes, the proof key and the nonce, and names the account that consented', async () => {
    const entra = world.entra()
    const url = new URL(await entra.authorizeUrl({ ...world.signIn(), loginHint: ADELE }))
    expect(url.origin + url.pathname).toBe(`${world.standIn.url}/${CONTOSO}/oauth2/v2.0/authorize`)
    expect(url.searchParams.get('scope')?.split(' ').sort()).toEqual([
      'https://graph.microsoft.com/Calendars.ReadWrite',
      'https://graph.microsoft.com/MailboxSettings.Read',
      'https://graph.microsoft.com/Tasks.ReadWrite',
      'https://graph.microsoft.com/User.Read',
      'offline_access',
      'openid',
      'profile',
    ])
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      state: 'sample-state',
      nonce: 'sample-nonce',
      code_challenge_method: 'S256',
      redirect_uri: REDIRECT,
      response_mode: 'query',
      login_hint: ADELE,
    })
    const signedIn = await world.connect(entra)
    const oid = world.standIn.users.find((user) => user.upn === ADELE)?.oid
    expect(signedIn).toMatchObject({
      homeAccountId: `${String(oid)}.${CONTOSO}`,
      username: ADELE,
      tenantId: CONTOSO,
    })
  })

  it.each([true, false])(
    'says which scopes were granted when they are fewer (prefixed: %s)',
    async (prefixedScopes) => {
      world.standIn.set({ grantedScopes: ['User.Read', 'Calendars.ReadWrite'], prefixedScopes })
      const entra = world.entra()
      const { scopes } = await world.connect(entra)
      expect(scopes).toEqual(expect.arrayContaining(['User.Read', 'Calendars.ReadWrite']))
      expect(scopes).not.toContain('Tasks.ReadWrite')
      world.clock.now += HOUR
      const token = await entra.accessToken(USER)
      expect(world.standIn.verifyToken(token)).toMatchObject({ mailbox: ADELE })
      await entra.accessToken(USER)
      expect(world.tokenCalls()).toEqual([{ grant: 'refresh_token', status: 200 }])
    },
  )

  it('stores nothing readable', async () => {
    await world.connect(world.entra())
    const sealed = (await world.vault.read(USER))?.sealed ?? ''
    expect(sealed).not.toContain(newestRefreshToken())
    expect(Buffer.from(sealed, 'base64url').toString()).not.toContain('RefreshToken')
  })

  it('refuses a code twice, and one of another sign-in', async () => {
    const entra = world.entra()
    const request = world.signIn()
    const sentTo = await world.standIn.browse(await entra.authorizeUrl(request), ADELE)
    const code = sentTo.searchParams.get('code') ?? ''
    const foreign = { ...request, nonce: 'another-nonce' }
    expect(await failure(entra.redeem(foreign, code))).toMatchObject({ code: 'token' })
    expect(await failure(entra.redeem(request, code))).toMatchObject({ code: 'token' })
    expect(await world.vault.read(USER)).toBeNull()
  })

  it.each([
    ['another directory', { tid: '99999999-2222-4333-8444-555555555555' }],
    ['another application', { aud: 'somebody-else' }],
  ])('takes no sign-in that was made for %s', async (_what, idTokenClaims) => {
    world.standIn.set({ idTokenClaims })
    expect(await failure(world.connect(world.entra()))).toMatchObject({ code: 'token' })
    expect(await world.vault.read(USER)).toBeNull()
  })

  it('replaces the account that was connected before', async () => {
    const entra = world.entra()
    await world.connect(entra, ADELE)
    await world.connect(entra, ALEX)
    const token = await entra.accessToken(USER)
    expect(world.standIn.verifyToken(token)).toMatchObject({ mailbox: ALEX })
  })

  it('forms the address of the administrator’s consent, which leads back with the state', async () => {
    const url = world.entra().adminConsentUrl({ state: 'admin-state', redirectUri: REDIRECT })
    const sentTo = await world.standIn.browse(url, '')
    expect(Object.fromEntries(sentTo.searchParams)).toMatchObject({
      admin_consent: 'True',
      state: 'admin-state',
      tenant: CONTOSO,
    })
  })

  it('stores the tokens of a sign-in although the store fails at first', async () => {
    const entra = world.entra()
    world.failWrites(2)
    await world.connect(entra)
    expect(await world.vault.read(USER)).not.toBeNull()
  })
})

describe('an access token', () => {
  it('comes without a call of Entra while it is good', async () => {
    const entra = world.entra()
    await world.connect(entra)
    const first = await entra.accessToken(USER)
    world.clock.now += 54 * MINUTE
    expect(await entra.accessToken(USER)).toBe(first)
    expect(world.tokenCalls()).toEqual([])
  })

  it('is renewed five minutes early, and the new refresh token is stored (T1)', async () => {
    await world.connect(world.entra())
    const first = newestRefreshToken()
    world.clock.now += 56 * MINUTE
    const token = await world.entra().accessToken(USER)
    expect(world.standIn.verifyToken(token)).toMatchObject({ mailbox: ADELE })
    const second = newestRefreshToken()
    expect(second).not.toBe(first)
    world.clock.now += HOUR
    await world.entra().accessToken(USER)
    const used = world.standIn.issued.filter((one) => one.kind === 'refresh' && one.uses > 0)
    expect(used.map((one) => one.token)).toEqual([first, second])
  })

  it('is renewed by the newest refresh token although the first attempt to store it failed (T1)', async () => {
    const entra = world.entra()
    await world.connect(entra)
    world.clock.now += HOUR
    world.failWrites(1)
    await entra.accessToken(USER)
    const newest = newestRefreshToken()
    world.clock.now += HOUR
    await world.entra().accessToken(USER)
    expect(world.standIn.issued.find((one) => one.token === newest)?.uses).toBe(1)
  })

  it('is given out although the store fails for good, and is stored with the next call', async () => {
    const entra = world.entra()
    await world.connect(entra)
    const before = await world.vault.read(USER)
    world.clock.now += HOUR
    world.failWrites(4)
    const token = await entra.accessToken(USER)
    expect(await entra.accessToken(USER)).toBe(token)
    expect(world.standIn.verifyToken(token)).toMatchObject({ mailbox: ADELE })
    expect(await world.vault.read(USER)).toEqual(before)
    expect(await entra.accessToken(USER)).toBe(token)
    expect(await world.entra().accessToken(USER)).toBe(token)
    expect(world.tokenCalls()).toHaveLength(1)
  })

  it('is renewed on demand when the last one was refused', async () => {
    const entra = world.entra()
    await world.connect(entra)
    const first = await entra.accessToken(USER)
    expect(await entra.accessToken(USER, { refresh: true })).not.toBe(first)
    expect(world.tokenCalls()).toHaveLength(1)
  })

  it('is asked for with the claims of a challenge (G-64)', async () => {
    const entra = world.entra()
    await world.connect(entra)
    const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: '1788' } } })
    await entra.accessToken(USER, { claims: Buffer.from(claims).toString('base64') })
    const [line] = world.standIn.server.log.filter(isTokenCall)
    const sent = (line?.body as { claims?: string }).claims ?? '{}'
    expect(JSON.parse(sent)).toMatchObject(JSON.parse(claims) as object)
  })

  it('costs one call of Entra however many ask at once', async () => {
    const entra = world.entra()
    await world.connect(entra)
    world.clock.now += HOUR
    const tokens = await Promise.all([
      ...[1, 2, 3, 4].map(() => entra.accessToken(USER)),
      entra.accessToken(USER, { refresh: true }),
    ])
    expect(new Set(tokens).size).toBe(1)
    expect(world.tokenCalls()).toHaveLength(1)
  })

  it('costs one call of Entra when two processes ask at once', async () => {
    const one = world.entra()
    await world.connect(one)
    world.clock.now += HOUR
    const first = one.accessToken(USER)
    const two = world.entra({ sleep: () => first.then(() => undefined) })
    expect(await two.accessToken(USER)).toBe(await first)
    expect(world.tokenCalls()).toHaveLength(1)
  })

  it('is taken over from the process that held the claim', async () => {
    const [one, two] = [world.entra(), world.entra()]
    await world.connect(one)
    world.clock.now += HOUR
    await world.vault.claimRefresh(USER, 'process one')
    let renewed = ''
    const waiting = world.entra({
      sleep: async () => {
        if (renewed !== '') return
        await world.vault.releaseRefresh(USER, 'process one')
        renewed = await two.accessToken(USER)
      },
    })
    expect(await waiting.accessToken(USER)).toBe(renewed)
    expect(world.tokenCalls()).toHaveLength(1)
  })

  it('is asked for later while a dead process still holds the claim', async () => {
    const entra = world.entra()
    await world.connect(entra)
    world.clock.now += HOUR
    await world.vault.claimRefresh(USER, 'dead process')
    expect(await failure(entra.accessToken(USER))).toMatchObject({ transient: true })
    expect(world.tokenCalls()).toEqual([])
    world.clock.now += 21_000
    await entra.accessToken(USER)
    expect(world.tokenCalls()).toHaveLength(1)
  })

  it('is not to be had of an account that is not connected', async () => {
    const entra = world.entra()
    expect(await failure(entra.accessToken(USER))).toMatchObject({ code: 'token' })
    await world.connect(entra)
    await entra.forget(USER)
    expect(await failure(entra.accessToken(USER))).toMatchObject({ code: 'token' })
    expect(await world.vault.read(USER)).toBeNull()
  })

  it('does not bring tokens back that were erased while it was renewed', async () => {
    const entra = world.entra()
    await world.connect(entra)
    world.clock.now += HOUR
    const { write } = world.vault
    world.vault.write = async (account, sealed, etag) => {
      await world.vault.remove(account)
      return write(account, sealed, etag)
    }
    expect(await failure(entra.accessToken(USER))).toMatchObject({ code: 'token' })
    expect(await world.vault.read(USER)).toBeNull()
  })

  it('is the one of a new sign-in that came in between', async () => {
    const entra = world.entra()
    await world.connect(entra)
    world.clock.now += HOUR
    const { write } = world.vault
    world.vault.write = async (account, sealed, etag) => {
      world.vault.write = write
      await world.connect(world.entra(), ALEX)
      return write(account, sealed, etag)
    }
    const token = await entra.accessToken(USER)
    expect(world.standIn.verifyToken(token)).toMatchObject({ mailbox: ALEX })
  })
})

describe('a refusal of Entra', () => {
  it.each(['invalid-grant', 'invalid-grant-suberror', 'interaction-required'] as const)(
    'to renew (%s) asks for a new sign-in and is not repeated until then (T3, G-63)',
    async (refusal) => {
      const entra = world.entra()
      await world.connect(entra)
      world.clock.now += HOUR
      world.standIn.refuse(refusal, { upn: ADELE })
      const evidence = await failure(entra.accessToken(USER))
      expect(evidence).toMatchObject({ code: 'token', scope: 'account', transient: false })
      expect(await failure(entra.accessToken(USER))).toMatchObject({ code: 'token' })
      expect(await failure(entra.accessToken(USER, { refresh: true }))).toMatchObject({
        code: 'token',
      })
      expect(world.tokenCalls()).toHaveLength(1)
      await world.connect(entra)
      await entra.accessToken(USER)
    },
  )

  it('of revoked tokens asks for a new sign-in', async () => {
    const entra = world.entra()
    await world.connect(entra)
    world.standIn.revoke(ADELE, { access: true })
    const refused = failure(entra.accessToken(USER, { refresh: true }))
    expect(await refused).toMatchObject({ code: 'token', status: 400 })
  })

  it.each([
    ['consent-required', 'consent', 'account'],
    ['admin-consent-required', 'admin-consent', 'account'],
    ['unauthorized-client', 'not-configured', 'service'],
    ['invalid-client', 'not-configured', 'service'],
  ] as const)('%s is %s of the %s', async (refusal, code, scope) => {
    const entra = world.entra()
    await world.connect(entra)
    world.clock.now += HOUR
    world.standIn.refuse(refusal)
    expect(await failure(entra.accessToken(USER))).toMatchObject({ code, scope, transient: false })
    // Whoever may mend it, no new sign-in of the person is needed.
    expect(await entra.accessToken(USER)).toBeDefined()
  })

  it('of the client secret blames the configuration', async () => {
    const entra = world.entra({ clientSecret: 'wrong' })
    expect(await failure(world.connect(entra))).toMatchObject({
      code: 'not-configured',
      scope: 'service',
      status: 401,
    })
  })

  it('hands on the claims that a challenge asks for', async () => {
    const entra = world.entra()
    await world.connect(entra)
    world.standIn.refuse('interaction-required', { claims: '{"access_token":{}}' })
    const evidence = await failure(entra.accessToken(USER, { claims: '{"access_token":{}}' }))
    expect(evidence).toMatchObject({ code: 'token', claims: '{"access_token":{}}' })
  })
})

describe('a failure of Entra', () => {
  it.each([
    ['500', { status: 500, body: { error: 'server_error' } }],
    ['500 with a page', { status: 500, body: '<html>' }],
    ['502 with nothing', { status: 502 }],
    ['503', { status: 503, body: { error: 'temporarily_unavailable' } }],
    ['429', { status: 429, body: { error: 'too_many_requests' } }],
    ['a page instead of an answer', { status: 200, body: '<html>' }],
    ['a gateway’s refusal', { status: 403, body: '<html>' }],
    ['a broken connection', { drop: 'before' }],
    ['a lost answer', { drop: 'after' }],
    ['half an answer', { cut: true }],
  ] as const)('(%s) leaves the account connected, the next call succeeds (T4)', async (_, rule) => {
    const entra = world.entra()
    await world.connect(entra)
    world.clock.now += HOUR
    world.standIn.server.faults.add({ path: TOKEN, ...rule })
    expect(await failure(entra.accessToken(USER))).toMatchObject({
      code: 'microsoft-unreachable',
      scope: 'account',
      transient: true,
    })
    expect(world.tokenCalls()).toHaveLength(1)
    // No memory of the failure either: MSAL would answer 60 s long without a call (G-65).
    const token = await entra.accessToken(USER)
    expect(world.standIn.verifyToken(token)).toMatchObject({ mailbox: ADELE })
  })

  it.each([
    ['7', 7000],
    ['2.5', 2500],
    ['Thu, 10 Sep 2026 13:00:30 GMT', 30_000],
  ])('says how long to wait (Retry-After: %s)', async (header, retryAfterMs) => {
    const entra = world.entra()
    await world.connect(entra)
    world.clock.now += HOUR
    world.standIn.server.faults.add({
      path: TOKEN,
      status: 429,
      headers: { 'retry-after': header },
      body: { error: 'too_many_requests' },
    })
    expect(await failure(entra.accessToken(USER))).toMatchObject({ retryAfterMs })
  })

  it('to answer in time is a passing one', async () => {
    await world.connect(world.entra())
    world.clock.now += HOUR
    world.standIn.server.faults.add({ path: TOKEN, delayMs: 300 })
    expect(await failure(world.entra({ timeoutMs: 30 }).accessToken(USER))).toMatchObject({
      code: 'microsoft-unreachable',
      transient: true,
    })
  })

  it('at sign-in leaves nothing behind', async () => {
    const entra = world.entra()
    world.standIn.refuse('unavailable')
    expect(await failure(world.connect(entra))).toMatchObject({ transient: true, status: 503 })
    expect(await world.vault.read(USER)).toBeNull()
  })
})

it('a vault refuses a version that is gone, on which all of this rests', async () => {
  await expect(world.vault.write(USER, 'sealed', 'no such version')).rejects.toBeInstanceOf(
    VersionMismatch,
  )
})
