import { message as codec, types } from 'rhea'

/** An AMQP message as rhea decodes it; sections are flattened into one object. */
export interface AmqpContent {
  message_id?: unknown
  group_id?: string
  ttl?: number
  delivery_count?: number
  body?: unknown
  message_annotations?: Record<string, unknown>
  application_properties?: Record<string, unknown>
  [name: string]: unknown
}

/** A message as the broker keeps it. Times are milliseconds since 1970 on the broker's clock. */
export interface StoredMessage {
  sequenceNumber: number
  content: AmqpContent
  sessionId: string | undefined
  state: 'active' | 'locked' | 'deferred' | 'scheduled'
  /** Deliveries that failed so far. */
  deliveryCount: number
  enqueuedAt: number
  scheduledFor: number | undefined
  expiresAt: number
  lock: { token: string; until: number } | undefined
  deadLetterSource: string | undefined
}

/** What an inspection shows of a message. */
export interface Message {
  sequenceNumber: number
  messageId: string | undefined
  sessionId: string | undefined
  /** Parsed when it is JSON, else text. */
  body: unknown
  applicationProperties: Record<string, unknown>
  state: StoredMessage['state']
  deliveryCount: number
  enqueuedAt: number
  scheduledFor: number | undefined
  deadLetterReason: string | undefined
}

/** The body sections of a batch (format 0x80013700) hold one encoded message each. */
export const BATCH_FORMAT = 0x80013700

interface DataSection {
  typecode: number
  content: unknown
}

export function decodeMessage(bytes: Buffer): AmqpContent {
  return codec.decode(bytes)
}

export function decodeBatch(bytes: Buffer): AmqpContent[] {
  const content = (decodeMessage(bytes).body as DataSection).content
  return (Array.isArray(content) ? (content as Buffer[]) : [content as Buffer]).map(decodeMessage)
}

/** When the sender wants the message enqueued (annotation `x-opt-scheduled-enqueue-time`), if it says so. */
export function scheduledTime(content: AmqpContent): number | undefined {
  const at = content.message_annotations?.['x-opt-scheduled-enqueue-time']
  return at === undefined || at === null ? undefined : Number(at)
}

const STATES = { active: 0, locked: 0, deferred: 1, scheduled: 2 }

/** The message as a receiver gets it: the sender's sections plus the broker's header fields and annotations. */
export function encodeForReceiver(stored: StoredMessage): Buffer {
  const annotations: Record<string, unknown> = {
    ...stored.content.message_annotations,
    'x-opt-enqueued-time': types.wrap_timestamp(stored.enqueuedAt),
    'x-opt-sequence-number': types.wrap_long(stored.sequenceNumber),
    'x-opt-message-state': types.wrap_int(STATES[stored.state]),
  }
  if (stored.scheduledFor !== undefined)
    annotations['x-opt-scheduled-enqueue-time'] = types.wrap_timestamp(stored.scheduledFor)
  if (stored.lock) annotations['x-opt-locked-until'] = types.wrap_timestamp(stored.lock.until)
  if (stored.deadLetterSource !== undefined)
    annotations['x-opt-deadletter-source'] = stored.deadLetterSource
  return codec.encode({
    ...stored.content,
    delivery_count: stored.deliveryCount,
    message_annotations: annotations,
  })
}

export function inspect(stored: StoredMessage): Message {
  const properties = stored.content.application_properties ?? {}
  const id = stored.content.message_id
  const reason = properties['DeadLetterReason']
  return {
    sequenceNumber: stored.sequenceNumber,
    messageId: typeof id === 'string' || typeof id === 'number' ? String(id) : undefined,
    sessionId: stored.sessionId,
    body: readableBody(stored.content.body),
    applicationProperties: properties,
    state: stored.state,
    deliveryCount: stored.deliveryCount,
    enqueuedAt: stored.enqueuedAt,
    scheduledFor: stored.scheduledFor,
    deadLetterReason: typeof reason === 'string' ? reason : undefined,
  }
}

function readableBody(body: unknown): unknown {
  const content =
    body !== null && typeof body === 'object' && 'typecode' in body
      ? (body as DataSection).content
      : body
  if (!Buffer.isBuffer(content)) return content
  const text = content.toString('utf8')
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
