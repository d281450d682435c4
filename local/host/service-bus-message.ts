import type { ServiceBusReceivedMessage } from '@azure/service-bus'
import type { RpcRequest, RpcTypedData } from './core-types'

const NO_EXPIRY = '9999-12-31T23:59:59.9999999'

/**
 * A received message as the host hands it to the Node worker: the body as text (the library parses JSON out of it),
 * metadata under .NET's names (the library turns them to camel case), deliveries counted from 1 where AMQP and the
 * JavaScript client count from 0. Text metadata that looks like JSON is parsed by the library too: a message id of
 * digits arrives as a number.
 */
export function toRpcRequest(bindingName: string, message: ServiceBusReceivedMessage): RpcRequest {
  const texts: Record<string, unknown> = {
    MessageId: message.messageId,
    SessionId: message.sessionId,
    CorrelationId: message.correlationId,
    ContentType: message.contentType,
    Subject: message.subject,
    Label: message.subject,
    To: message.to,
    ReplyTo: message.replyTo,
    ReplyToSessionId: message.replyToSessionId,
    PartitionKey: message.partitionKey,
    LockToken: message.lockToken,
    DeadLetterSource: message.deadLetterSource,
    DeadLetterReason: message.deadLetterReason,
    DeadLetterErrorDescription: message.deadLetterErrorDescription,
  }
  const triggerMetadata: Record<string, RpcTypedData> = {
    DeliveryCount: { int: (message.deliveryCount ?? 0) + 1 },
    SequenceNumber: { int: message.sequenceNumber?.toNumber() ?? 0 },
    EnqueuedSequenceNumber: { int: message.enqueuedSequenceNumber ?? 0 },
    EnqueuedTimeUtc: json(message.enqueuedTimeUtc),
    // The client computes a date out of the longest time to live that JavaScript cannot show.
    ExpiresAtUtc: json(
      Number.isFinite(message.expiresAtUtc?.getTime()) ? message.expiresAtUtc : NO_EXPIRY,
    ),
    LockedUntilUtc: json(message.lockedUntilUtc),
    ApplicationProperties: json(message.applicationProperties ?? {}),
    UserProperties: json(message.applicationProperties ?? {}),
  }
  for (const [name, value] of Object.entries(texts)) {
    if (value !== undefined && value !== null) {
      triggerMetadata[name] = { string: String(value) }
    }
  }
  return {
    inputData: [{ name: bindingName, data: { string: bodyText(message.body) } }],
    triggerMetadata,
  }
}

/** With `skipParsingBodyAsJson` bytes stay bytes; other AMQP bodies (values, sequences) are shown as JSON. */
function bodyText(body: unknown): string {
  if (Buffer.isBuffer(body)) return body.toString('utf8')
  return typeof body === 'string' ? body : JSON.stringify(body ?? '')
}

function json(value: unknown): RpcTypedData {
  return { json: JSON.stringify(value ?? null) }
}
