import { app } from '../../shared/compose'
import { recordHint } from '../../shared/usecases/hints'
import { startCompany, type Company, type Person } from './company'
import {
  appointment,
  expectSame,
  expectSettled,
  inOro,
  inOutlook,
  subjectsInOutlook,
  syncLater,
  titlesInOro,
} from './observe'
import { colleague, countsOf, only, oroRow, outlookEvent, writesOf } from './writes'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.graph.faults.clear()
  company.graph.resetSwitches()
})

const account = ({ organizationId, userId }: Person) => ({ organizationId, userId })

it('E1: twenty events made in Oro and synced: the next run only reads', async () => {
  const person = await colleague(company)
  for (let n = 0; n < 20; n += 1) inOro(company, person, `Event ${String(n)}`, n)
  await syncLater(company, person)
  expect(subjectsInOutlook(company, person)).toHaveLength(20)
  const calls = company.graph.log.length
  const writes = await writesOf(company, person, () => syncLater(company, person))
  expect(writes).toEqual({ graph: [], oro: [] })
  expect(company.graph.log.slice(calls).some((line) => line.principal === person.upn)).toBe(true)
  await expectSettled(company, person)
})

it('E2: the hint of our own PATCH comes before its answer: no Oro write, no second PATCH', async () => {
  const person = await colleague(company)
  const id = inOro(company, person, 'Before')
  await syncLater(company, person)
  company.oro.events.update(id, { title: 'After' })
  const hinted: Promise<unknown>[] = []
  company.graph.onChange(() => {
    if (hinted.length === 0) hinted.push(recordHint(app().deps, account(person), 'calendar'))
  })
  company.graph.faults.add({ method: 'PATCH', principal: person.upn, delayMs: 30 })
  const writes = await writesOf(company, person, async () => {
    await syncLater(company, person)
    await Promise.all(hinted)
    await company.idle()
  })
  expect(hinted).toHaveLength(1)
  expect(only(writes.graph).method).toBe('PATCH')
  expect(writes.oro).toEqual([])
  expectSame(company, person, ['After'])
  await expectSettled(company, person)
})

it('E4: another integration re-saves each event after each of our writes: it costs one further write at the most', async () => {
  const person = await colleague(company)
  const ids = [0, 1, 2].map((n) => inOro(company, person, `Event ${String(n)}`, n))
  for (const id of ids) company.oro.events.update(id, { description: '<p>Some text</p>' })
  await syncLater(company, person)
  const resave = (): void => {
    for (const { id, body } of company.graph.state(person.upn).events) {
      const { content } = body as { content: string }
      company.graph.updateEvent(person.upn, String(id), {
        body: {
          contentType: 'html',
          content: content.replace(
            /<body>([\s\S]*)<\/body>/,
            '<body><div class="x">$1</div>\r\n</body>',
          ),
        },
        singleValueExtendedProperties: [
          {
            id: 'String {11111111-2222-3333-4444-555555555555} Name Other',
            value: String(company.clock.now()),
          },
        ],
      })
    }
  }
  company.oro.events.update(ids[0] ?? 0, { title: 'Edited' })
  let written = 0
  for (let cycle = 0; cycle < 10; cycle += 1) {
    resave()
    const { graph, oro } = await writesOf(company, person, () => syncLater(company, person))
    written += graph.length + oro.length
  }
  expect(written).toBeLessThanOrEqual(1 + 3)
  expect(titlesInOro(company, person)).toEqual(['Edited', 'Event 1', 'Event 2'])
  await expectSettled(company, person)
})

it('E5: full reads without any change write nothing', async () => {
  const person = await colleague(company)
  company.graph.seedEvents(
    person.upn,
    Array.from({ length: 100 }, (_, n) => ({
      ...appointment(`Outlook ${String(n)}`, n),
      body: { contentType: 'html', content: `<p>Line ${String(n)}<br>next</p>` },
    })),
  )
  for (let n = 0; n < 100; n += 1) inOro(company, person, `Oro ${String(n)}`, n)
  await syncLater(company, person)
  await syncLater(company, person)
  expect(titlesInOro(company, person)).toHaveLength(200)
  const writes = await writesOf(company, person, async () => {
    for (let read = 0; read < 10; read += 1) await syncLater(company, person, { mode: 'full' })
  })
  expect(writes).toEqual({ graph: [], oro: [] })
  expect(company.graph.mails(person.upn)).toEqual([])
})

it('E7: disconnected with everything left in place and connected again: the same items are linked, none is made', async () => {
  const person = await colleague(company)
  inOro(company, person, 'From Oro')
  inOutlook(company, person, 'From Outlook', 2)
  await syncLater(company, person)
  expect(await countsOf(company, person)).toMatchObject({ linked: 2 })
  const gone = await company.call('DELETE', `${person.path}/connection?cleanup=leave`)
  expect(gone.status).toBe(202)
  await company.idle()
  const edited = company.graph.state(person.upn).events.find((one) => one['subject'] === 'From Oro')
  company.graph.updateEvent(person.upn, String(edited?.['id']), { subject: 'From Oro, edited' })
  const writes = await writesOf(company, person, async () => {
    await company.advance('PT61S')
    await company.connect(person)
    await syncLater(company, person)
  })
  expect(writes.graph).toEqual([])
  expect(writes.oro.map((line) => line.method)).toEqual(['PUT'])
  expectSame(company, person, ['From Oro, edited', 'From Outlook'])
  expect(await countsOf(company, person)).toMatchObject({ linked: 2 })
  await expectSettled(company, person)
})

it('an adopted pair is linked by likeness: neither side is written, nobody is mailed', async () => {
  const person = await colleague(company, { enabled: false })
  inOro(company, person, 'The same meeting')
  inOutlook(company, person, 'The same meeting')
  await company.settings(person, { calendar: { enabled: true } })
  await syncLater(company, person)
  expect(oroRow(company, person).title).toBe('The same meeting')
  expect(outlookEvent(company, person)['subject']).toBe('The same meeting')
  expect(await countsOf(company, person)).toMatchObject({ linked: 1 })
  expect(company.graph.mails(person.upn)).toEqual([])
  await expectSettled(company, person)
})
