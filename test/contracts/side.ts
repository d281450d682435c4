import {
  across,
  type Fields,
  type Kind,
  type Reading,
  type Side,
  type Span,
} from '../../shared/core/model'
import type { Draft, GatherRequest, ItemState, SidePort } from '../../shared/ports/side'

/** One account's calendar or tasks on one side, as the suite needs it. Everything is empty at first. */
export interface SideWorld {
  readonly side: Side
  /** A port as one run gets it: nothing is remembered between two of them. */
  port(): SidePort
  readonly container: string
  /** Holds `SAMPLE` with days to spare. */
  readonly window: Span
  /**
   * What the account's user does past the port. `move` takes an item to another calendar of theirs, another list, or another owner; absent =
   * this side cannot.
   */
  readonly user: {
    create(title: string): Promise<string>
    rename(id: string, title: string): Promise<void>
    remove(id: string): Promise<void>
    move?: (id: string) => Promise<string>
  }
  /** Lets the side's clock pass this moment on, so that stamps differ. */
  tick(): Promise<void>
  stop(): Promise<void>
}

const START = '2026-09-10T12:00:00Z'
const END = '2026-09-10T13:00:00Z'

/** The instants that user edits and samples share: `SideWorld.user.create` uses them too. */
export const SAMPLE = { start: START, end: END, zone: 'Europe/Berlin' } as const

const whenOf = (side: Side, start: string, end: string) =>
  side === 'oro' ? { start, end, allDay: false } : { start, end, allDay: false, zone: SAMPLE.zone }

/** An item of a kind in the form of a side, told apart by a number. */
interface Sample {
  readonly fields: Fields
  readonly span: Span | null
  /** One field of several parts, changed alone; and others after it. */
  readonly change: Fields
  readonly others: Fields
}

const event = (side: Side): Sample => ({
  fields: {
    title: 'Sample',
    description: '<p>One</p><p>Two</p>',
    when: whenOf(side, START, END),
    reminder: null,
  },
  span: { start: START, end: END },
  change: { when: whenOf(side, '2026-09-10T14:00:00Z', '2026-09-10T15:30:00Z') },
  others: { title: 'Other', description: '' },
})

const task = (side: Side, id: string): Sample => ({
  fields: {
    subject: `Sample ${id}`,
    notes: 'One\nTwo',
    status: side === 'oro' ? 'open' : 'notStarted',
    importance: 'high',
    due: side === 'oro' ? END : END.slice(0, 10),
  },
  span: null,
  change: { due: side === 'oro' ? '2026-09-11T13:00:00Z' : '2026-09-11' },
  others: { subject: 'Other', notes: '' },
})

const sampleOf = (kind: Kind, side: Side, id: string): Sample =>
  kind === 'calendar' ? event(side) : task(side, id)

/** An item across that has just been met, with a numeric id as Oro's are. */
function counterpart(kind: Kind, side: Side, id: string): Reading {
  const { fields, span } = sampleOf(kind, across(side), id)
  const uid = `00000000-0000-5000-8000-${id.padStart(12, '0')}`
  return {
    side: across(side),
    id,
    container: 'across',
    version: '1',
    modifiedAt: START,
    fields: kind === 'calendar' ? {} : fields,
    role: 'organizer',
    cancelled: false,
    private: false,
    categories: [],
    keys: side === 'oro' && kind === 'calendar' ? { uid } : {},
    span,
    unmappable: null,
    label: 'Sample',
    audience: 0,
  }
}

const present = (state: ItemState | undefined): Reading => {
  if (state?.is !== 'present') throw new Error(`not present: ${JSON.stringify(state)}`)
  return state.reading
}

