import { startCompany, type Company, type Person } from './company'
import {
  appointment,
  at,
  expectSame,
  expectSettled,
  expectUsedUp,
  inOro,
  inOutlook,
  subjectsInOutlook,
  syncLater,
  titlesInOro,
  until,
  watch,
} from './observe'
import {
  bodies,
  colleague,
  countsOf,
  named,
  only,
  oroRow,
  outlookEvent,
  problemsOf,
  writesOf,
} from './writes'

let company: Company
beforeAll(async () => {
  company = await startCompany()
})
afterAll(() => company.stop())
afterEach(() => {
  company.graph.faults.clear()
  company.oro.faults.clear()
})

const guests = (...addresses: string[]) =>
  addresses.map((address) => ({
    type: 'required',
    emailAddress: { name: address.split('@', 1)[0], address },
  }))

const idOf = (person: Person, subject: string): string => {
  const found = company.graph.state(person.upn).events.find((one) => one['subject'] === subject)
  return String(found?.['id'])
}

describe('deleted in Oro', () => {
  it('D1: costs one DELETE', async () => {
    const person = await colleague(company)
    const id = inOro(company, person, 'Obsolete')
    await syncLater(company, person)
    company.oro.events.remove(id)
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(only(writes.graph).method).toBe('DELETE')
    expect(writes.oro).toEqual([])
    expect(subjectsInOutlook(company, person)).toEqual([])
    expect(await countsOf(company, person)).toMatchObject({ linked: 0, problems: 0 })
    await expectSettled(company, person)
  })

  it('D1: a 412 for an event that nobody has changed keeps nothing alive (G-27, G-37)', async () => {
    const person = await colleague(company)
    const id = inOro(company, person, 'Obsolete')
    await syncLater(company, person)
    await company.advance('PT61S')
    company.oro.events.remove(id)
    const body = { error: { code: 'ErrorIrresolvableConflict', message: '' } }
    company.graph.faults.add({ method: 'DELETE', principal: person.upn, status: 412, body })
    await company.sync(person, { kind: 'calendar' })
    expectUsedUp(company)
    expect(subjectsInOutlook(company, person)).toEqual([])
    expect(await countsOf(company, person)).toMatchObject({ linked: 0, problems: 0 })
  })

  it('D8: an edit in Outlook that comes while the deletion is on its way is not deleted with it', async () => {
    const person = await colleague(company)
    const id = inOro(company, person, 'Obsolete')
    await syncLater(company, person)
    await company.advance('PT61S')
    company.oro.events.remove(id)
    company.graph.faults.add({ method: 'DELETE', principal: person.upn, delayMs: 300 })
    const seen = watch(company, person)
    await company.call('POST', `${person.path}/sync`, { kind: 'calendar' })
    await until(() => seen.graph().some(({ method }) => method === 'DELETE'))
    company.graph.updateEvent(person.upn, idOf(person, 'Obsolete'), { subject: 'Needed after all' })
    await company.idle()
    await company.advance('PT5M')
    expectUsedUp(company)
    expectSame(company, person, ['Needed after all'])
    expect(await problemsOf(company, person)).toMatchObject([{ code: 'conflict' }])
    await expectSettled(company, person)
  })

  it('D1: with attendees and a message costs one cancel with that text', async () => {
    const person = await colleague(company, { cancelMessage: 'It is off.' })
    company.graph.createEvent(person.upn, {
      ...appointment('With people'),
      attendees: guests('anna@elsewhere.example'),
    })
    await syncLater(company, person)
    // A round of its own, so that nothing tells of the event any more (G-08).
    await syncLater(company, person)
    company.oro.events.remove(oroRow(company, person).id)
    const mails = company.graph.mails(person.upn).length
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(named(writes.graph)).toEqual([expect.stringMatching(/^POST .*\/cancel$/)])
    expect(only(bodies(writes.graph))).toEqual({ comment: 'It is off.' })
    expect(company.graph.mails(person.upn).slice(mails)).toEqual([
      expect.objectContaining({ recipient: 'anna@elsewhere.example', comment: 'It is off.' }),
    ])
    expect(subjectsInOutlook(company, person)).toEqual([])
    await expectSettled(company, person)
  })

  it.each([404, 410])('D3: a DELETE that answers %i is done', async (status) => {
    const person = await colleague(company)
    const id = inOro(company, person, 'Obsolete')
    await syncLater(company, person)
    company.oro.events.remove(id)
    company.graph.faults.add({ method: 'DELETE', principal: person.upn, status, after: true })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expectUsedUp(company)
    expect(writes.graph).toHaveLength(1)
    expect(await countsOf(company, person)).toMatchObject({ linked: 0, unlinked: 0, problems: 0 })
    await expectSettled(company, person)
  })

  it('D3: a DELETE that answers 403 leaves the copy, unlinked and reported, and is not repeated', async () => {
    const person = await colleague(company)
    const id = inOro(company, person, 'Kept by Exchange')
    await syncLater(company, person)
    company.oro.events.remove(id)
    company.graph.faults.add({
      method: 'DELETE',
      principal: person.upn,
      status: 403,
      body: { error: { code: 'ErrorAccessDenied', message: 'Access is denied.' } },
    })
    await syncLater(company, person)
    expectUsedUp(company)
    expect(await problemsOf(company, person)).toEqual([expect.objectContaining({ code: 'access' })])
    expect(await countsOf(company, person)).toMatchObject({ unlinked: 1 })
    company.graph.updateEvent(person.upn, idOf(person, 'Kept by Exchange'), {
      subject: 'Still there',
    })
    const writes = await writesOf(company, person, async () => {
      await syncLater(company, person)
      await syncLater(company, person, { mode: 'full' })
    })
    expect(writes).toEqual({ graph: [], oro: [] })
    expect(titlesInOro(company, person)).toEqual([])
    expect(subjectsInOutlook(company, person)).toEqual(['Still there'])
  })

  it('D14: fifteen at once, one answered 500: fourteen go now, that one later', async () => {
    const person = await colleague(company)
    const ids = Array.from({ length: 15 }, (_, n) =>
      inOro(company, person, `Event ${String(n)}`, n),
    )
    // Just below the brake: the one that failed must not count twice.
    await company.settings(person, { calendar: { deletionLimit: 15 } })
    await syncLater(company, person)
    expect(subjectsInOutlook(company, person)).toHaveLength(15)
    for (const id of ids) company.oro.events.remove(id)
    const fourth = encodeURIComponent(idOf(person, 'Event 3'))
    company.graph.faults.add({
      method: 'DELETE',
      principal: person.upn,
      path: decodeURIComponent(fourth).replace(/[.*+?^$()|[\]\\/]/g, '\\$&'),
      status: 500,
      times: 0,
    })
    await syncLater(company, person)
    expect(subjectsInOutlook(company, person)).toEqual(['Event 3'])
    expect(await problemsOf(company, person)).toEqual([
      expect.objectContaining({ label: 'Event 3', nextTryAt: expect.any(String) as unknown }),
    ])
    company.graph.faults.clear()
    await company.advance('PT5M')
    expect(subjectsInOutlook(company, person)).toEqual([])
    expect(await problemsOf(company, person)).toEqual([])
    await expectSettled(company, person)
  })
})

