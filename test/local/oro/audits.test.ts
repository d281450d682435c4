import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EVENTS, meeting, startCompany, stopAll } from './company'
import { EXAMPLE_EVENTS, EXAMPLE_TASKS } from './examples-world'

afterEach(stopAll)

const AUDITS = '/api/rest/latest/audits.json?page=1&limit=100'
const example = (name: string): any =>
  JSON.parse(readFileSync(join(__dirname, '../../payloads/oro', `${name}.json`), 'utf8'))
const unknown = {
  id: expect.any(Number),
  version: expect.any(Number),
  transactionId: expect.any(String),
}

describe('the audit feed', () => {
  it('shows deleted events as the contract example does', async () => {
    const { call, clock, oro } = await startCompany()
    oro.seed({ events: [4101, 4102, 4108].map((id) => EXAMPLE_EVENTS[id] ?? never()) })
    for (const [id, at] of [
      [4101, '2026-09-05T10:02:44Z'],
      [4108, '2026-09-05T10:40:12Z'],
    ]) {
      clock.now = Date.parse(String(at))
      await call('DELETE', `${EVENTS}/${id}.json`, undefined, { clientId: 'nora' })
    }
    const { request, response } = example('audits-removed-events')
    const { body, headers } = await call('GET', request.path, undefined, {
      headers: { 'x-include': 'totalCount' },
    })
    expect(body).toMatchObject(response.body.map((row: object) => ({ ...row, ...unknown })))
    expect(headers.get('x-include-total-count')).toBe('2')
  })

  it('shows deleted tasks as the contract example does', async () => {
    const { call, clock, oro } = await startCompany()
    oro.seed({ tasks: [EXAMPLE_TASKS[311] ?? never()] })
    clock.now = Date.parse('2026-09-05T11:15:00Z')
    await call('DELETE', '/api/tasks/311', undefined, { clientId: 'nora' })
    const { request, response } = example('audits-removed-tasks')
    const { body } = await call('GET', request.path)
    expect(body).toMatchObject(response.body.map((row: object) => ({ ...row, ...unknown })))
  })

  it('gets rows late, with higher ids and older times', async () => {
    const { call, clock, oro } = await startCompany()
    oro.configureAudit({ auditDelayMs: 120_000 })
    await call('POST', EVENTS, meeting({ uid: 'late' }))
    expect((await call('GET', AUDITS)).body).toEqual([])
    clock.now += 60_000
    oro.configureAudit({ auditDelayMs: 0 })
    await call('POST', EVENTS, meeting({ uid: 'prompt' }))
    clock.now += 60_000
    const { body } = await call('GET', AUDITS)
    expect(body.map((row: any) => [row.additionalFields.uid, row.loggedAt.slice(11, 19)])).toEqual([
      ['prompt', '09:13:40'],
      ['late', '09:12:40'],
    ])
    const since = await call('GET', `${AUDITS}&loggedAt>=2026-08-24T09:13:00Z`)
    expect(since.body).toHaveLength(1)
  })

  it('has no rows while auditing of the entity is off', async () => {
    const { call, oro } = await startCompany()
    oro.configureAudit({ events: false })
    await call('POST', EVENTS, meeting())
    expect((await call('GET', AUDITS)).body).toEqual([])
  })

  it('has no event row for a change of reminders or of an answer alone', async () => {
    const { call } = await startCompany()
    const attendee = { email: 'pat.lund@partner.example', status: 'none' }
    const { body } = await call('POST', EVENTS, meeting({ attendees: [attendee] }))
    const reminders = [{ method: 'email', interval: { number: 1, unit: 'H' } }]
    const attendees = [{ ...attendee, status: 'accepted' }]
    await call('PUT', `${EVENTS}/${body.id}.json`, { reminders, attendees })
    expect((await call('GET', `${AUDITS}&action=update`)).body).toEqual([])
  })

  it('shows one organization only', async () => {
    const { call } = await startCompany()
    await call('POST', EVENTS, meeting())
    expect((await call('GET', AUDITS, undefined, { clientId: 'other' })).body).toEqual([])
  })
})

function never(): never {
  throw new Error('no such example row')
}
