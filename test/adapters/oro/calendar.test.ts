import { createCalendar } from '../../../shared/adapters/oro/calendar'
import { hasCalendar } from '../../../shared/adapters/oro/calendar-proof'
import type { OroRequest } from '../../../shared/adapters/oro/client'
import { canonicalHtml } from '../../../shared/html/canonical'
import { uuidV5 } from '../../../shared/core/uid'
import type { SyncError } from '../../../shared/errors'
import type { Gathered } from '../../../shared/ports/side'
import {
  CALENDAR,
  contextOf,
  draft,
  eventFields,
  NOW,
  outlookEvent,
  ref,
  startOroWorld,
  WINDOW,
  type OroWorld,
} from './oro-world'
import { recorded } from './recorded'

let world: OroWorld

beforeEach(async () => {
  world = await startOroWorld()
})

afterEach(async () => {
  await world.stop()
})

const event = (changes: object = {}) => ({
  calendarId: 7,
  title: 'Budget talk',
  start: '2026-09-08T08:00:00Z',
  end: '2026-09-08T09:00:00Z',
  ...changes,
})

const request = (changes: object = {}) => ({
  cursor: null,
  window: WINDOW,
  mode: 'changes' as const,
  ids: [],
  ...changes,
})

const ids = (gathered: Gathered): string[] => gathered.readings.map(({ id }) => id).sort()

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (error as SyncError).evidence,
  )

