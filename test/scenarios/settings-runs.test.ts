import { startCompany, type Answer, type Company, type Person } from './company'
import {
  connected,
  expectSame,
  expectSettled,
  inOro,
  inOutlook,
  subjectsInOutlook,
  syncLater,
  titlesInOro,
  watch,
} from './observe'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.oro.faults.clear()
})

/** Changes the settings of a level; answers what is then shown there. */
async function change(path: string, own: object): Promise<Answer['body']> {
  const { headers } = await company.call('GET', `${path}/settings`)
  const answer = await company.call('PATCH', `${path}/settings`, own, {
    'if-match': headers.get('etag') ?? '',
  })
  expect(answer.status).toBe(200)
  return answer.body as unknown
}

const shown = async (person: Person): Promise<Answer['body']> =>
  (await company.call('GET', `${person.path}/settings`)).body as unknown

describe('S1: three levels', () => {
  it('S1: each field inherits on its own, follows at once, and an own value wins even if equal', async () => {
    const person = await company.newPerson()
    const organization = '/organizations/1'
    try {
      expect((await shown(person)).calendar.conflictResolution).toMatchObject({
        own: null,
        effective: 'oro',
        from: 'default',
      })
      await change('', { calendar: { conflictResolution: 'newest' }, syncInterval: 30 })
      expect((await shown(person)).calendar.conflictResolution).toMatchObject({
        effective: 'newest',
        from: 'system',
      })
      await change(organization, { calendar: { conflictResolution: 'microsoft' } })
      const inherited = await shown(person)
      expect(inherited.calendar.conflictResolution).toMatchObject({
        inherited: 'microsoft',
        effective: 'microsoft',
        from: 'organization',
      })
      expect(inherited.tasks.conflictResolution).toMatchObject({
        effective: 'oro',
        from: 'default',
      })
      expect(inherited.syncInterval).toMatchObject({ effective: 30, from: 'system' })
      await change(person.path, { calendar: { conflictResolution: 'microsoft' } })
      expect((await shown(person)).calendar.conflictResolution).toMatchObject({
        own: 'microsoft',
        from: 'user',
      })
      await change(organization, { calendar: { conflictResolution: null } })
      expect((await shown(person)).calendar.conflictResolution).toMatchObject({
        inherited: 'newest',
        effective: 'microsoft',
        from: 'user',
      })
      await change(person.path, { calendar: { conflictResolution: null } })
      expect((await shown(person)).calendar.conflictResolution.effective).toBe('newest')
    } finally {
      await change(organization, { calendar: { conflictResolution: null } })
      await change('', { calendar: { conflictResolution: null }, syncInterval: null })
    }
  })

  it('S1: a change may come without If-Match, or with a list that names the right version', async () => {
    const path = '/organizations/1/users/78/settings'
    const free = await company.call('PATCH', path, { syncInterval: 30 })
    expect([free.status, free.body.syncInterval.own]).toEqual([200, 30])
    const headers = { 'if-match': `"old", ${free.headers.get('etag') ?? ''}` }
    const listed = await company.call('PATCH', path, { syncInterval: 40 }, headers)
    expect([listed.status, listed.body.syncInterval.own]).toEqual([200, 40])
    const both = await Promise.all([
      company.call('PATCH', path, { syncInterval: 50 }),
      company.call('PATCH', path, { calendar: { daysBack: 7 } }),
    ])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    const { body } = await company.call('GET', path)
    expect([body.syncInterval.own, body.calendar.daysBack.own]).toEqual([50, 7])
  })

  it('S1: a change above takes effect in the next run', async () => {
    const person = await connected(company)
    const id = inOro(company, person, 'Base')
    await syncLater(company, person)
    await company.advance('PT2M')
    await change('/organizations/1', { calendar: { conflictResolution: 'microsoft' } })
    try {
      await company.advance('PT61S')
      company.oro.events.update(id, { title: 'By Oro' })
      const event = company.graph.state(person.upn).events[0]
      company.graph.updateEvent(person.upn, String(event?.['id']), { subject: 'By Outlook' })
      await company.sync(person, { kind: 'calendar' })
      expectSame(company, person, ['By Outlook'])
    } finally {
      await change('/organizations/1', { calendar: { conflictResolution: null } })
    }
  })

  it('S1: switched off at system level it is off for everybody', async () => {
    const person = await connected(company)
    await change('', { calendar: { enabled: false } })
    const seen = watch(company, person)
    try {
      inOro(company, person, 'Waits')
      await company.advance('PT20M')
      expect((await company.status(person)).kinds.calendar.state).toBe('off')
      expect(seen.graph()).toEqual([])
    } finally {
      await change('', { calendar: { enabled: true } })
    }
    await company.advance('PT16M')
    expectSame(company, person, ['Waits'])
  })
})

