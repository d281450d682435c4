import type { OroAnswer, OroRequest } from '../../../shared/adapters/oro/client'
import {
  allResources,
  jsonApi,
  relatedId,
  resource,
  resources,
} from '../../../shared/adapters/oro/json-api'
import { recorded } from './recorded'

const answer = (body: unknown, status = 200): OroAnswer => ({
  status,
  body,
  headers: new Headers(),
  retryAfterMs: null,
})

/** A list of so many tasks that allows pages up to a size. */
function tasks(options: { count: number; largest: number }) {
  const requests: OroRequest[] = []
  return {
    requests,
    send(request: OroRequest): Promise<OroAnswer> {
      requests.push(request)
      const size = Number(request.query?.['page[size]'])
      const from = (Number(request.query?.['page[number]']) - 1) * size
      if (size > options.largest) {
        const detail = `The value should be less than or equals to ${String(options.largest)}.`
        return Promise.resolve(answer({ errors: [{ status: '400', detail }] }, 400))
      }
      const ids = Array.from({ length: options.count }, (_, index) => index + 1)
      const data = ids.slice(from, from + size).map((id) => ({ type: 'tasks', id: String(id) }))
      return Promise.resolve(answer({ data }))
    },
  }
}

describe('records of the JSON:API', () => {
  it('are read with their relationships', () => {
    const task = resource(recorded('task-get').response.body)
    if (task === undefined) throw new Error('no task')
    expect(task.type).toBe('tasks')
    expect(relatedId(task, 'status')).toMatch(/^(open|in_progress|closed)$/)
    expect(relatedId(task, 'nobody')).toBeNull()
  })

  it('are read from lists, and a single one is no list', () => {
    expect(resources(recorded('tasks-list').response.body).length).toBeGreaterThan(0)
    expect(resources(recorded('task-get').response.body)).toEqual([])
    expect(resource(recorded('tasks-list').response.body)).toBeUndefined()
  })

  it('are asked for with the media type, which a body needs as well', () => {
    expect(jsonApi({ path: '/api/tasks' }).headers).toEqual({
      accept: 'application/vnd.api+json',
      'x-include': 'noHateoas',
    })
    expect(jsonApi({ method: 'DELETE', path: '/api/tasks/1' }).headers).toMatchObject({
      'content-type': 'application/vnd.api+json',
    })
  })

  it('are all listed, in pages as large as the deployment allows', async () => {
    const list = tasks({ count: 250, largest: 100 })
    const { records } = await allResources(list.send, '/api/tasks', { 'filter[owner]': '3' })
    expect(records).toHaveLength(250)
    expect(list.requests.map(({ query }) => query?.['page[size]'])).toEqual([
      '5000',
      '100',
      '100',
      '100',
    ])
    expect(list.requests[3]?.query).toMatchObject({ 'filter[owner]': '3', 'page[number]': '3' })
  })

  it('fail as a whole when one page is refused', async () => {
    const send = (): Promise<OroAnswer> => Promise.resolve(answer({ errors: [] }, 403))
    await expect(allResources(send, '/api/tasks', {})).rejects.toMatchObject({
      evidence: { code: 'access', scope: 'container' },
    })
  })
})