describe('gathering', () => {
  it('lists the whole calendar first, in one call, whatever the dates', async () => {
    const inside = world.standIn.events.create(event())
    const outside = world.standIn.events.create(
      event({ start: '2020-01-01T08:00:00Z', end: '2020-01-01T09:00:00Z' }),
    )
    world.standIn.events.create(event({ calendarId: 9 }))
    const gathered = await world.side().gather(request())
    expect(ids(gathered)).toEqual([String(inside), String(outside)].sort())
    expect(gathered).toMatchObject({
      full: true,
      removed: [],
      window: WINDOW,
      containers: [CALENDAR],
      lost: [],
      cursor: { since: '2026-09-01T08:00:00Z' },
    })
    expect(world.calls()).toEqual([
      'GET /api/rest/latest/calendarevents.json?calendar=7&page=1&limit=5000',
    ])
    expect(world.meter).toEqual({ microsoft: 0, oro: 1, feed: 0 })
  })

  it('takes a hinted event that a full list lacks for removed without another call', async () => {
    const gathered = await world.side().gather(request({ ids: ['4040'] }))
    expect(gathered.removed).toEqual(['4040'])
    expect(world.meter.oro).toBe(1)
  })

  it('keeps its watermark when no clock of Oro is told', async () => {
    const send = () =>
      Promise.resolve({ status: 200, headers: new Headers(), body: [], retryAfterMs: null })
    const side = createCalendar(contextOf(), send, () => NOW)
    const cursor = { since: '2026-08-31T08:00:00Z' }
    expect((await side.gather(request({ cursor }))).cursor).toEqual(cursor)
    expect((await side.gather(request())).cursor).toBeNull()
  })

  it('asks for what changed since Oro last answered, with two minutes of overlap', async () => {
    world.standIn.events.create(event())
    world.clock.now += 300_000
    const { cursor } = await world.side().gather(request())
    world.clock.now += 3_600_000
    const changed = world.standIn.events.create(event({ title: 'Later' }))
    world.calls()
    const gathered = await world.side().gather(request({ cursor }))
    expect(ids(gathered)).toEqual([String(changed)])
    expect(gathered).toMatchObject({ full: false, cursor: { since: '2026-09-01T09:05:00Z' } })
    expect(world.calls()).toEqual([
      'GET /api/rest/latest/calendarevents.json?updatedAt>=2026-09-01T08:03:00Z&calendar=7&page=1&limit=5000',
    ])
  })

  it('lists everything again when a full list is wanted', async () => {
    const old = world.standIn.events.create(event())
    world.clock.now += 3_600_000
    const cursor = { since: '2026-09-01T09:00:00Z' }
    const gathered = await world.side().gather(request({ cursor, mode: 'full' }))
    expect(ids(gathered)).toEqual([String(old)])
    expect(gathered.full).toBe(true)
  })

  it('states a series once and none of its dates', async () => {
    const series = world.standIn.events.create(
      event({ recurrence: { recurrenceType: 'daily', timeZone: 'UTC' } }),
    )
    world.standIn.events.cancel(series, '2026-09-09T08:00:00Z')
    const gathered = await world.side().gather(request())
    expect(gathered.readings.map(({ id, unmappable }) => [id, unmappable?.code])).toEqual([
      [String(series), 'unsupported-series'],
    ])
  })

  it('drops a hinted date of a series, which is neither an item nor gone', async () => {
    const series = world.standIn.events.create(
      event({ recurrence: { recurrenceType: 'daily', timeZone: 'UTC' } }),
    )
    const date = world.standIn.events.cancel(series, '2026-09-09T08:00:00Z')
    world.clock.now += 3_600_000
    const gathered = await world
      .side()
      .gather(request({ cursor: { since: '2026-09-01T09:00:00Z' }, ids: [String(date)] }))
    expect(gathered).toMatchObject({ readings: [], removed: [] })
  })

  it('reads a hinted event whose list row did not move', async () => {
    const quiet = world.standIn.events.create(event())
    world.clock.now += 3_600_000
    const gathered = await world
      .side()
      .gather(request({ cursor: { since: '2026-09-01T09:00:00Z' }, ids: [String(quiet)] }))
    expect(ids(gathered)).toEqual([String(quiet)])
    expect(gathered.removed).toEqual([])
  })

  it('asks about a hinted event that is deleted or in another calendar', async () => {
    const gone = world.standIn.events.create(event())
    world.standIn.events.remove(gone)
    const elsewhere = world.standIn.events.create(event({ calendarId: 9 }))
    world.clock.now += 3_600_000
    const hinted = [String(gone), String(elsewhere)]
    const gathered = await world
      .side()
      .gather(request({ cursor: { since: '2026-09-01T09:00:00Z' }, ids: hinted }))
    expect(gathered.readings).toEqual([])
    expect(gathered.removed).toEqual(hinted)
  })

  it('fails as access where events may not be listed', async () => {
    world.standIn.faults.add({ path: 'calendarevents', status: 403, body: { code: 403 } })
    expect(await codeOf(world.side().gather(request()))).toMatchObject({
      code: 'access',
      scope: 'container',
      transient: false,
    })
  })

  it('says that no calendar is known instead of listing nothing', async () => {
    const side = world.side({ calendarId: null })
    expect(await codeOf(side.gather(request()))).toMatchObject({ code: 'oro-calendar-missing' })
    expect(world.calls()).toEqual([])
  })

  it('states the people when the setting asks for it', async () => {
    world.standIn.events.create(event({ attendees: [{ email: 'pat@partner.example' }] }))
    const { readings } = await world.side({ list: true }).gather(request())
    expect(readings[0]?.fields['attendeeList']).toEqual([
      'pat@partner.example <pat@partner.example>',
    ])
  })
})

