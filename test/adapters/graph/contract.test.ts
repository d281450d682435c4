import { SAMPLE, sidePortContract } from '../../contracts/side'
import { ANNA, graphWorld } from './world'

const WINDOW = { start: '2026-08-02T08:00:00.000Z', end: '2027-09-01T08:00:00.000Z' }

const time = (instant: string) => ({ dateTime: instant.slice(0, 19), timeZone: 'UTC' })

sidePortContract('Graph', async () => {
  const world = await graphWorld()
  const { graph } = world
  return {
    side: 'microsoft',
    port: () => world.microsoft.calendar(world.context()),
    container: world.calendarId,
    window: WINDOW,
    user: {
      create: (subject) =>
        Promise.resolve(
          graph.createEvent(ANNA, { subject, start: time(SAMPLE.start), end: time(SAMPLE.end) }),
        ),
      rename: (id, subject) => Promise.resolve(graph.updateEvent(ANNA, id, { subject })),
      remove: (id) => Promise.resolve(graph.deleteEvent(ANNA, id)),
      move: (id) => {
        const other = graph.createCalendar(ANNA, 'Other')
        graph.moveEvent(ANNA, id, other)
        return Promise.resolve(other)
      },
    },
    tick: () => Promise.resolve(world.advance(60_000)),
    stop: () => graph.stop(),
  }
})