describe('C3, S9: pause and resume', () => {
  const levels: [string, (person: Person) => string][] = [
    ['user', (person) => person.path],
    ['organization', () => '/organizations/1'],
    ['system', () => ''],
  ]
  it.each(levels)(
    'C3: paused at %s level: nothing is sent; resumed: one POST with the final content',
    async (level, path) => {
      const person = await connected(company)
      await company.advance('PT61S')
      expect((await company.call('POST', `${path(person)}/pause`)).status).toBe(200)
      const seen = watch(company, person)
      const id = inOro(company, person, 'Draft')
      await company.advance('PT16M')
      company.oro.events.update(id, { title: 'Final' })
      expect((await company.call('POST', `${person.path}/sync`, {})).status).toBe(409)
      await company.advance('PT16M')
      expect(seen.graph()).toEqual([])
      expect(await company.status(person)).toMatchObject({
        paused: level,
        kinds: { calendar: { state: 'paused' } },
      })
      expect((await company.call('POST', `${path(person)}/resume`)).status).toBe(200)
      await company.idle()
      expectSame(company, person, ['Final'])
      expect(seen.graphWrites()).toEqual(['POST'])
      expect(
        seen.tokens().some((line) => /authorization_code/.test(JSON.stringify(line.body))),
      ).toBe(false)
      expect((await company.status(person)).paused).toBeNull()
      await expectSettled(company, person)
    },
  )

  it('S9: who is stopped by the organization is not started by the user', async () => {
    const person = await connected(company)
    await company.call('POST', '/organizations/1/pause')
    try {
      await company.call('POST', `${person.path}/resume`)
      const seen = watch(company, person)
      inOutlook(company, person, 'Waits')
      await company.advance('PT16M')
      expect(seen.graph()).toEqual([])
    } finally {
      await company.call('POST', '/organizations/1/resume')
    }
    await company.idle()
    expect(titlesInOro(company, person)).toEqual(['Waits'])
  })
})

describe('a second organization with its own Oro application', () => {
  const credentials = { clientId: 'second-client', clientSecret: 'second-sample-secret' }
  const put = (body: object): Promise<Answer> =>
    company.call('PUT', '/organizations/2/oro-credentials', body)

  it('credentials are checked against Oro, never given back, and used for its users only', async () => {
    company.oro.seed({
      organizations: [{ id: 2 }],
      users: [{ id: 900, email: 'service2@oro.example', organizationId: 2 }],
      applications: [{ ...credentials, organizationId: 2, userId: 900 }],
    })
    const wrong = await put({ ...credentials, clientSecret: 'wrong' })
    expect(wrong.status).toBe(422)
    expect(wrong.body.detail).toMatch(/wrong, the application is inactive, or the Web API/)
    company.oro.faults.add({ path: 'oauth2-token', status: 503, times: 0 })
    expect((await put(credentials)).status).toBe(503)
    company.oro.faults.clear()
    const stored = await put(credentials)
    expect(stored.status).toBe(204)
    expect(JSON.stringify(stored.body)).not.toContain(credentials.clientSecret)

    const person = await company.newPerson({ organizationId: 2 })
    await company.settings(person, { calendar: { enabled: true }, tasks: { enabled: false } })
    const from = company.oro.log.length
    await company.connect(person)
    inOutlook(company, person, 'In the second organization')
    await syncLater(company, person)
    expectSame(company, person, ['In the second organization'])
    const asked = company.oro.log
      .slice(from)
      .filter((line) => new RegExp(`calendar=${String(person.calendarId)}(&|$)`).test(line.path))
    expect(new Set(asked.map((line) => line.principal))).toEqual(new Set(['second-client']))
    await expectSettled(company, person)
  })

  it('an organization without credentials is told so', async () => {
    company.oro.seed({ organizations: [{ id: 3 }] })
    const person = await company.newPerson({ organizationId: 3 })
    await company.settings(person, { calendar: { enabled: true }, tasks: { enabled: false } })
    await company.connect(person)
    const { body } = await company.call('POST', `${person.path}/connection/check`)
    expect(body.probes).toContainEqual(
      expect.objectContaining({ name: 'oro-api', ok: false, code: 'oro-credentials' }),
    )
    expect(subjectsInOutlook(company, person)).toEqual([])
  })
})
