import { KINDS_OF_WEATHER, taskStorms } from './tasks-weather'

/** Not part of `npm test`: other storms every time, for minutes. */
describe('tasks in many storms', () => {
  it.each(KINDS_OF_WEATHER)(
    'agree in the end, nothing lost or doubled: %s',
    async (_, rough) => {
      await taskStorms(rough, 4000)
    },
    1_200_000,
  )
})