describe('deleted in Outlook', () => {
  it('D4: a removal inside the window, confirmed by 404, deletes the Oro event once', async () => {
    const person = await colleague(company)
    const id = inOutlook(company, person, 'Obsolete')
    await syncLater(company, person)
    company.graph.deleteEvent(person.upn, id)
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes.graph).toEqual([])
    expect(named(writes.oro)).toEqual([expect.stringMatching(/^DELETE /)])
    expect(only(writes.oro).path).toContain('notifyAttendees=none')
    expect(titlesInOro(company, person)).toEqual([])
    expect(await countsOf(company, person)).toMatchObject({ linked: 0, problems: 0 })
    await expectSettled(company, person)
  })

  it('D4: a removal that a read by id contradicts deletes nothing', async () => {
    const person = await colleague(company)
    const id = inOutlook(company, person, 'Alive')
    await syncLater(company, person)
    const elsewhere = company.graph.createCalendar(person.upn, 'Away')
    const { calendarId } = outlookEvent(company, person)
    company.graph.setSwitch(person.upn, 'movedBack', 'removed')
    company.graph.moveEvent(person.upn, id, elsewhere)
    company.graph.moveEvent(person.upn, id, String(calendarId))
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes).toEqual({ graph: [], oro: [] })
    expectSame(company, person, ['Alive'])
    await expectSettled(company, person)
  })

  it('D10: thirty of a hundred are held and listed; confirmed, exactly these go', async () => {
    const person = await colleague(company)
    const ids = manyInOutlook(person)
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toHaveLength(100)
    for (const id of ids.slice(0, 30)) company.graph.deleteEvent(person.upn, id)
    company.graph.updateEvent(person.upn, ids[50] ?? '', { subject: 'Edited' })
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes.oro.map((line) => line.method)).toEqual(['PUT'])
    expect(titlesInOro(company, person)).toHaveLength(100)
    expect(titlesInOro(company, person)).toContain('Edited')
    const held = (await company.call('GET', `${person.path}/hold`)).body as {
      items: { id: string; label: string }[]
    }
    expect(held.items.map((one) => one.label).sort()).toEqual(
      Array.from({ length: 30 }, (_, n) => `Event ${String(n).padStart(3, '0')}`),
    )
    await expectSettled(company, person)
    expect((await company.call('POST', `${person.path}/hold/confirm`, {})).status).toBe(202)
    await company.idle()
    await syncLater(company, person)
    expect(titlesInOro(company, person)).toHaveLength(70)
    expect(titlesInOro(company, person)).not.toContain('Event 029')
    expect(titlesInOro(company, person)).toContain('Event 030')
    expect((await company.call('GET', `${person.path}/hold`)).body).toMatchObject({ items: [] })
    await expectSettled(company, person)
  })

  it.each(['unlink', 'recreate'] as const)(
    'D10: refused, they are treated as chosen: %s',
    async (then) => {
      const person = await colleague(company, { deletionLimit: 2 })
      const ids = Array.from({ length: 5 }, (_, n) =>
        inOutlook(company, person, `Event ${String(n)}`, n),
      )
      await syncLater(company, person)
      for (const id of ids.slice(0, 4)) company.graph.deleteEvent(person.upn, id)
      await syncLater(company, person)
      expect(await countsOf(company, person)).toMatchObject({ held: 4, linked: 1 })
      expect((await company.call('POST', `${person.path}/hold/refuse`, { then })).status).toBe(202)
      await company.idle()
      await syncLater(company, person)
      expect(titlesInOro(company, person)).toHaveLength(5)
      expect(subjectsInOutlook(company, person)).toHaveLength(then === 'recreate' ? 5 : 1)
      expect(await countsOf(company, person)).toMatchObject(
        then === 'recreate' ? { linked: 5, held: 0 } : { linked: 1, unlinked: 4, held: 0 },
      )
      await expectSettled(company, person)
      expect(company.graph.mails(person.upn)).toEqual([])
    },
  )
})

