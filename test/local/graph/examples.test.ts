import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import openapi from '../../../local/graph/contract/openapi-v1.0-trimmed.json'
import {
  ANNA,
  BEN,
  creation,
  IMMUTABLE,
  meeting,
  startWorld,
  type Json,
  type TestWorld,
} from './world'

const PAYLOADS = join(__dirname, '../../payloads/graph')

const payload = (file: string): Json =>
  JSON.parse(readFileSync(join(PAYLOADS, file), 'utf8')) as Json

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
ajv.addSchema({ $id: 'graph', components: openapi.components })
const validators = new Map<string, ValidateFunction>()

/** Faults of an answer against a schema of the contract; none = []. */
function faults(schema: string, body: unknown): string[] {
  const name = schema.startsWith('x.') ? schema : `microsoft.graph.${schema}`
  const validate =
    validators.get(name) ?? ajv.compile({ $ref: `graph#/components/schemas/${name}` })
  validators.set(name, validate)
  return validate(body)
    ? []
    : (validate.errors ?? []).map((fault) => `${fault.instancePath} ${fault.message ?? ''}`)
}

const codeOf = (body: Json): unknown => (body['error'] as Json | undefined)?.['code']
const messageOf = (body: Json): unknown => (body['error'] as Json | undefined)?.['message']