describe('reading by id', () => {
  it('tells present, moved, cancelled and deleted apart', async () => {
    const present = world.standIn.events.create(event())
    const moved = world.standIn.events.create(event())
    world.standIn.events.move(moved, 9)
    const cancelled = world.standIn.events.create(event({ isCancelled: true }))
    const states = await world
      .side()
      .read([ref(present), ref(moved), ref(cancelled), ref(4040), ref(4041)])
    expect(states.get(String(present))).toMatchObject({
      is: 'present',
      reading: { role: 'organizer' },
    })
    expect(states.get(String(moved))).toEqual({ is: 'moved', container: '9' })
    expect(states.get(String(cancelled))).toEqual({ is: 'gone', how: 'cancelled' })
    expect(states.get('4040')).toEqual({ is: 'gone', how: 'deleted' })
    expect(states.get('4041')).toEqual({ is: 'gone', how: 'deleted' })
    const lists = world.calls().filter((call) => call.includes('limit=1'))
    expect(lists).toHaveLength(1)
  })

  it('believes the last event of a calendar gone, since the calendar still names itself', async () => {
    const states = await world.side().read([ref(4040)])
    expect(states.get('4040')).toEqual({ is: 'gone', how: 'deleted' })
  })

  it('proves nothing by the 404 of an unknown calendar', async () => {
    const states = await world.side({ calendarId: '77' }).read([ref(4040, '77')])
    expect(states.get('4040')).toEqual({ is: 'unknown' })
  })

  it('proves nothing by a calendar that shows others but not itself', async () => {
    const rows = [{ calendarAlias: 'user', calendar: 9, targetCalendar: 7, userId: 5 }]
    const send = (asked: OroRequest) =>
      Promise.resolve({
        status: 200,
        headers: new Headers(),
        body: asked.path.includes('connections') ? rows : [],
        retryAfterMs: null,
      })
    expect(await hasCalendar(send, '7')).toBe('missing')
    expect(await hasCalendar(send, '9')).toBe('exists')
  })

  it('proves nothing where the routes have vanished with the feature', async () => {
    world.standIn.faults.add({ path: 'calendar', status: 404, body: '', times: 0 })
    expect((await world.side().read([ref(4040)])).get('4040')).toEqual({ is: 'unknown' })
  })

  it('says hidden for a refused event and unknown for a network failure, and reads the others', async () => {
    const first = world.standIn.events.create(event())
    const second = world.standIn.events.create(event())
    const third = world.standIn.events.create(event())
    world.standIn.faults.add({ path: `/${String(first)}.json`, status: 403, body: { code: 403 } })
    world.standIn.faults.add({ path: `/${String(second)}.json`, drop: 'before', times: 0 })
    const states = await world.side().read([ref(first), ref(second), ref(third)])
    expect(states.get(String(first))).toEqual({ is: 'hidden', code: 'access' })
    expect(states.get(String(second))).toEqual({ is: 'unknown' })
    expect(states.get(String(third))).toMatchObject({ is: 'present' })
  })

  it("knows an attendee's copy of a series although a single read hides the rule", async () => {
    const series = world.standIn.events.create(
      event({
        calendarId: 9,
        recurrence: { recurrenceType: 'daily', timeZone: 'UTC' },
        attendees: [{ email: 'Nora.Feld@example.com' }],
      }),
    )
    const copy = world.standIn.eventRows(7).find((row) => row.parentId === series)
    const states = await world.side().read([ref(copy?.id ?? 0)])
    expect(states.get(String(copy?.id))).toMatchObject({
      is: 'present',
      reading: { role: 'attendee', unmappable: { code: 'unsupported-series' } },
    })
  })
})