const manyInOutlook = (person: Person): string[] =>
  company.graph.seedEvents(
    person.upn,
    Array.from({ length: 100 }, (_, n) => appointment(`Event ${String(n).padStart(3, '0')}`, n)),
  )

describe('deleted on both sides or against an edit', () => {
  it('D7: gone on both sides, the link is closed without a write', async () => {
    const person = await colleague(company)
    const id = inOro(company, person, 'Gone')
    await syncLater(company, person)
    company.oro.events.remove(id)
    company.graph.deleteEvent(person.upn, idOf(person, 'Gone'))
    const writes = await writesOf(company, person, () => syncLater(company, person))
    expect(writes).toEqual({ graph: [], oro: [] })
    expect(await countsOf(company, person)).toMatchObject({ linked: 0, problems: 0 })
    await expectSettled(company, person)
  })

  it.each(['Oro', 'Outlook'])(
    'D8: deleted elsewhere and edited in %s, it is kept with the edit',
    async (editedIn) => {
      const person = await colleague(company)
      const id = inOro(company, person, 'Original')
      await syncLater(company, person)
      if (editedIn === 'Oro') {
        company.oro.events.update(id, { title: 'Edited' })
        company.graph.deleteEvent(person.upn, idOf(person, 'Original'))
      } else {
        company.graph.updateEvent(person.upn, idOf(person, 'Original'), { subject: 'Edited' })
        company.oro.events.remove(id)
      }
      await syncLater(company, person)
      expectSame(company, person, ['Edited'])
      expect(await problemsOf(company, person)).toEqual([
        expect.objectContaining({ code: 'conflict' }),
      ])
      await expectSettled(company, person)
    },
  )

  it.each(['Oro', 'Outlook'])(
    'D8: under delete-wins, edited in %s, it is gone on both sides',
    async (editedIn) => {
      const person = await colleague(company, { deleteVsEdit: 'delete-wins' })
      const id = inOro(company, person, 'Original')
      await syncLater(company, person)
      if (editedIn === 'Oro') {
        company.oro.events.update(id, { title: 'Edited' })
        company.graph.deleteEvent(person.upn, idOf(person, 'Original'))
      } else {
        company.graph.updateEvent(person.upn, idOf(person, 'Original'), { subject: 'Edited' })
        company.oro.events.remove(id)
      }
      await syncLater(company, person)
      expectSame(company, person, [])
      await expectSettled(company, person)
    },
  )
})