describe('the documentation’s payloads and the Graph stand-in', () => {
  let world: TestWorld
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.graph.stop())

  const requests = readdirSync(join(PAYLOADS, 'docs')).filter(
    (file) => file.startsWith('event-') && file.endsWith('.request.json'),
  )

  it.each(requests)('accepts %s and answers an event of the contract', async (file) => {
    const given = payload(`docs/${file}`)
    const made = await world.call('POST', '/me/events', given, {
      prefer: 'IdType="ImmutableId", outlook.timezone="Pacific Standard Time"',
    })
    expect(made.status).toBe(201)
    expect(faults('event', made.body)).toEqual([])
    expect(made.body['subject']).toBe(given['subject'])
    const { dateTime, timeZone } = given['start'] as { dateTime: string; timeZone: string }
    expect(made.body['start']).toEqual({
      dateTime: `${dateTime.slice(0, 19)}.0000000`,
      timeZone: 'Pacific Standard Time',
    })
    expect(made.body['originalStartTimeZone']).toBe(timeZone)
    const { attendees } = given
    const invited = Array.isArray(attendees) ? attendees.length : 0
    expect(world.graph.mails()).toHaveLength(invited)
  })

  it('answers a create with the members of the documented answer', async () => {
    const documented = payload('docs/event-create.response.json')
    const made = await world.call('POST', '/me/events', payload('docs/event-create.request.json'))
    expect(Object.keys(made.body).sort()).toEqual(Object.keys(documented).sort())
  })

  const events = [
    'docs/event-create.response.json',
    'docs/event-create-recurring-daily.response.json',
    'docs/event-get.response.json',
    'docs/event-get-multi-location.response.json',
    'docs/event-online-meeting.response.json',
    'docs/event-series-master-weekly.response.json',
    'docs/event-series-master-group.response.json',
    'constructed/event-all-day.response.json',
  ]

  it.each(events)('shows %s as it was seeded', async (file) => {
    const {
      '@odata.context': _context,
      '@odata.etag': _etag,
      changeKey: _key,
      webLink: _link,
      ...given
    } = payload(file)
    const [id] = world.graph.seedEvents(ANNA, [given])
    expect(id).toBe(given['id'])
    const zone = (given['start'] as Json)['timeZone']
    const { status, body } = await world.call(
      'GET',
      `/me/events/${encodeURIComponent(String(id))}`,
      undefined,
      {
        prefer: `IdType="ImmutableId", outlook.timezone="${String(zone)}"`,
      },
    )
    expect(status).toBe(200)
    expect(faults('event', body)).toEqual([])
    const { createdDateTime: _created, lastModifiedDateTime: _modified, ...members } = given
    expect(body).toMatchObject(members)
  })

  const rounds = [
    'docs/calendarview-delta-1-first-page.response.json',
    'docs/calendarview-delta-2-next-page.response.json',
    'docs/calendarview-delta-3-last-page.response.json',
    'docs/calendarview-delta-full-properties.response.json',
  ]

  it.each(rounds)('brings the events of %s in a round of the same shape', async (file) => {
    const documented = payload(file)
    const given = (documented['value'] as Json[]).map(({ '@odata.etag': _etag, ...event }) => event)
    world.graph.seedEvents(ANNA, given)
    const link = '/me/calendarView/delta?startDateTime=2016-01-01&endDateTime=2021-01-01'
    const { body } = await world.call('GET', link, undefined, IMMUTABLE)
    expect(faults('eventDeltaResponse', body)).toEqual([])
    expect((body['value'] as Json[]).map((one) => [one['id'], one['subject']])).toEqual(
      given.map((one) => [one['id'], one['subject']]),
    )
  })

  it('answers stubs and tombstones of the constructed shapes', async () => {
    const stub = (
      payload('constructed/calendarview-delta-occurrence-stub.response.json')['value'] as Json[]
    )[0]
    const tombstone = (
      payload('constructed/calendarview-delta-removed-outside-window.response.json')[
        'value'
      ] as Json[]
    )[0]
    const recurrence = {
      pattern: { type: 'daily', interval: 1 },
      range: { type: 'noEnd', startDate: '2026-06-10' },
    }
    world.graph.seedEvents(ANNA, [meeting('Daily', '2026-06-10T09:00:00', { recurrence })])
    const link = '/me/calendarView/delta?startDateTime=2026-06-10&endDateTime=2026-06-12'
    const first = await world.round(link)
    expect(Object.keys(first.items[0] ?? {}).sort()).toEqual(Object.keys(stub ?? {}).sort())
    world.graph.seedEvents(ANNA, [meeting('Far', '2030-01-01T09:00:00')])
    const { body } = await world.call('GET', first.deltaLink)
    expect(faults('eventDeltaResponse', body)).toEqual([])
    const removed = (body['value'] as Json[]).find((item) => '@removed' in item)
    expect(Object.keys(removed ?? {}).sort()).toEqual(Object.keys(tombstone ?? {}).sort())
  })

  it('answers every call of the calendar sync in the contract’s shape', async () => {
    const [id] = world.graph.seedEvents(ANNA, [meeting('Lunch')])
    const window = 'startDateTime=2026-01-01&endDateTime=2027-01-01'
    const calls: [string, string][] = [
      ['/me', 'user'],
      ['/me/mailboxSettings', 'mailboxSettings'],
      ['/me/calendar', 'calendar'],
      ['/me/calendars', 'calendarCollectionResponse'],
      ['/me/events', 'eventCollectionResponse'],
      [`/me/events/${encodeURIComponent(String(id))}`, 'event'],
      [`/me/calendarView?${window}`, 'eventCollectionResponse'],
      [`/me/calendarView/delta?${window}`, 'eventDeltaResponse'],
      ['/me/outlook/masterCategories', 'outlookCategoryCollectionResponse'],
      ['/me/outlook/supportedTimeZones()', 'timeZoneInformationCollectionResponse'],
      [
        "/me/outlook/supportedTimeZones(TimeZoneStandard='Iana')",
        'timeZoneInformationCollectionResponse',
      ],
    ]
    for (const [path, schema] of calls) {
      const { status, body } = await world.call('GET', path)
      expect([path, status, faults(schema, body)]).toEqual([path, 200, []])
    }
  })

  it('knows the documented zone names of both standards', async () => {
    for (const standard of ['windows', 'iana']) {
      const documented = payload(`docs/supported-timezones-${standard}.response.json`)[
        'value'
      ] as Json[]
      const path = `/me/outlook/supportedTimeZones(TimeZoneStandard='${standard}')`
      const known = ((await world.call('GET', path)).body['value'] as Json[]).map(
        (zone) => zone['alias'],
      )
      for (const { alias } of documented) expect(known).toContain(alias)
    }
  })

  it('reads the documented batches: what is outside the contract fails alone', async () => {
    const parts = await world.call('POST', '/$batch', payload('docs/batch.request.json'))
    expect([parts.status, faults('x.batchResponse', parts.body)]).toEqual([200, []])
    expect((parts.body['responses'] as Json[]).map((part) => part['status'])).toEqual([
      405, 400, 400, 400,
    ])
    const chain = await world.call('POST', '/$batch', payload('docs/batch-dependsOn.request.json'))
    const statuses = Object.fromEntries(
      (chain.body['responses'] as Json[]).map((part) => [part['id'], part['status']]),
    )
    expect(statuses).toEqual({ '1': 400, '2': 424, '3': 400, '4': 424 })
  })

  it('words its refusals as the constructed errors', async () => {
    const same = (file: string, body: Json): void => {
      const documented = payload(`constructed/${file}`)
      expect(faults('ODataErrors.ODataError', body)).toEqual([])
      expect([codeOf(body), messageOf(body)]).toEqual([codeOf(documented), messageOf(documented)])
    }
    same('error-404-item-not-found.json', (await world.call('GET', '/me/events/none')).body)
    const other = await world.call('GET', `/users/${BEN}/events`)
    same('error-403-access-denied.json', other.body)
    const expired = await world.call('GET', '/me', undefined, { authorization: 'Bearer expired' })
    same('error-401-expired.json', expired.body)
    world.graph.setSwitch(ANNA, 'claimsChallenge', true, 1)
    same('error-401-claims-challenge.json', (await world.call('GET', '/me')).body)
    const made = await world.call('POST', '/me/events', creation('Lunch', 't-1'), IMMUTABLE)
    const clash = await world.call('POST', '/me/events', creation('Dinner', 't-1'))
    same('error-400-duplicate-transaction-id.json', clash.body)
    const path = `/me/events/${encodeURIComponent(String(made.body['id']))}`
    const stale = await world.call('PATCH', path, { subject: 'x' }, { 'if-match': 'W/"old"' })
    same('error-412-etag.json', stale.body)
    world.graph.setSwitch(ANNA, 'throttledUntil', -1)
    same('error-429-application-throttled.json', (await world.call('GET', '/me/calendar')).body)
    world.graph.setSwitch(ANNA, 'throttledUntil', 0)
    const { deltaLink } = await world.round(
      '/me/calendarView/delta?startDateTime=2026-01-01&endDateTime=2027-01-01',
    )
    world.graph.setSwitch(
      ANNA,
      'lostSyncState',
      { status: 410, code: 'SyncStateNotFound', location: false },
      1,
    )
    same('error-410-syncStateNotFound.json', (await world.call('GET', deltaLink)).body)
  })
})
