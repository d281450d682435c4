import { message as codec, types, type Message as RheaMessage } from 'rhea'
import { tokenBytes, tokenFrom } from './lock-token'
import { decodeMessage, encodeForReceiver, type AmqpContent, type StoredMessage } from './message'
import type { MessageQueue, Outcome } from './queue'

/** What a request to `{queue}/$management` is answered with. */
export interface ManagementAnswer {
  statusCode: number
  statusDescription: string
  errorCondition?: string
  body?: unknown
}

export interface ManagementDeps {
  queue: MessageQueue
  /** Schedules as a send does, faults included; a string is the condition it was refused with. */
  schedule: (contents: AmqpContent[]) => number[] | string
  changed: () => void
}

type Body = Record<string, unknown>

/**
 * The request-response operations of a queue (Microsoft's "AMQP 1.0 in Azure Service Bus: request-response-based operations"):
 * renew-lock, renew-session-lock, update-disposition, schedule-message, cancel-scheduled-message, peek-message,
 * receive-by-sequence-number, get- and set-session-state.
 */
export function answerManagement(deps: ManagementDeps, request: RheaMessage): ManagementAnswer {
  const properties = (request['application_properties'] ?? {}) as Body
  const operation = String(properties['operation']).replace('com.microsoft:', '')
  const body = (request['body'] ?? {}) as Body
  const handler = OPERATIONS[operation]
  if (!handler)
    return refused(400, 'amqp:not-implemented', `The operation ${operation} is not supported.`)
  const link = properties['associated-link-name']
  return handler(deps, body, typeof link === 'string' ? link : undefined)
}

type Handler = (deps: ManagementDeps, body: Body, link: string | undefined) => ManagementAnswer

const OPERATIONS: Record<string, Handler> = {
  'renew-lock': ({ queue }, body) => {
    const ends = tokensIn(body).map((token) => queue.renew(token))
    if (ends.some((end) => end === undefined)) return messageLockLost()
    return done({ expirations: timestamps(ends as number[]) })
  },
  'renew-session-lock': ({ queue }, body, link) => {
    const sessionId = String(body['session-id'])
    if (!holds(queue, sessionId, link)) return sessionLockLost(sessionId)
    const end = queue.sessions?.renew(sessionId)
    return end === undefined
      ? sessionLockLost(sessionId)
      : done({ expiration: types.wrap_timestamp(end) })
  },
  'update-disposition': ({ queue, changed }, body) => {
    const outcome = outcomeOf(body)
    if (!outcome) return refused(400, 'amqp:invalid-field', 'Unknown disposition-status.')
    const lost = tokensIn(body).map((token) => queue.settle(token, outcome))
    changed()
    const first = lost.find((condition) => condition !== undefined)
    return first === undefined ? done() : refused(410, first, 'The lock supplied is invalid.')
  },
  'schedule-message': ({ schedule }, body) => {
    const entries = body['messages'] as { message: Buffer }[]
    const numbers = schedule(entries.map((entry) => decodeMessage(entry.message)))
    if (typeof numbers === 'string') return refused(503, numbers, 'The server is busy.')
    return done({ 'sequence-numbers': types.wrap_array(numbers, 0x81, undefined) })
  },
  'cancel-scheduled-message': ({ queue }, body) => {
    const cancelled = numbersIn(body).map((number) => queue.cancelScheduled(number))
    return cancelled.every(Boolean)
      ? done()
      : refused(404, 'com.microsoft:message-not-found', 'No such scheduled message.')
  },
  'peek-message': ({ queue }, body) => {
    const sessionId = body['session-id']
    const found = [...queue.messages(), ...queue.scheduled()]
      .filter((message) => message.sequenceNumber >= toNumber(body['from-sequence-number']))
      .filter((message) => typeof sessionId !== 'string' || message.sessionId === sessionId)
      .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
      .slice(0, Number(body['message-count']))
    if (found.length === 0) return { statusCode: 204, statusDescription: 'No Content', body: {} }
    return done({ messages: found.map((message) => ({ message: encodeForReceiver(message) })) })
  },
  'receive-by-sequence-number': ({ queue }, body, link) => {
    const sessionId = typeof body['session-id'] === 'string' ? body['session-id'] : undefined
    if (sessionId !== undefined && !holds(queue, sessionId, link)) return sessionLockLost(sessionId)
    const found = queue.takeDeferred(numbersIn(body), sessionId)
    if (!found) return refused(404, 'com.microsoft:message-not-found', 'No such deferred message.')
    const messages = found.map(deferredEntry)
    if (body['receiver-settle-mode'] === 0)
      for (const message of found)
        if (message.lock) queue.settle(message.lock.token, { kind: 'complete' })
    return done({ messages })
  },
  'get-session-state': ({ queue }, body, link) => {
    const sessionId = String(body['session-id'])
    if (!holds(queue, sessionId, link)) return sessionLockLost(sessionId)
    return done({ 'session-state': queue.sessions?.state(sessionId) ?? null })
  },
  'set-session-state': ({ queue }, body, link) => {
    const sessionId = String(body['session-id'])
    if (!holds(queue, sessionId, link)) return sessionLockLost(sessionId)
    const state = body['session-state']
    queue.sessions?.setState(sessionId, Buffer.isBuffer(state) ? state : null)
    return done()
  },
}

