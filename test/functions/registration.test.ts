import { attachHost } from '../../local/host/functions-core'
import type { FunctionMetadata } from '../../local/host/core-types'
import { registerFunctions } from '../../functions/register'

const registered: FunctionMetadata[] = []
beforeAll(() => {
  attachHost({
    registerFunction: (metadata) => {
      registered.push(metadata)
    },
    registerHook: () => () => undefined,
    log: () => undefined,
  })
  registerFunctions({ pageFolder: 'nowhere' })
})

const user = 'organizations/{o}/users/{u}'

/** Name: method, route and who may call. */
const HTTP = {
  'get-settings-system': 'GET settings function',
  'get-settings-organization': 'GET organizations/{o}/settings function',
  'get-settings-user': `GET ${user}/settings function`,
  'patch-settings-system': 'PATCH settings function',
  'patch-settings-organization': 'PATCH organizations/{o}/settings function',
  'patch-settings-user': `PATCH ${user}/settings function`,
  'pause-system': 'POST pause function',
  'pause-organization': 'POST organizations/{o}/pause function',
  'pause-user': `POST ${user}/pause function`,
  'resume-system': 'POST resume function',
  'resume-organization': 'POST organizations/{o}/resume function',
  'resume-user': `POST ${user}/resume function`,
  'get-status-system': 'GET status function',
  'get-status-organization': 'GET organizations/{o}/status function',
  'get-history-system': 'GET history function',
  'get-history-organization': 'GET organizations/{o}/history function',
  'get-history-user': `GET ${user}/history function`,
  'create-page-ticket-system': 'POST page-tickets function',
  'create-page-ticket-organization': 'POST organizations/{o}/page-tickets function',
  'create-page-ticket-user': `POST ${user}/page-tickets function`,
  'begin-connect': `POST ${user}/connection function`,
  'get-connection': `GET ${user}/connection function`,
  'check-connection': `POST ${user}/connection/check function`,
  disconnect: `DELETE ${user}/connection function`,
  'get-status': `GET ${user}/status function`,
  'get-problems': `GET ${user}/problems function`,
  'get-hold': `GET ${user}/hold function`,
  'answer-problem': `POST ${user}/problems/{id}/{choice} function`,
  'confirm-hold': `POST ${user}/hold/confirm function`,
  'refuse-hold': `POST ${user}/hold/refuse function`,
  'start-sync': `POST ${user}/sync function`,
  'get-operation': 'GET operations/{id} function',
  'cancel-operation': 'POST operations/{id}/cancel function',
  'list-accounts': 'GET organizations/{o}/accounts function',
  'put-oro-credentials': 'PUT organizations/{o}/oro-credentials function',
  'health-details': 'GET health/details function',
  openapi: 'GET openapi.json function',
  health: 'GET health anonymous',
  'oauth-start': 'GET oauth/start anonymous',
  'oauth-admin-consent': 'GET oauth/admin-consent anonymous',
  'oauth-callback': 'GET oauth/callback anonymous',
  page: 'GET,POST,PATCH,PUT,DELETE page/{*call} anonymous',
  'settings-page': 'GET settings-page/{*file} anonymous',
  unknown: 'GET,POST,PATCH,PUT,DELETE,HEAD,OPTIONS {*path} function',
}

/** Name: queue and whether its sessions keep the order. */
const QUEUES = {
  'calendar-sync': '%CALENDAR_QUEUE% in sessions',
  'task-sync': '%TASK_QUEUE% in sessions',
  'oro-changes': 'oro-changes in sessions',
  probes: 'probes',
  'calendar-sync-dead-letters': '%CALENDAR_QUEUE%/$DeadLetterQueue',
  'task-sync-dead-letters': '%TASK_QUEUE%/$DeadLetterQueue',
}

const triggers = (type: string) =>
  registered.flatMap(({ name, bindings }) =>
    Object.values(bindings)
      .filter((binding) => binding.type === type)
      .map((binding) => ({ name, binding })),
  )

describe('the functions of the app', () => {
  it('are these HTTP calls, each with its authLevel written', () => {
    const found = triggers('httpTrigger').map(({ name, binding }) => [
      name,
      [binding['methods'], binding['route'], binding['authLevel']].join(' '),
    ])
    expect(Object.fromEntries(found)).toEqual(HTTP)
  })

  it('are these queues, all on the one Service Bus', () => {
    const found = triggers('serviceBusTrigger').map(({ name, binding }) => [
      name,
      `${String(binding['queueName'])}${binding['isSessionsEnabled'] === true ? ' in sessions' : ''}`,
    ])
    expect(Object.fromEntries(found)).toEqual(expect.objectContaining(QUEUES))
    for (const { binding } of triggers('serviceBusTrigger')) {
      expect(binding['connection']).toBe('ServiceBus')
    }
  })

  it('have one timer, whose schedule is a setting', () => {
    expect(
      triggers('timerTrigger').map(({ name, binding }) => [name, binding['schedule']]),
    ).toEqual([['schedule', '%SCHEDULE_CRON%']])
  })

  it('have names of their own, and one trigger each', () => {
    const names = registered.map(({ name }) => name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
    const all = ['httpTrigger', 'serviceBusTrigger', 'timerTrigger'].flatMap(triggers)
    expect(all).toHaveLength(names.length)
  })
})
