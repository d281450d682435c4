import { EVENTS, meeting, startCompany, stopAll, type Answer } from './company'

afterEach(stopAll)

const RULE = {
  recurrenceType: 'weekly',
  interval: 1,
  dayOfWeek: ['tuesday'],
  startTime: '2026-09-15T08:00:00+00:00',
  timeZone: 'Europe/Berlin',
}

async function post(changes: Record<string, unknown>): Promise<Answer> {
  const { call } = await startCompany()
  return call('POST', EVENTS, meeting(changes))
}

const child = (answer: Answer, path: string): unknown =>
  path.split('.').reduce((node, key) => node.children?.[key] ?? node[key], answer.body.errors)

describe('a write with keys that the form does not know', () => {
  it.each([
    ['at the top', { isOrganizer: true }, 'isOrganizer'],
    ['in an attendee', { attendees: [{ email: 'a@b.example', userId: 3 }] }, 'userId'],
    ['in the rule', { recurrence: { ...RULE, timezone: 'UTC' } }, 'timezone'],
    [
      'in a reminder',
      { reminders: [{ method: 'email', interval: { number: 1, unit: 'H' }, id: 1 }] },
      'id',
    ],
  ])('%s is refused', async (_where, changes, key) => {
    const answer = await post(changes)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.errors).toEqual([
      `This form should not contain extra fields: "${key}".`,
    ])
  })

  it('drops the four computed keys silently', async () => {
    const dropped = {
      updatedAt: 'x',
      editable: 1,
      removable: 1,
      editableInvitationStatus: 1,
      id: 5,
    }
    expect((await post(dropped)).status).toBe(201)
  })

  it('refuses a PUT with the body of a GET', async () => {
    const { call } = await startCompany()
    const { body } = await call('POST', EVENTS, meeting())
    const read = await call('GET', `${EVENTS}/${body.id}.json`)
    expect((await call('PUT', `${EVENTS}/${body.id}.json`, read.body)).status).toBe(400)
  })
})

describe('a write with values that Oro reads in its own way', () => {
  it('ignores the offset of event dates, and honours that of the rule', async () => {
    const { call, oro } = await startCompany()
    const { body } = await call(
      'POST',
      EVENTS,
      meeting({
        start: '2026-09-10T14:00:00.123+02:00',
        end: '2026-09-10T15:00:00Z',
        recurrence: { ...RULE, startTime: '2026-09-10T14:00:00.123+02:00' },
      }),
    )
    const read = await call('GET', `${EVENTS}/${body.id}.json`)
    expect(read.body.start).toBe('2026-09-10T14:00:00+00:00')
    expect(read.body.recurrence.startTime).toBe('2026-09-10T12:00:00+00:00')
    expect(oro.violations()).toMatchObject([{ status: 201, method: 'POST' }])
    expect(oro.violations()[0]?.faults.join()).toContain('/start')
  })

  it('wants a zone in the rule', async () => {
    const answer = await post({ recurrence: { ...RULE, startTime: '2026-09-15T08:00:00' } })
    expect(child(answer, 'recurrence.startTime')).toEqual({ errors: ['This value is not valid.'] })
  })

  it('trims title and description, and cleans the description only when it is read', async () => {
    const { call, oro } = await startCompany()
    const { body } = await call(
      'POST',
      EVENTS,
      meeting({ title: '  Talk ', description: ' <p onclick="x()">Hi<script>1</script></p> ' }),
    )
    const read = await call('GET', `${EVENTS}/${body.id}.json`)
    expect(read.body).toMatchObject({ title: 'Talk', description: '<p>Hi</p>' })
    expect(oro.eventRows(7)[0]?.description).toBe('<p onclick="x()">Hi<script>1</script></p>')
  })

  it('refuses a title of 256 characters and takes one of 255', async () => {
    expect((await post({ title: 'x'.repeat(255) })).status).toBe(201)
    expect(child(await post({ title: 'x'.repeat(256) }), 'title')).toMatchObject({
      errors: [expect.stringContaining('255')],
    })
  })

  it('refuses a start after the end and takes an equal one', async () => {
    expect((await post({ start: '2026-09-15T09:00:00Z' })).status).toBe(201)
    expect((await post({ start: '2026-09-15T09:00:01Z' })).status).toBe(400)
  })

  it('stores an event without a calendar, or in an unknown one, in none', async () => {
    const { call, oro } = await startCompany()
    const { calendar: _calendar, ...bare } = meeting()
    const created = await call('POST', EVENTS, bare)
    expect(created.status).toBe(201)
    await call('POST', EVENTS, meeting({ calendar: 999 }))
    expect(oro.eventRows().map((row) => row.calendarId)).toEqual([null, null])
    expect(oro.violations()[0]?.faults).toEqual(["body: must have required property 'calendar'"])
  })
})

