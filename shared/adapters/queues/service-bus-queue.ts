import type { ServiceBusClient, ServiceBusMessage, ServiceBusSender } from '@azure/service-bus'
import { Unavailable } from '../../errors'
import {
  ORO_CHANGES_QUEUE,
  oroChangesMessageSchema,
  parseMessage,
  PROBES_QUEUE,
  probesMessageSchema,
  syncMessageSchema,
} from '../../messages'
import type { NewId, Queue, QueueNames } from '../../ports/queue'

/**
 * Sends work to Service Bus: sessions are accounts, or organizations for the audit feed (DESIGN 4). What does not fit its schema is a
 * programming error and is thrown as such; a bus that does not take it is `Unavailable`.
 */
export function createServiceBusQueue(deps: {
  client: () => Promise<ServiceBusClient>
  names: QueueNames
  newId: NewId
}): Queue {
  const senders = new Map<string, Promise<ServiceBusSender>>()
  const senderOf = (queue: string): Promise<ServiceBusSender> => {
    const known = senders.get(queue) ?? deps.client().then((client) => client.createSender(queue))
    senders.set(queue, known)
    known.catch(() => senders.delete(queue))
    return known
  }
  const send = async (
    queue: string,
    message: ServiceBusMessage,
    notBefore?: number,
  ): Promise<void> => {
    try {
      const sender = await senderOf(queue)
      // The client's own lock renewal wants every message to have an id.
      const named = { ...message, messageId: deps.newId(), contentType: 'application/json' }
      if (notBefore === undefined) await sender.sendMessages(named)
      else await sender.scheduleMessages(named, new Date(notBefore))
    } catch (cause) {
      throw new Unavailable(`Service Bus did not take a message for ${queue}`, { cause })
    }
  }
  return {
    async sync(message, notBefore) {
      const checked = parseMessage(syncMessageSchema, message)
      if (!checked.ok) throw new TypeError(`Not a sync message: ${checked.problems.join('; ')}`)
      const { accountId, kind } = message
      await send(deps.names[kind], { body: message, sessionId: accountId }, notBefore)
    },
    async oroChanges(message) {
      const checked = parseMessage(oroChangesMessageSchema, message)
      if (!checked.ok) throw new TypeError(`Not an Oro message: ${checked.problems.join('; ')}`)
      await send(ORO_CHANGES_QUEUE, { body: message, sessionId: String(message.organizationId) })
    },
    async probes(message, notBefore) {
      const checked = parseMessage(probesMessageSchema, message)
      if (!checked.ok) throw new TypeError(`Not a probes message: ${checked.problems.join('; ')}`)
      await send(PROBES_QUEUE, { body: message }, notBefore)
    },
  }
}