describe('creating', () => {
  it('posts one silent event under the uid of the item across', async () => {
    const written = await world.side().create(draft())
    expect(written).toEqual({ id: expect.any(String), container: CALENDAR, reading: null })
    expect(world.standIn.eventRows(7)).toMatchObject([
      {
        id: Number(written.id),
        uid: outlookEvent().keys.uid,
        title: 'Budget talk',
        isOrganizer: true,
        attendees: [],
        start: Date.parse('2026-09-08T08:00:00Z'),
        end: Date.parse('2026-09-08T09:00:00Z'),
      },
    ])
    expect(world.standIn.mails()).toEqual([])
  })

  it('derives the uid from the token where the item across has none', async () => {
    await world.side().create(draft({ counterpart: outlookEvent({ keys: {} }) }))
    expect(world.standIn.eventRows(7)[0]?.uid).toBe(uuidV5('token-1'))
  })

  it('ends at one event when the answer is lost', async () => {
    world.standIn.faults.add({ method: 'POST', path: 'calendarevents', drop: 'after' })
    const written = await world.side().create(draft())
    expect(world.standIn.eventRows(7).map(({ id }) => String(id))).toEqual([written.id])
    expect(written.reading?.fields).toMatchObject(eventFields())
  })

  it('ends at one event when it is asked twice', async () => {
    const first = await world.side().create(draft())
    const again = await world.side().create(draft())
    expect(again.id).toBe(first.id)
    expect(world.standIn.eventRows(7)).toHaveLength(1)
  })

  it('hands back the event that holds the uid, whatever it says', async () => {
    const held = world.standIn.events.create(event({ uid: outlookEvent().keys.uid, title: 'Mine' }))
    const written = await world.side().create(draft())
    expect(written).toMatchObject({ id: String(held), reading: { fields: { title: 'Mine' } } })
    const other = await world
      .side()
      .create(draft({ counterpart: outlookEvent({ keys: {} }), token: 'uid|AAMk1' }))
    expect(other.id).not.toBe(written.id)
    expect(world.standIn.eventRows(7)).toHaveLength(2)
  })

  it('ends at the event of the user and not at the copy that Oro made under the same uid', async () => {
    const { uid } = outlookEvent().keys
    const attendees = [{ email: 'Nora.Feld@example.com' }]
    world.standIn.events.create(event({ calendarId: 9, uid, attendees }))
    const copies = world.standIn.eventRows(7).map(({ id }) => String(id))
    const first = await world.side().create(draft())
    expect(copies).toHaveLength(1)
    expect(copies).not.toContain(first.id)
    for (let time = 0; time < 5; time += 1)
      expect((await world.side().create(draft())).id).toBe(first.id)
  })

  it('asks again whether the calendar exists when the first answer did not arrive', async () => {
    const side = world.side()
    world.standIn.faults.add({ path: 'limit=1$', drop: 'before', times: 3 })
    expect(await codeOf(side.create(draft()))).toMatchObject({ code: 'oro-unreachable' })
    await side.create(draft())
    expect(world.standIn.eventRows(7)).toHaveLength(1)
  })

  it('names the organizer of a meeting that the user only attends', async () => {
    await world.side().create(
      draft({
        counterpart: outlookEvent({ role: 'attendee' }),
        fields: eventFields({ organizer: { name: 'Pat Lund', email: 'pat@partner.example' } }),
      }),
    )
    expect(world.standIn.eventRows(7)).toMatchObject([
      {
        isOrganizer: false,
        organizerEmail: 'pat@partner.example',
        organizerDisplayName: 'Pat Lund',
      },
    ])
  })

  it('sets a reminder that lies ahead', async () => {
    await world.side().create(draft({ fields: eventFields({ reminder: 20 }) }))
    expect(world.standIn.eventRows(7)[0]?.reminders).toEqual([
      { method: 'web_socket', interval: { number: 20, unit: 'M' } },
    ])
  })

  it('leaves out a reminder whose time has passed and says so', async () => {
    const when = { start: '2026-08-20T08:00:00Z', end: '2026-08-20T09:00:00Z', allDay: false }
    const written = await world
      .side()
      .create(draft({ fields: eventFields({ when, reminder: 15 }) }))
    expect(written.adjusted).toEqual(['reminder'])
    expect(world.standIn.eventRows(7)[0]?.reminders).toEqual([])
  })

  it('writes nothing into a calendar that does not exist', async () => {
    const side = world.side({ calendarId: '77' })
    expect(await codeOf(side.create(draft({ container: '77' })))).toMatchObject({
      code: 'oro-calendar-missing',
      scope: 'container',
    })
    expect(world.standIn.eventRows()).toEqual([])
  })

  it('names the field whose value is refused', async () => {
    const { status, body } = recorded('error-validation.400').response
    world.standIn.faults.add({ method: 'POST', path: 'calendarevents', status, body })
    expect(await codeOf(world.side().create(draft()))).toMatchObject({
      code: 'refused-value',
      fields: ['title'],
    })
  })
})

describe('what is read back', () => {
  it.each([
    ['text with entities', '<p>1 &lt; 2 &amp; "x" – ü 🎉</p>', 'text'],
    ['lists and links', '<ul><li><a href="https://a.example/?x=1&y=2">a</a></li></ul>', 'html'],
    ['a table', '<table><tr><td>a</td><td>b</td></tr></table>', 'html'],
    ['line breaks', 'one\r\ntwo\n\n  three  ', 'text'],
    [
      'a body of Exchange',
      '<html><head></head><body><div style="x">a</div><script>1</script></body></html>',
      'html',
    ],
  ] as const)('equals what was sent: %s', async (_, raw, type) => {
    const description = canonicalHtml(raw, type)
    const fields = eventFields({ description, title: 'Überprüfung 🎉' })
    const side = world.side()
    const written = await side.create(draft({ fields }))
    const state = (await side.readBack([written])).get(written.id)
    expect(state).toMatchObject({ is: 'present', reading: { fields } })
  })
})

