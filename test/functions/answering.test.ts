import type { InvocationContext } from '@azure/functions'
import { answering } from '../../functions/http/answering'
import { parseConfig } from '../../shared/config'

describe('a call that meets a bad configuration', () => {
  it('answers 500, and the log names every fault and no value', async () => {
    const lines: string[] = []
    const log = (line: string): void => void lines.push(line)
    const context = { info: log, warn: log, error: log } as unknown as InvocationContext
    const answer = await answering(context, 'settings', async () => {
      parseConfig({ ORO_URL: 'http://oro.example.com', TOKEN_KEY: 'sample-short-key' })
      return { status: 200 }
    })
    expect(answer.status).toBe(500)
    expect(lines).toHaveLength(1)
    for (const name of ['ORO_URL: plain http', 'TOKEN_KEY: must be 32', 'PUBLIC_URL: is missing']) {
      expect(lines[0]).toContain(name)
    }
    expect(lines[0]).not.toContain('sample-short-key')
    expect(answer.body).not.toContain('ORO_URL')
  })
})