describe('rules', () => {
  it.each([
    ['a daily interval above 99', { recurrenceType: 'daily', interval: 100 }, 'interval'],
    ['a weekly rule without days', { dayOfWeek: [] }, 'dayOfWeek'],
    [
      'a yearly interval that is no multiple of 12',
      { recurrenceType: 'yearly', dayOfMonth: 1, monthOfYear: 1, interval: 1 },
      'interval',
    ],
    ['a monthnth rule without an instance', { recurrenceType: 'monthnth' }, 'instance'],
    ['a Windows zone', { timeZone: 'W. Europe Standard Time' }, 'timeZone'],
    ['an old alias of a zone', { timeZone: 'Asia/Calcutta' }, 'timeZone'],
    ['an end before the start', { endTime: '2026-09-01T00:00:00Z' }, 'endTime'],
    ['more than 999 occurrences', { occurrences: 1000 }, 'occurrences'],
  ])('refuse %s', async (_what, changes, part) => {
    const answer = await post({ recurrence: { ...RULE, ...changes } })
    expect(answer.status).toBe(400)
    expect(child(answer, `recurrence.${part}`)).toHaveProperty('errors')
  })

  it('take the canonical name of a zone that was renamed', async () => {
    expect((await post({ recurrence: { ...RULE, timeZone: 'Asia/Kolkata' } })).status).toBe(201)
  })

  it('are replaced as a whole, and removed by null or an empty text', async () => {
    const { call } = await startCompany()
    const { body } = await call(
      'POST',
      EVENTS,
      meeting({ recurrence: { ...RULE, occurrences: 5 } }),
    )
    const path = `${EVENTS}/${body.id}.json`
    await call('PUT', path, { recurrence: { ...RULE, interval: 2 } })
    expect((await call('GET', path)).body.recurrence).toMatchObject({
      interval: 2,
      occurrences: null,
    })
    await call('PUT', path, { recurrence: '' })
    expect((await call('GET', path)).body).not.toHaveProperty('recurrence')
  })
})

describe('uid and organizer', () => {
  it('refuse a uid of 37 characters, a second one in the calendar, and a change', async () => {
    const { call } = await startCompany()
    expect((await call('POST', EVENTS, meeting({ uid: 'x'.repeat(37) }))).status).toBe(400)
    const { body } = await call('POST', EVENTS, meeting({ uid: 'once' }))
    expect((await call('POST', EVENTS, meeting({ uid: 'once' }))).status).toBe(400)
    expect((await call('POST', EVENTS, meeting({ uid: 'once', calendar: 9 }))).status).toBe(201)
    const path = `${EVENTS}/${body.id}.json`
    expect(child(await call('PUT', path, { uid: 'twice' }), 'uid')).toEqual({
      errors: ['This field cannot be changed once set.'],
    })
    expect((await call('PUT', path, { uid: 'once' })).status).toBe(200)
  })

  it('compare the organizer with the owner case-sensitively', async () => {
    const { call } = await startCompany()
    const isOrganizer = async (organizerEmail: string): Promise<unknown> => {
      const { body } = await call('POST', EVENTS, meeting({ organizerEmail }))
      return (await call('GET', `${EVENTS}/${body.id}.json`)).body
    }
    expect(await isOrganizer('nora.feld@example.com')).toMatchObject({ isOrganizer: true })
    expect(await isOrganizer('Nora.Feld@example.com')).toMatchObject({ isOrganizer: false })
    expect(await isOrganizer('sam.ortiz@example.com')).toMatchObject({
      isOrganizer: false,
      organizerUserId: 5,
      organizerDisplayName: 'Sam Ortiz',
      editable: false,
    })
  })

  it('keep the organizer when an event moves to another calendar', async () => {
    const { call } = await startCompany()
    const { body } = await call('POST', EVENTS, meeting())
    const path = `${EVENTS}/${body.id}.json`
    expect((await call('PUT', path, { calendar: 9 })).status).toBe(200)
    expect((await call('GET', path)).body).toMatchObject({
      calendar: 9,
      isOrganizer: false,
      organizerEmail: 'nora.feld@example.com',
    })
    expect((await call('PUT', path, { organizerEmail: 'sam.ortiz@example.com' })).status).toBe(400)
  })
})

describe('reminders', () => {
  const REMINDER = { method: 'email', interval: { number: 1, unit: 'H' } }

  it('fail every write once their time has passed, unless they are sent away', async () => {
    const { call, clock } = await startCompany()
    const { body } = await call(
      'POST',
      EVENTS,
      meeting({ start: '2026-08-24T10:30:00Z', reminders: [REMINDER] }),
    )
    const path = `${EVENTS}/${body.id}.json`
    clock.now = Date.parse('2026-08-24T09:31:00Z')
    expect((await call('PUT', path, { title: 'Late' })).status).toBe(400)
    expect((await call('PUT', path, { title: 'Late', reminders: [] })).status).toBe(200)
    expect((await call('GET', path)).body).not.toHaveProperty('reminders')
  })

  it('must be at least one unit ahead', async () => {
    const zero = { method: 'email', interval: { number: 0, unit: 'M' } }
    expect((await post({ reminders: [zero] })).status).toBe(400)
  })
})