describe('finding', () => {
  it('finds by the uid of the item across', async () => {
    const same = world.standIn.events.create(event({ uid: outlookEvent().keys.uid }))
    world.standIn.events.create(event())
    const found = await world.side().find(outlookEvent())
    expect(found.map((reading) => reading.id)).toEqual([String(same)])
  })

  it('finds by the marker that the item across carries', async () => {
    const marked = world.standIn.events.create(event())
    const found = await world.side().find(outlookEvent({ keys: { marker: String(marked) } }))
    expect(found.map((reading) => reading.id)).toEqual([String(marked)])
  })

  it('asks nothing after a full list, except for what it created since', async () => {
    const known = world.standIn.events.create(event({ uid: outlookEvent().keys.uid }))
    const side = world.side()
    await side.gather(request())
    world.calls()
    expect((await side.find(outlookEvent())).map(({ id }) => id)).toEqual([String(known)])
    const newcomer = outlookEvent({ id: 'AAMk2', keys: { uid: uuidV5('another') } })
    expect(await side.find(newcomer)).toEqual([])
    expect(world.calls()).toEqual([])
    const { id } = await side.create(draft({ counterpart: newcomer }))
    expect((await side.find(newcomer)).map((reading) => reading.id)).toEqual([id])
  })
})

describe('updating', () => {
  it('sends the changed field and nothing else', async () => {
    const id = world.standIn.events.create(
      event({ description: 'Old', attendees: [{ email: 'pat@partner.example' }] }),
    )
    await world
      .side()
      .update({ ref: ref(id), fields: { title: 'New' }, reading: null, version: '' })
    const put = world.standIn.log.find((line) => line.method === 'PUT')
    expect(put?.body).toEqual({ title: 'New', notifyAttendees: 'none' })
    expect(world.standIn.eventRows(7)).toMatchObject([
      { title: 'New', description: 'Old', attendees: [{ email: 'pat@partner.example' }] },
    ])
    expect(world.standIn.mails()).toEqual([])
  })

  it('changes the nearest reminder and keeps the others', async () => {
    const day = { method: 'email', interval: { number: 1, unit: 'D' } } as const
    const id = world.standIn.events.create(
      event({ reminders: [{ method: 'web_socket', interval: { number: 15, unit: 'M' } }, day] }),
    )
    await world
      .side()
      .update({ ref: ref(id), fields: { reminder: 30 }, reading: null, version: '' })
    expect(world.standIn.eventRows(7)[0]?.reminders).toEqual([
      { method: 'web_socket', interval: { number: 30, unit: 'M' } },
      day,
    ])
  })

  it('corrects an event whose reminder has fired, which Oro would refuse', async () => {
    const id = world.standIn.events.create(
      event({ reminders: [{ method: 'web_socket', interval: { number: 15, unit: 'M' } }] }),
    )
    world.clock.now = Date.parse('2026-09-10T00:00:00Z')
    const written = await world
      .side()
      .update({ ref: ref(id), fields: { title: 'New' }, reading: null, version: '' })
    expect(written.adjusted).toEqual(['reminder'])
    expect(world.standIn.eventRows(7)).toMatchObject([{ title: 'New', reminders: [] }])
  })

  it('keeps the reminder that still lies ahead when another one has fired', async () => {
    const soon = { method: 'web_socket', interval: { number: 15, unit: 'M' } } as const
    const id = world.standIn.events.create(
      event({ reminders: [soon, { method: 'email', interval: { number: 1, unit: 'D' } }] }),
    )
    world.clock.now = Date.parse('2026-09-08T00:00:00Z')
    await world
      .side()
      .update({ ref: ref(id), fields: { title: 'New' }, reading: null, version: '' })
    expect(world.standIn.eventRows(7)).toMatchObject([{ title: 'New', reminders: [soon] }])
  })

  it('writes nothing when there is nothing Oro could take', async () => {
    const id = world.standIn.events.create(event())
    const change = { ref: ref(id), fields: { attendeeList: [] }, reading: null, version: '' }
    await world.side().update(change)
    expect(world.calls()).toEqual([])
  })

  it('fails for the item alone when it went away in between', async () => {
    const work = world
      .side()
      .update({ ref: ref(4040), fields: { title: 'New' }, reading: null, version: '' })
    expect(await codeOf(work)).toMatchObject({
      code: 'item-failed',
      scope: 'item',
      transient: true,
    })
  })
})

