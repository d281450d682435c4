import { storms } from './weather'

describe('two calendars in a storm', () => {
  it('agree in the end, with nothing lost, doubled, echoed or mailed', async () => {
    await storms(500, 20_261_121)
  }, 120_000)
})
