import { KINDS_OF_WEATHER, taskStorms } from './tasks-weather'

describe('tasks in a storm, with lists and moves between them', () => {
  it.each(KINDS_OF_WEATHER)(
    'agree in the end, nothing lost or doubled: %s',
    async (_, rough) => {
      await taskStorms(rough, 200, 20_261_129)
    },
    120_000,
  )
})
