import type { Delivery, EventContext, Sender } from 'rhea'
import type { CountedFaults } from './faults'
import { deliveryTag } from './lock-token'
import { encodeForReceiver } from './message'
import type { LockLost, MessageQueue, Outcome } from './queue'
import {
  answerDrainWithoutCredit,
  isUnwritten,
  setAttachField,
  settleAccepted,
  settleRejected,
} from './rhea-internals'

/** One receiver of a client: the broker's sending end of its link. */
export interface Consumer {
  link: Sender
  queue: MessageQueue
  /** Undefined on queues without sessions. */
  sessionId: string | undefined
  /** Sends one message if there is one and the receiver has room. */
  deliverOne(): boolean
}

export interface ConsumerDeps {
  link: Sender
  queue: MessageQueue
  sessionId: string | undefined
  faults: CountedFaults
  /** Something on the queue may have become deliverable. */
  changed: () => void
  /** The session is no longer this receiver's: the link has to go. */
  sessionLost: () => void
}

const LOST: Record<LockLost, string> = {
  'com.microsoft:message-lock-lost':
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
  'com.microsoft:session-lock-lost': 'The session lock has expired. Accept the session again.',
}

export function createConsumer(deps: ConsumerDeps): Consumer {
  const { link, queue, sessionId, faults } = deps
  const tokens = new WeakMap<Delivery, string>()
  let unwritten: Delivery[] = []
  const receiveAndDelete = (link as unknown as { snd_settle_mode?: number }).snd_settle_mode === 1
  if (receiveAndDelete) setAttachField(link, 'snd_settle_mode', 1)

  const hasRoom = (): boolean => {
    unwritten = unwritten.filter((delivery) => isUnwritten(link, delivery))
    return link.is_open() && link.sendable() && creditOf(link) > unwritten.length
  }

  const stillMine = (): boolean =>
    sessionId === undefined || queue.sessions?.holder(sessionId) === link.name

  const deliverOne = (): boolean => {
    if (!hasRoom() || !stillMine()) return false
    const message = queue.take(sessionId)
    if (!message?.lock) return false
    const { token } = message.lock
    const delivery = link.send(encodeForReceiver(message), deliveryTag(token), 0)
    unwritten.push(delivery)
    if (receiveAndDelete) {
      queue.settle(token, { kind: 'complete' })
      return true
    }
    tokens.set(delivery, token)
    if (faults.losesLock(queue.name)) {
      // On a session queue the lock is the session's: the receiver learns of its loss when it settles.
      if (sessionId === undefined) queue.loseLock(token)
      else queue.releaseSession(sessionId, true)
      deps.changed()
    }
    return true
  }

  const settle = (context: EventContext, outcome: Outcome): void => {
    const { delivery } = context
    const token = delivery && tokens.get(delivery)
    if (!delivery || token === undefined) return
    tokens.delete(delivery)
    const lost = queue.settle(token, outcome)
    if (lost === undefined) {
      settleAccepted(delivery)
    } else {
      settleRejected(delivery, { condition: lost, description: LOST[lost] })
      if (lost === 'com.microsoft:session-lock-lost') deps.sessionLost()
    }
    deps.changed()
  }

  link.on('accepted', (context: EventContext) => {
    settle(context, { kind: 'complete' })
  })
  link.on('released', (context: EventContext) => {
    settle(context, { kind: 'release' })
  })
  link.on('rejected', (context: EventContext) => {
    const error = context.delivery?.remote_state?.['error'] as
      { info?: Record<string, unknown> } | undefined
    settle(context, { kind: 'dead-letter', properties: error?.info ?? {} })
  })
  link.on('modified', (context: EventContext) => {
    const state = context.delivery?.remote_state
    const properties = (state?.['message_annotations'] ?? {}) as Record<string, unknown>
    settle(context, {
      kind: state?.['undeliverable_here'] === true ? 'defer' : 'abandon',
      properties,
    })
  })
  link.on('sender_flow', deps.changed)
  answerDrainWithoutCredit(link)
  link.on('sender_draining', () => {
    deps.changed()
    // After the messages already queued: an answer to the drain would take the credit they wait for.
    setImmediate(() => {
      link.set_drained(true)
      wake(link)
    })
  })
  return { link, queue, sessionId, deliverOne }
}

function creditOf(link: Sender): number {
  return (link as unknown as { credit: number }).credit
}

function wake(link: Sender): void {
  ;(link.connection as unknown as { _register(): void })._register()
}