/** The answer as a message to the reply address of the request. */
export function encodeAnswer(request: RheaMessage, answer: ManagementAnswer): Buffer {
  return codec.encode({
    correlation_id: request['message_id'],
    application_properties: {
      statusCode: types.wrap_int(answer.statusCode),
      statusDescription: answer.statusDescription,
      ...(answer.errorCondition === undefined
        ? {}
        : { errorCondition: types.wrap_symbol(answer.errorCondition) }),
    },
    body: answer.body,
  })
}

function done(body: unknown = {}): ManagementAnswer {
  return { statusCode: 200, statusDescription: 'OK', body }
}

function refused(
  statusCode: number,
  errorCondition: string,
  statusDescription: string,
): ManagementAnswer {
  return { statusCode, errorCondition, statusDescription }
}

function messageLockLost(): ManagementAnswer {
  return refused(410, 'com.microsoft:message-lock-lost', 'The lock supplied is invalid.')
}

function sessionLockLost(sessionId: string): ManagementAnswer {
  const text = `The session lock of ${sessionId} has expired.`
  return refused(410, 'com.microsoft:session-lock-lost', text)
}

function holds(queue: MessageQueue, sessionId: string, link: string | undefined): boolean {
  const holder = queue.sessions?.holder(sessionId)
  return holder !== undefined && (link === undefined || holder === link)
}

function outcomeOf(body: Body): Outcome | undefined {
  const properties = (body['properties-to-modify'] ?? {}) as Record<string, unknown>
  const status = body['disposition-status']
  if (status === 'completed') return { kind: 'complete' }
  if (status === 'abandoned') return { kind: 'abandon', properties }
  // Microsoft's own spelling.
  if (status === 'defered') return { kind: 'defer', properties }
  if (status !== 'suspended') return undefined
  const reason = {
    DeadLetterReason: body['deadletter-reason'],
    DeadLetterErrorDescription: body['deadletter-description'],
  }
  return { kind: 'dead-letter', properties: { ...properties, ...reason } }
}

function deferredEntry(message: StoredMessage): Record<string, unknown> {
  return {
    message: encodeForReceiver(message),
    'lock-token': types.wrap_uuid(tokenBytes(message.lock?.token ?? '')),
  }
}

function timestamps(times: number[]): unknown {
  return types.wrap_array(times, 0x83, undefined)
}

function tokensIn(body: Body): string[] {
  return (body['lock-tokens'] as Buffer[]).map(tokenFrom)
}

function numbersIn(body: Body): number[] {
  return (body['sequence-numbers'] as unknown[]).map(toNumber)
}

/** rhea gives a long as a number, or as its eight bytes when it does not fit. */
function toNumber(value: unknown): number {
  return Buffer.isBuffer(value) ? Number(value.readBigInt64BE()) : Number(value)
}
