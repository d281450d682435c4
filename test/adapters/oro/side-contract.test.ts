import { SAMPLE, sidePortContract } from '../../contracts/side'
import { CALENDAR, startOroWorld, WINDOW } from './oro-world'

sidePortContract('Oro', async () => {
  const { standIn, clock, side, stop } = await startOroWorld()
  const { events } = standIn
  return {
    side: 'oro',
    port: () => side(),
    container: CALENDAR,
    window: WINDOW,
    user: {
      create: (title) =>
        Promise.resolve(
          String(events.create({ calendarId: 7, title, start: SAMPLE.start, end: SAMPLE.end })),
        ),
      rename(id, title) {
        events.update(Number(id), { title })
        return Promise.resolve()
      },
      remove(id) {
        events.remove(Number(id))
        return Promise.resolve()
      },
      move(id) {
        events.move(Number(id), 9)
        return Promise.resolve('9')
      },
    },
    tick() {
      clock.now += 60_000
      return Promise.resolve()
    },
    stop,
  }
})
