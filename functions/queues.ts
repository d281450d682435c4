import { app as functions, type InvocationContext } from '@azure/functions'
import { app, invocationLog, withLog } from '../shared/compose'
import { messageRefused } from '../shared/log'
import {
  ORO_CHANGES_QUEUE,
  oroChangesMessageSchema,
  parseMessage,
  PROBES_QUEUE,
  probesMessageSchema,
  syncMessageSchema,
} from '../shared/messages'
import { reportDeadLetter } from '../shared/usecases/dead-letters'
import { readOroChanges } from '../shared/usecases/oro-changes'
import { lookAtDue } from '../shared/usecases/due-accounts'
import { runSync } from '../shared/usecases/run'

const CONNECTION = 'ServiceBus'

/** What no schema fits is completed with a log line: it would fail for ever. */
function refuse(queue: string, problems: readonly string[]): void {
  messageRefused(invocationLog, { queue, problems: problems.join('; ') })
}

const syncHandler = (queue: string) => (body: unknown, context: InvocationContext) =>
  withLog(context, async () => {
    const parsed = parseMessage(syncMessageSchema, body)
    if (parsed.ok) await runSync(app().deps, parsed.message)
    else refuse(queue, parsed.problems)
  })

/** The session queues of DESIGN 4, and what became of messages that failed too often. */
export function registerQueues(): void {
  const sessions = { connection: CONNECTION, isSessionsEnabled: true }
  for (const [name, queueName] of [
    ['calendar-sync', '%CALENDAR_QUEUE%'],
    ['task-sync', '%TASK_QUEUE%'],
  ] as const) {
    functions.serviceBusQueue(name, { ...sessions, queueName, handler: syncHandler(name) })
    functions.serviceBusQueue(`${name}-dead-letters`, {
      connection: CONNECTION,
      queueName: `${queueName}/$DeadLetterQueue`,
      handler: (body, context) =>
        withLog(context, async () => {
          const reason = context.triggerMetadata?.['deadLetterReason']
          await reportDeadLetter(app().deps, name, body, typeof reason === 'string' ? reason : '')
        }),
    })
  }
  functions.serviceBusQueue('oro-changes', {
    ...sessions,
    queueName: ORO_CHANGES_QUEUE,
    handler: (body, context) =>
      withLog(context, async () => {
        const parsed = parseMessage(oroChangesMessageSchema, body)
        if (parsed.ok) await readOroChanges(app().deps, parsed.message.organizationId)
        else refuse(ORO_CHANGES_QUEUE, parsed.problems)
      }),
  })
  functions.serviceBusQueue('probes', {
    connection: CONNECTION,
    queueName: PROBES_QUEUE,
    handler: (body, context) =>
      withLog(context, async () => {
        const parsed = parseMessage(probesMessageSchema, body)
        if (parsed.ok) await lookAtDue(app().deps, parsed.message)
        else refuse(PROBES_QUEUE, parsed.problems)
      }),
  })
}
