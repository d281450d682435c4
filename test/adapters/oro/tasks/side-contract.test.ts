import { sidePortContract } from '../../../contracts/side'
import { startOroWorld, WINDOW } from '../oro-world'

sidePortContract(
  'Oro',
  async () => {
    const { standIn, clock, tasks, stop } = await startOroWorld()
    return {
      side: 'oro',
      port: () => tasks(),
      container: '3',
      window: WINDOW,
      user: {
        create: (subject) => Promise.resolve(String(standIn.tasks.create({ subject, ownerId: 3 }))),
        rename(id, subject) {
          standIn.tasks.update(Number(id), { subject })
          return Promise.resolve()
        },
        remove(id) {
          standIn.tasks.remove(Number(id))
          return Promise.resolve()
        },
        move(id) {
          standIn.tasks.update(Number(id), { ownerId: 5 })
          return Promise.resolve('5')
        },
      },
      tick() {
        clock.now += 60_000
        return Promise.resolve()
      },
      stop,
    }
  },
  'tasks',
)
