import { storms } from './weather'

/** Not part of `npm test`: other storms every time, for minutes. */
describe('two calendars in many storms', () => {
  it('agree in the end, with nothing lost, doubled, echoed or mailed', async () => {
    await storms(10_000)
  }, 1_200_000)
})
