import type { Container, EventContext, Message as RheaMessage, Sender } from 'rhea'
import { message as codec, types } from 'rhea'
import { createConsumer, type Consumer } from './consumer'
import type { CountedFaults } from './faults'
import { answerManagement, encodeAnswer } from './management'
import { BATCH_FORMAT, decodeBatch, type AmqpContent } from './message'
import type { MessageQueue } from './queue'
import { addressOf, createReplyLinks } from './reply-links'
import { createSessionWaiters, SESSION_FILTER } from './session-waiters'
import { holdAttach, setAttachField, ticks } from './rhea-internals'

export interface LinkDeps {
  container: Container
  faults: CountedFaults
  find: (address: string) => MessageQueue | undefined
  send: (queue: MessageQueue, contents: AmqpContent[]) => number[] | string
  wakeBy: (at: number) => void
  now: () => number
  /** A receiver takes from this queue from now on, or waits for one of its sessions. */
  attached: (queue: MessageQueue) => void
}

export interface Links {
  /** Something on the queue may have become deliverable. */
  changed(queue: MessageQueue): void
  /** Takes the sessions away whose lock has run out. */
  expireSessions(queue: MessageQueue): void
  /** Ends every wait for a session. */
  endWaits(): void
}

const MANAGEMENT = '/$management'
/** Largest message of the Standard tier. */
const MAX_MESSAGE_BYTES = 256 * 1024
const SESSION_LOST = {
  condition: 'com.microsoft:session-lock-lost',
  description: 'The session lock has expired. Accept the session again.',
}