/** What every implementation of `SidePort` does alike. */
export function sidePortContract(
  name: string,
  setup: () => Promise<SideWorld>,
  kind: Kind = 'calendar',
): void {
  const title = kind === 'calendar' ? 'title' : 'subject'

  describe(`${name} as one side of ${kind === 'calendar' ? 'a calendar' : 'the tasks'}`, () => {
    let world: SideWorld

    beforeEach(async () => {
      world = await setup()
    })

    afterEach(async () => {
      await world.stop()
    })

    const sample = (id: string): Sample => sampleOf(kind, world.side, id)

    const draft = (id: string, more: Partial<Draft> = {}): Draft => ({
      fields: sample(id).fields,
      container: world.container,
      counterpart: counterpart(kind, world.side, id),
      token: `token-${id}`,
      categories: [],
      mayWrite: () => true,
      ...more,
    })

    const gather = (port: SidePort, more: Partial<GatherRequest> = {}) =>
      port.gather({ cursor: null, window: world.window, mode: 'changes', ids: [], ...more })

    const readOne = async (port: SidePort, id: string) => {
      const states = await port.read([{ id, container: world.container }])
      return states.get(id)
    }

    it('reads back what was created, field by field', async () => {
      const port = world.port()
      const created = await port.create(draft('1001'))
      expect(created.container).toBe(world.container)
      const reading = present(await readOne(world.port(), created.id))
      expect(reading).toMatchObject({
        side: world.side,
        id: created.id,
        container: world.container,
        fields: sample('1001').fields,
        role: 'organizer',
        cancelled: false,
        unmappable: null,
        span: sample('1001').span,
      })
      expect(reading.version).not.toBe('')
    })

    it('changes the given fields and leaves the others', async () => {
      const created = await world.port().create(draft('1002'))
      const before = present(await readOne(world.port(), created.id))
      await world.tick()
      const { fields, change, others } = sample('1002')
      await world.port().update({
        ref: before,
        fields: change,
        reading: before,
        version: before.version,
      })
      const after = present(await readOne(world.port(), created.id))
      expect(after.fields).toMatchObject({ ...fields, ...change })
      await world.port().update({
        ref: after,
        fields: others,
        reading: null,
        version: '',
      })
      const last = present(await readOne(world.port(), created.id))
      expect(last.fields).toMatchObject({ ...fields, ...change, ...others })
    })

    // Nothing makes the create of a task repeatable (G-46): it is looked for before it is repeated.
    if (kind === 'calendar')
      it('creates once when the same draft comes twice', async () => {
        const port = world.port()
        const first = await port.create(draft('1003'))
        const again = await world.port().create(draft('1003'))
        expect(again.id).toBe(first.id)
        const { readings } = await gather(world.port())
        expect(readings.map(({ id }) => id)).toEqual([first.id])
      })

    it('removes, and has nothing against removing again', async () => {
      const created = await world.port().create(draft('1004'))
      const removal = { ref: created, message: '', version: '' }
      await world.port().remove(removal)
      expect(await readOne(world.port(), created.id)).toEqual({ is: 'gone', how: 'deleted' })
      await expect(world.port().remove(removal)).resolves.toBeUndefined()
    })

    it('lists everything at first, and later what changed', async () => {
      const stays = await world.user.create('Stays')
      const changes = await world.user.create('Changes')
      const first = await gather(world.port())
      expect(first.full).toBe(true)
      expect(first.containers).toEqual([world.container])
      expect(first.readings.map(({ id }) => id).sort()).toEqual([stays, changes].sort())
      await world.tick()
      await world.user.rename(changes, 'Changed')
      const later = await gather(world.port(), { cursor: first.cursor })
      expect(later.full).toBe(false)
      const found = later.readings.find(({ id }) => id === changes)
      expect(found?.fields[title]).toBe('Changed')
    })

    it('lists each id once', async () => {
      const id = await world.user.create('Once')
      const { cursor } = await gather(world.port())
      for (const title of ['Twice', 'Three times']) {
        await world.tick()
        await world.user.rename(id, title)
      }
      const later = await gather(world.port(), { cursor, ids: [id] })
      expect(later.readings.map((reading) => [reading.id, reading.fields[title]])).toEqual([
        [id, 'Three times'],
      ])
    })

    it('lists everything when it is asked to, whatever the cursor', async () => {
      const id = await world.user.create('Here')
      const { cursor } = await gather(world.port())
      const full = await gather(world.port(), { cursor, mode: 'full' })
      expect(full.full).toBe(true)
      expect(full.readings.map((reading) => reading.id)).toEqual([id])
    })

    it('reads hinted items that its feed does not list', async () => {
      const id = await world.user.create('Hinted')
      const { cursor } = await gather(world.port())
      const later = await gather(world.port(), { cursor, ids: [id] })
      expect(later.readings.map((reading) => reading.id)).toEqual([id])
    })

    it('lets a deleted item be found out: by its feed or a hint, and by reading it', async () => {
      const id = await world.user.create('Gone')
      const { cursor } = await gather(world.port())
      await world.tick()
      await world.user.remove(id)
      const later = await gather(world.port(), { cursor, ids: [id] })
      expect(later.readings).toEqual([])
      expect(later.removed).toContain(id)
      expect(await readOne(world.port(), id)).toEqual({ is: 'gone', how: 'deleted' })
    })

    it('tells a moved item from a deleted one', async () => {
      const id = await world.user.create('Moved')
      // A side whose user cannot move items has nothing to tell.
      if (world.user.move === undefined) return
      const container = await world.user.move(id)
      expect(await readOne(world.port(), id)).toEqual({ is: 'moved', container })
    })

    it('finds what was created for an item across', async () => {
      const created = await world.port().create(draft('1005'))
      const found = await world.port().find(counterpart(kind, world.side, '1005'))
      expect(found.map(({ id }) => id)).toEqual([created.id])
      expect(await world.port().find(counterpart(kind, world.side, '1006'))).toEqual([])
    })

    it('has an entry for every id that is read back', async () => {
      const created = await world.port().create(draft('1007'))
      const other = await world.user.create('Other')
      const refs = [created.id, other].map((id) => ({ id, container: world.container }))
      const states = await world.port().readBack(refs)
      expect([...states.keys()].sort()).toEqual([created.id, other].sort())
      expect(present(states.get(other)).fields[title]).toBe('Other')
    })
  })
}
