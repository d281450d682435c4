import { createMemoryRows } from '../../../shared/adapters/memory/rows'
import { createMemorySide } from '../../../shared/adapters/memory/side'
import type { Side } from '../../../shared/core/model'
import { dueIndexContract } from '../../contracts/due-index'
import { rowsContract } from '../../contracts/rows'
import { SAMPLE, sidePortContract, type SideWorld } from '../../contracts/side'

rowsContract('memory', () => Promise.resolve(createMemoryRows()))
dueIndexContract('memory', () => Promise.resolve(createMemoryRows()))

const open = (side: Side) => (): Promise<SideWorld> => {
  let now = Date.parse('2026-09-01T08:00:00Z')
  const memory = createMemorySide({ side, container: 'home', now: () => now })
  const when =
    side === 'oro'
      ? { start: SAMPLE.start, end: SAMPLE.end, allDay: false }
      : { start: SAMPLE.start, end: SAMPLE.end, allDay: false, zone: SAMPLE.zone }
  return Promise.resolve({
    side,
    container: 'home',
    window: { start: '2026-08-01T00:00:00Z', end: '2026-12-01T00:00:00Z' },
    port: () => memory.port(),
    user: {
      create: (title) =>
        Promise.resolve(
          memory.create({ fields: { title, description: '', when, reminder: null } }),
        ),
      rename: (id, title) => Promise.resolve(memory.edit(id, { title })),
      remove: (id) => Promise.resolve(memory.remove(id)),
      move: (id) => {
        memory.move(id, 'elsewhere')
        return Promise.resolve('elsewhere')
      },
    },
    tick: () => {
      now += 10 * 60_000
      return Promise.resolve()
    },
    stop: () => Promise.resolve(),
  })
}

sidePortContract('memory Oro', open('oro'))
sidePortContract('memory Microsoft', open('microsoft'))