/** Every link of every connection: what clients attach to, what they send, what is delivered to them. */
export function attachLinks(deps: LinkDeps): Links {
  const { container, faults, find, send, wakeBy } = deps
  const consumers = new Map<MessageQueue, Consumer[]>()
  const replies = createReplyLinks()
  const waiters = createSessionWaiters()

  const addConsumer = (link: Sender, queue: MessageQueue, sessionId: string | undefined): void => {
    const consumer = createConsumer({
      link,
      queue,
      sessionId,
      faults,
      changed: () => {
        changed(queue)
      },
      sessionLost: () => {
        link.close(SESSION_LOST)
      },
    })
    consumers.set(queue, [...(consumers.get(queue) ?? []), consumer])
    deps.attached(queue)
  }

  const grantSession = (link: Sender, queue: MessageQueue, sessionId: string): void => {
    queue.sessions?.acquire(sessionId, link.name)
    const until = queue.sessions?.lockedUntil(sessionId) ?? 0
    link.set_source({ address: queue.name, filter: { [SESSION_FILTER]: sessionId } })
    setAttachField(link, 'properties', { 'com.microsoft:locked-until-utc': ticks(until) })
    addConsumer(link, queue, sessionId)
    wakeBy(until)
  }

  const changed = (queue: MessageQueue): void => {
    for (;;) {
      const sessionId = waiters.waiting(queue) ? queue.nextFreeSession() : undefined
      const link = sessionId === undefined ? undefined : waiters.next(queue)
      if (sessionId === undefined || !link) break
      grantSession(link, queue, sessionId)
      link.open()
    }
    let delivered = true
    while (delivered) {
      delivered = false
      // In turns, so that receivers of one queue share its messages.
      for (const consumer of consumers.get(queue) ?? []) if (consumer.deliverOne()) delivered = true
    }
    wakeBy(queue.nextSweepAt() ?? Infinity)
  }

  const removeConsumer = (link: Sender, failed: boolean): void => {
    for (const [queue, list] of consumers) {
      const consumer = list.find((entry) => entry.link === link)
      if (!consumer) continue
      consumers.set(
        queue,
        list.filter((entry) => entry !== consumer),
      )
      const { sessionId } = consumer
      // A session ends with its receiver; locks of single messages live on until they expire.
      if (sessionId !== undefined && queue.sessions?.holder(sessionId) === link.name)
        queue.releaseSession(sessionId, failed)
      changed(queue)
    }
  }

  const acceptSession = (link: Sender, queue: MessageQueue, wanted: string | undefined): void => {
    if (wanted === undefined) {
      holdAttach(link)
      waiters.add(queue, link)
      deps.attached(queue)
      changed(queue)
    } else if (queue.sessions?.lockedUntil(wanted) !== undefined) {
      link.close({
        condition: 'com.microsoft:session-cannot-be-locked',
        description: `The requested session '${wanted}' cannot be accepted. It may be locked by another receiver.`,
      })
    } else {
      grantSession(link, queue, wanted)
    }
  }

  container.on('sender_open', (context: EventContext) => {
    const link = context.sender
    if (!link) return
    const address = addressOf(link.source)
    if (address === '$cbs' || address.endsWith(MANAGEMENT)) {
      replies.add(link)
      link.set_source({ address })
      return
    }
    const queue = find(address)
    if (!queue) {
      link.close(notFound(address))
      return
    }
    link.set_source({ address })
    const filter = (link.source as { filter?: Record<string, unknown> | null }).filter
    const sessionful = filter !== undefined && filter !== null && SESSION_FILTER in filter
    if (sessionful !== queue.requiresSession) {
      link.close({
        condition: 'amqp:not-allowed',
        description: queue.requiresSession
          ? 'It is not possible for an entity that requires sessions to create a non-sessionful message receiver.'
          : 'A sessionful message receiver cannot be created on an entity that does not require sessions.',
      })
    } else if (sessionful) {
      const wanted = filter[SESSION_FILTER]
      acceptSession(link, queue, typeof wanted === 'string' ? wanted : undefined)
    } else {
      addConsumer(link, queue, undefined)
    }
  })

  container.on('receiver_open', (context: EventContext) => {
    const { receiver } = context
    if (!receiver) return
    const address = addressOf(receiver.target)
    receiver.set_target({ address })
    setAttachField(receiver, 'max_message_size', MAX_MESSAGE_BYTES)
    if (address !== '$cbs' && !find(queueAddress(address))) receiver.close(notFound(address))
  })

  container.on('message', (context: EventContext) => {
    const { receiver, delivery, message } = context
    if (!receiver || !delivery || !message) return
    const address = addressOf(receiver.target)
    if (address === '$cbs') {
      delivery.accept()
      replies.answer(context, message, tokenAccepted(message))
      return
    }
    const queue = find(queueAddress(address))
    if (!queue) return
    if (address.endsWith(MANAGEMENT)) {
      delivery.accept()
      const answer = answerManagement(
        {
          queue,
          schedule: (contents) => refusal(queue, contents)?.condition ?? send(queue, contents),
          changed: () => {
            changed(queue)
          },
        },
        message,
      )
      replies.answer(context, message, encodeAnswer(message, answer))
      return
    }
    const contents =
      delivery.format === BATCH_FORMAT
        ? decodeBatch(message as unknown as Buffer)
        : [message as unknown as AmqpContent]
    const refused = refusal(queue, contents)
    const result = refused ? refused.condition : send(queue, contents)
    if (typeof result === 'string')
      delivery.reject(
        refused ?? { condition: result, description: 'The server is busy. Please retry later.' },
      )
    else delivery.accept()
  })

  const forget = (link: Sender, failed: boolean): void => {
    if (waiters.drop(link)) link.open()
    replies.dropWhere(link.connection, (other) => other === link)
    removeConsumer(link, failed)
  }
  const forgetWhere = (failed: boolean, gone: (link: Sender) => boolean): void => {
    for (const list of [...consumers.values()])
      for (const { link } of [...list]) if (gone(link)) removeConsumer(link, failed)
    waiters.dropWhere(gone)
  }
  container.on('sender_close', (context: EventContext) => {
    if (!context.sender) return
    forget(context.sender, false)
    context.sender.close()
  })
  container.on('session_close', (context: EventContext) => {
    const ofSession = (link: Sender): boolean => link.session === context.session
    forgetWhere(false, ofSession)
    replies.dropWhere(context.connection, ofSession)
  })
  container.on('connection_close', (context: EventContext) => {
    forgetWhere(false, (link) => link.connection === context.connection)
    replies.dropWhere(context.connection, () => true)
  })
  container.on('disconnected', (context: EventContext) => {
    // A receiver that vanished had its chance: what it held counts as a failed delivery.
    forgetWhere(true, (link) => link.connection === context.connection)
    replies.dropWhere(context.connection, () => true)
  })
  // A client may end a link with an error of its own; the close that follows is what counts.
  for (const event of ['receiver_close', 'connection_error', 'protocol_error', 'error'])
    container.on(event, () => undefined)

  return {
    changed,
    expireSessions(queue) {
      for (const sessionId of queue.sessions?.expired() ?? []) {
        const holder = queue.sessions?.holder(sessionId)
        queue.releaseSession(sessionId, true)
        for (const { link } of consumers.get(queue) ?? [])
          if (link.name === holder) link.close(SESSION_LOST)
        consumers.set(
          queue,
          (consumers.get(queue) ?? []).filter(({ link }) => link.name !== holder),
        )
      }
    },
    endWaits: waiters.end,
  }
}

function queueAddress(address: string): string {
  return address.endsWith(MANAGEMENT) ? address.slice(0, -MANAGEMENT.length) : address
}

function notFound(address: string): { condition: string; description: string } {
  return {
    condition: 'amqp:not-found',
    description: `The messaging entity '${address}' could not be found.`,
  }
}

function refusal(queue: MessageQueue, contents: AmqpContent[]) {
  return queue.requiresSession && contents.some((content) => content.group_id === undefined)
    ? {
        condition: 'amqp:not-allowed',
        description:
          'The SessionId was not set on a message, and it cannot be sent to an entity that requires sessions.',
      }
    : undefined
}

/** Any token is good on loopback. */
function tokenAccepted(request: RheaMessage): Buffer {
  return codec.encode({
    correlation_id: request['message_id'],
    application_properties: {
      'status-code': types.wrap_int(202),
      'status-description': 'Accepted',
    },
    body: undefined,
  })
}
