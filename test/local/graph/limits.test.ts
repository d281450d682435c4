import {
  ALL_SCOPES,
  ANNA,
  BEN,
  creation,
  IMMUTABLE,
  startWorld,
  WINDOW,
  type Json,
  type TestWorld,
} from './world'

interface Part {
  id: string
  status: number
  headers: Record<string, string>
  body: Json
}

describe('limits and refusals of the Graph stand-in', () => {
  let world: TestWorld
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.graph.stop())

  const statuses = (answers: { status: number }[]): number[] =>
    answers.map((answer) => answer.status).sort()
  const codeOf = (answer: { body: Json }): unknown =>
    (answer.body['error'] as Json | undefined)?.['code']
  const batch = async (requests: Json[]): Promise<Part[]> => {
    const { status, body } = await world.call('POST', '/$batch', { requests })
    expect(status).toBe(200)
    return (body['responses'] as Part[]).sort((one, two) => Number(one.id) - Number(two.id))
  }
  const reads = (count: number, more: Json = {}): Json[] =>
    Array.from({ length: count }, (_, at) => ({
      id: String(at + 1),
      method: 'GET',
      url: '/me/calendar',
      ...more,
    }))

  it('G-58 answers 429 to the fifth request in flight, per mailbox', async () => {
    world.graph.setSwitch('*', 'latencyMs', 40)
    const annas = Array.from({ length: 5 }, () => world.call('GET', '/me/calendar'))
    const bens = Array.from({ length: 4 }, () =>
      world.call('GET', '/me/calendar', undefined, { authorization: `Bearer ${BEN}` }),
    )
    expect(statuses(await Promise.all(annas))).toEqual([200, 200, 200, 200, 429])
    expect(statuses(await Promise.all(bens))).toEqual([200, 200, 200, 200])
  })

  it('G-58 counts requests of one turn as in flight together, without any latency', async () => {
    await Promise.all(reads(4).map(() => world.call('GET', '/me/calendar')))
    const answers = await Promise.all(reads(6).map(() => world.call('GET', '/me/calendar')))
    expect(answers.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(2)
    expect(Math.max(...world.graph.log.map((line) => line.inFlight))).toBeGreaterThan(1)
  })

  it('G-58 counts the parts of a batch, four of them at most', async () => {
    world.graph.setSwitch('*', 'latencyMs', 40)
    const [parts, other] = await Promise.all([batch(reads(6)), world.call('GET', '/me/calendar')])
    expect(statuses([...parts, other]).filter((status) => status === 429).length).toBeGreaterThan(0)
    expect(statuses(await batch(reads(6)))).toEqual(Array(6).fill(200))
  })

  it('G-58 counts a chained batch once', async () => {
    world.graph.setSwitch('*', 'latencyMs', 40)
    const chain = reads(6).map((part, at) =>
      at === 0 ? part : { ...part, dependsOn: [String(at)] },
    )
    const [parts, ...others] = await Promise.all([
      batch(chain),
      ...[1, 2, 3].map(() => world.call('GET', '/me/calendar')),
    ])
    expect(statuses([...parts, ...others])).toEqual(Array(9).fill(200))
  })

  it('G-59 writes Retry-After as whole and broken seconds, as a date, and not at all', async () => {
    world.graph.setSwitch(ANNA, 'throttledUntil', -1)
    const seen: (string | null)[] = []
    for (let turn = 0; turn < 4; turn += 1) {
      const answer = await world.call('GET', '/me/calendar')
      expect([answer.status, codeOf(answer)]).toEqual([429, 'ApplicationThrottled'])
      seen.push(answer.headers.get('retry-after'))
    }
    expect(seen).toEqual(['7', '7.128', 'Mon, 01 Jun 2026 08:00:07 GMT', null])
    world.graph.setSwitch(ANNA, 'retryAfter', 'integer')
    world.graph.setSwitch(ANNA, 'retryAfterSeconds', 600)
    const answer = await world.call('GET', '/me/calendar')
    expect(answer.headers.get('retry-after')).toBe('600')
  })

  it('G-61 throttles one mailbox until its time has come, and no other', async () => {
    world.graph.setSwitch(ANNA, 'throttledUntil', world.clock.now + 600_000)
    expect((await world.call('GET', '/me/calendar')).status).toBe(429)
    const ben = await world.call('GET', '/me/calendar', undefined, {
      authorization: `Bearer ${BEN}`,
    })
    expect(ben.status).toBe(200)
    world.clock.now += 600_000
    expect((await world.call('GET', '/me/calendar')).status).toBe(200)
  })

  it('G-60 answers each part of a batch on its own, in no order, with failed dependencies', async () => {
    world.graph.faults.add({ path: '/me/calendars', status: 429, headers: { 'retry-after': '10' } })
    const { body } = await world.call('POST', '/$batch', {
      requests: [
        {
          id: '1',
          method: 'POST',
          url: '/me/events',
          headers: { 'Content-Type': 'application/json', Prefer: 'IdType="ImmutableId"' },
          body: creation('Lunch', 't-1'),
        },
        { id: '2', method: 'GET', url: '/me/calendars' },
        { id: '3', method: 'GET', url: '/me/calendar', dependsOn: ['2'] },
      ],
    })
    const parts = body['responses'] as Part[]
    expect(parts.map((part) => [part.id, part.status])).toEqual([
      ['3', 424],
      ['2', 429],
      ['1', 201],
    ])
    expect(parts[1]?.headers['Retry-After']).toBe('10')
    expect(parts[2]?.body['id']).toMatch(/^AAkA/)
    const inside = world.graph.log.filter((line) => line.inBatch === true)
    expect(
      inside.map((line) => `${line.method} ${line.path} ${String(line.status)}`).sort(),
    ).toEqual(['GET /v1.0/me/calendars 429', 'POST /v1.0/me/events 201'])
  })

  it.each([
    ['21 parts', reads(21)],
    ['equal ids', reads(2, { id: '1' })],
    ['an absolute address', reads(1, { url: 'https://graph.microsoft.com/v1.0/me' })],
    ['a nested batch', reads(1, { method: 'POST', url: '/$batch' })],
    ['an unknown dependency', reads(1, { dependsOn: ['9'] })],
    ['a body without content type', reads(1, { method: 'POST', body: {} })],
    ['no parts', []],
  ])('refuses a batch with %s', async (_what, requests) => {
    expect((await world.call('POST', '/$batch', { requests })).status).toBe(400)
  })

  it('stores a part whose answer is lost', async () => {
    world.graph.faults.add({ method: 'POST', path: '/me/events', drop: 'after' })
    const [part] = await batch([
      {
        id: '1',
        method: 'POST',
        url: '/me/events',
        headers: { 'Content-Type': 'application/json' },
        body: creation('Lunch', 't-1'),
      },
    ])
    expect(part?.status).toBe(504)
    expect(world.graph.state(ANNA).events).toHaveLength(1)
  })

  it('refuses a missing, a foreign and an expired token', async () => {
    for (const authorization of ['', 'Bearer nonsense', 'Bearer expired']) {
      const answer = await world.call('GET', '/me', undefined, { authorization })
      expect([answer.status, codeOf(answer)]).toEqual([401, 'InvalidAuthenticationToken'])
    }
  })

  it('G-64 asks for claims on demand', async () => {
    world.graph.setSwitch(ANNA, 'claimsChallenge', true, 1)
    const answer = await world.call('GET', '/me/calendar')
    expect(answer.status).toBe(401)
    const header = answer.headers.get('www-authenticate') ?? ''
    const claims = /error="insufficient_claims", claims="([^"]+)"/.exec(header)?.[1] ?? ''
    expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toHaveProperty('access_token')
    expect((await world.call('GET', '/me/calendar')).status).toBe(200)
  })

  it.each([
    ['Calendars.ReadWrite', '/me/calendar'],
    ['Calendars.ReadWrite', `/me/calendarView?${WINDOW}`],
    ['MailboxSettings.Read', '/me/mailboxSettings'],
    ['User.Read', '/me'],
  ])('G-67 answers 403 without %s to %s', async (scope, path) => {
    world.graph.setSwitch(ANNA, 'deniedScopes', [scope])
    const answer = await world.call('GET', path)
    expect([answer.status, codeOf(answer)]).toEqual([403, 'ErrorAccessDenied'])
    world.graph.setSwitch(
      ANNA,
      'deniedScopes',
      ALL_SCOPES.filter((one) => one !== scope),
    )
    expect((await world.call('GET', path)).status).toBe(200)
  })

  it.each([404, 400] as const)(
    'G-69 answers %i for an unusable mailbox, yet knows its user',
    async (status) => {
      world.graph.setSwitch(ANNA, 'mailboxUnusable', status)
      const answer = await world.call('GET', '/me/calendar')
      expect([answer.status, codeOf(answer)]).toEqual([status, 'MailboxNotEnabledForRESTAPI'])
      expect((await world.call('GET', '/me')).status).toBe(200)
    },
  )

  it('G-70 varies the form of error bodies', async () => {
    const read = (): ReturnType<TestWorld['call']> =>
      world.call('GET', '/me/events/none', undefined, { 'client-request-id': 'c-1' })
    expect((await read()).body).toMatchObject({
      error: { code: 'ErrorItemNotFound', innerError: { 'client-request-id': 'c-1' } },
    })
    world.graph.setSwitch(ANNA, 'errorForm', 'innererror')
    expect((await read()).body['error']).toHaveProperty('innererror')
    world.graph.setSwitch(ANNA, 'errorForm', 'empty')
    expect((await read()).body).toEqual({ text: '' })
    world.graph.setSwitch(ANNA, 'errorForm', 'html')
    expect((await read()).headers.get('content-type')).toBe('text/html')
    world.graph.setSwitch(ANNA, 'errorForm', 'no-code')
    const bare = await read()
    expect(bare.status).toBe(404)
    expect(bare.body['error']).not.toHaveProperty('code')
  })

  it('dates its answers by the given clock and echoes the client’s request id', async () => {
    const answer = await world.call('GET', '/me', undefined, {
      ...IMMUTABLE,
      'client-request-id': 'c-1',
    })
    expect(answer.headers.get('date')).toBe('Mon, 01 Jun 2026 08:00:00 GMT')
    expect(answer.headers.get('client-request-id')).toBe('c-1')
    expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})