describe('a page in the place of an answer', () => {
  it('is no written event', async () => {
    const id = world.standIn.events.create(event())
    world.standIn.faults.add({ method: 'PUT', status: 200, body: '<html>Maintenance</html>' })
    const change = { ref: ref(id), fields: { title: 'New' }, reading: null, version: '' }
    expect(await codeOf(world.side().update(change))).toMatchObject({
      code: 'oro-unreachable',
      transient: true,
    })
  })
})

describe('removing', () => {
  it('deletes silently, and takes gone for done', async () => {
    const id = world.standIn.events.create(event({ attendees: [{ email: 'pat@partner.example' }] }))
    await world.side().remove({ ref: ref(id), message: '', version: '' })
    await world.side().remove({ ref: ref(id), message: '', version: '' })
    expect(world.standIn.eventRows(7)).toEqual([])
    expect(world.calls()[0]).toBe(
      `DELETE /api/rest/latest/calendarevents/${String(id)}.json?notifyAttendees=none`,
    )
    expect(world.standIn.mails()).toEqual([])
  })

  it.each([
    ['a page that says all is well', 200],
    ['a page in the place of a route that has vanished', 404],
  ])('takes %s for no deletion', async (_what, status) => {
    const id = world.standIn.events.create(event())
    world.standIn.faults.add({ method: 'DELETE', status, body: '<html>Maintenance</html>' })
    const evidence = await codeOf(world.side().remove({ ref: ref(id), message: '', version: '' }))
    expect(evidence).toMatchObject({ transient: true })
    expect(world.standIn.eventRows(7)).toHaveLength(1)
  })

  it('is refused for good where deleting is forbidden', async () => {
    const id = world.standIn.events.create(event())
    world.standIn.faults.add({ method: 'DELETE', status: 403, body: { reason: 'access denied.' } })
    expect(
      await codeOf(world.side().remove({ ref: ref(id), message: '', version: '' })),
    ).toMatchObject({
      code: 'access',
      scope: 'item',
      transient: false,
    })
  })
})

describe('reading back', () => {
  it('reads many written rows with one list, and by id those that it does not show', async () => {
    const side = world.side()
    const quiet = world.standIn.events.create(event())
    world.clock.now += 3_600_000
    const created = []
    for (const name of ['a', 'b', 'c'])
      created.push(
        await side.create(draft({ counterpart: outlookEvent({ keys: { uid: uuidV5(name) } }) })),
      )
    const reminder = { ref: ref(quiet), fields: { reminder: 10 }, reading: null, version: '' }
    created.push(await side.update(reminder))
    world.calls()
    const states = await side.readBack(created)
    expect([...states.values()].map((state) => state.is)).toEqual(Array(4).fill('present'))
    expect(states.get(String(quiet))).toMatchObject({ reading: { fields: { reminder: 10 } } })
    expect(world.calls()).toEqual([
      'GET /api/rest/latest/calendarevents.json?updatedAt>=2026-09-01T08:58:00Z&calendar=7&page=1&limit=5000',
      `GET /api/rest/latest/calendarevents/${String(quiet)}.json`,
    ])
  })

  it('looks no further back than the writes since it last read back', async () => {
    const side = world.side()
    const three = async (prefix: string) => {
      const written = []
      for (const name of ['a', 'b', 'c']) {
        const uid = uuidV5(prefix + name)
        written.push(await side.create(draft({ counterpart: outlookEvent({ keys: { uid } }) })))
      }
      return written
    }
    await side.readBack(await three('early'))
    world.clock.now += 3_600_000
    const late = await three('late')
    world.calls()
    await side.readBack(late)
    expect(world.calls()).toEqual([
      'GET /api/rest/latest/calendarevents.json?updatedAt>=2026-09-01T08:58:00Z&calendar=7&page=1&limit=5000',
    ])
  })

  it('reads a single one by id', async () => {
    const side = world.side()
    const written = await side.create(draft())
    world.calls()
    expect((await side.readBack([written])).get(written.id)).toMatchObject({
      is: 'present',
      reading: { fields: eventFields() },
    })
    expect(world.calls()).toEqual([`GET /api/rest/latest/calendarevents/${written.id}.json`])
  })
})