/** Nothing runs for so many days; then the person syncs. */
async function asleep(days: number, person: Person): Promise<void> {
  company.clock.set(company.clock.now() + days * 86_400_000)
  await syncLater(company, person)
}

describe('the moving window', () => {
  it('D12: an event that falls out of its past end stays on both sides, its link marked', async () => {
    const person = await colleague(company, { daysBack: 2 })
    inOro(company, person, 'Yesterday soon', -20)
    inOutlook(company, person, 'Tomorrow', 200)
    await syncLater(company, person)
    expectSame(company, person, ['Tomorrow', 'Yesterday soon'])
    const writes = await writesOf(company, person, () => asleep(4, person))
    expect(writes).toEqual({ graph: [], oro: [] })
    expectSame(company, person, ['Tomorrow', 'Yesterday soon'])
    expect(await countsOf(company, person)).toMatchObject({ linked: 1, parked: 1 })
    await expectSettled(company, person)
  })

  it('shortened and lengthened again deletes and doubles nothing', async () => {
    const person = await colleague(company)
    inOro(company, person, 'Soon', 24)
    inOutlook(company, person, 'Later', 24 * 60)
    inOro(company, person, 'Past', -24 * 20)
    await syncLater(company, person)
    const all = ['Later', 'Past', 'Soon']
    expectSame(company, person, all)
    await company.settings(person, { calendar: { daysBack: 1, daysAhead: 10 } })
    const shorter = await writesOf(company, person, () => syncLater(company, person))
    expect(shorter).toEqual({ graph: [], oro: [] })
    company.graph.updateEvent(person.upn, idOf(person, 'Later'), { subject: 'Later, edited' })
    await syncLater(company, person)
    await company.settings(person, { calendar: { daysBack: null, daysAhead: null } })
    await syncLater(company, person)
    expectSame(company, person, ['Later, edited', 'Past', 'Soon'])
    expect(await countsOf(company, person)).toMatchObject({ linked: 3, parked: 0 })
    await expectSettled(company, person)
  })

  it('holds what lies beyond it until it comes near', async () => {
    const person = await colleague(company, { daysAhead: 5 })
    company.oro.events.create({
      calendarId: person.calendarId,
      title: 'In a month',
      start: at(24 * 30 + (company.clock.now() - Date.parse(at(0))) / 3_600_000),
      end: at(24 * 30 + 1 + (company.clock.now() - Date.parse(at(0))) / 3_600_000),
    })
    await syncLater(company, person)
    expect(subjectsInOutlook(company, person)).toEqual([])
    await asleep(25, person)
    expectSame(company, person, ['In a month'])
    await expectSettled(company, person)
  })
})
