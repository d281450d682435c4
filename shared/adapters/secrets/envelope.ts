import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Secrets } from '../../ports/identity'

/** What protects data keys: a key of Azure Key Vault, or a local one. */
export interface KeyWrapping {
  /** `context` = organization and month, bound to the wrapped key where the method can. `keyId` names the key and its version. */
  wrap(dataKey: Buffer, context: string): Promise<{ wrapped: Buffer; keyId: string }>
  unwrap(wrapped: Buffer, keyId: string, context: string): Promise<Buffer>
}

export interface EnvelopeDeps {
  readonly wrapping: KeyWrapping
  readonly randomBytes: (size: number) => Buffer
  /** Epoch milliseconds. */
  readonly now: () => number
}

const VERSION = 'v1'
const HOUR_MS = 3_600_000
const TAG_BYTES = 16

interface DataKey {
  readonly organizationId: number
  /** `2026-09`. */
  readonly month: string
  readonly keyId: string
  readonly wrapped: Buffer
}

/**
 * Envelope encryption (DESIGN 10): AES-256-GCM under one data key per organization and month. The wrapped data key travels in the text:
 * `v1.{organization}.{month}.{key id}.{wrapped key}.{iv}.{ciphertext and tag}`, binary parts and key id in base64url. The owner and
 * everything before the iv are additional data, so that no part can be exchanged. Data keys are unwrapped once and kept for an hour.
 */
export function createEnvelope({ wrapping, randomBytes, now }: EnvelopeDeps): Secrets {
  const unwrapped = new Map<string, { key: Promise<Buffer>; until: number }>()
  const current = new Map<number, Promise<DataKey>>()

  function keep(wrapped: Buffer, key: Promise<Buffer>): Promise<Buffer> {
    for (const [text, { until }] of unwrapped) if (until <= now()) unwrapped.delete(text)
    const text = wrapped.toString('base64url')
    unwrapped.set(text, { key, until: now() + HOUR_MS })
    key.catch(() => unwrapped.delete(text))
    return key
  }

  function keyOf(dataKey: DataKey): Promise<Buffer> {
    const { wrapped, keyId } = dataKey
    const known = unwrapped.get(wrapped.toString('base64url'))
    if (known && known.until > now()) return known.key
    return keep(wrapped, wrapping.unwrap(wrapped, keyId, contextOf(dataKey)))
  }

  async function makeDataKey(organizationId: number, month: string): Promise<DataKey> {
    const key = randomBytes(32)
    const made = await wrapping.wrap(key, contextOf({ organizationId, month }))
    void keep(made.wrapped, Promise.resolve(key))
    return { organizationId, month, ...made }
  }

  async function currentDataKey(organizationId: number): Promise<DataKey> {
    const month = new Date(now()).toISOString().slice(0, 7)
    const known = current.get(organizationId)
    const dataKey = await known
    if (dataKey?.month === month) return dataKey
    // Somebody else may have begun the month's key while this call waited.
    const begun = current.get(organizationId)
    if (begun !== undefined && begun !== known) return begun
    const made = makeDataKey(organizationId, month)
    current.set(organizationId, made)
    made.catch(() => current.delete(organizationId))
    return made
  }

  return {
    async seal(organizationId, owner, plain) {
      const dataKey = await currentDataKey(organizationId)
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', await keyOf(dataKey), iv)
      const header = headerOf(dataKey)
      cipher.setAAD(additionalData(header, owner))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return [header, base64(iv), base64(Buffer.concat([text, cipher.getAuthTag()]))].join('.')
    },
    async open(organizationId, owner, sealed) {
      const { header, dataKey, iv, text } = parse(sealed)
      if (dataKey.organizationId !== organizationId) throw refused()
      const key = await keyOf(dataKey)
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
      decipher.setAAD(additionalData(header, owner))
      decipher.setAuthTag(text.subarray(-TAG_BYTES))
      try {
        const start = decipher.update(text.subarray(0, -TAG_BYTES))
        const plain = Buffer.concat([start, decipher.final()]).toString('utf8')
        // A key of this month that another process made is used on, instead of one more.
        if (!current.has(organizationId)) current.set(organizationId, Promise.resolve(dataKey))
        return plain
      } catch (cause) {
        throw refused(cause)
      }
    },
  }
}

const base64 = (bytes: Buffer) => bytes.toString('base64url')

const contextOf = ({ organizationId, month }: Pick<DataKey, 'organizationId' | 'month'>) =>
  `${String(organizationId)}.${month}`

const headerOf = (dataKey: DataKey) =>
  [VERSION, contextOf(dataKey), base64(Buffer.from(dataKey.keyId)), base64(dataKey.wrapped)].join(
    '.',
  )

const additionalData = (header: string, owner: string) => Buffer.from(`${header}\n${owner}`)

/** The id of the key that protects this text, so that it is known which key may be retired. */
export const sealedWith = (sealed: string): string => parse(sealed).dataKey.keyId

function parse(sealed: string) {
  const parts = sealed.split('.')
  const [version, organization, month, keyId, wrapped, iv, text] = parts
  if (version !== VERSION) throw new Error('The sealed text has an unknown version.')
  if (parts.length !== 7 || !organization || !month || !keyId || !wrapped || !iv || !text)
    throw refused()
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < TAG_BYTES || Buffer.from(iv, 'base64url').length !== 12) throw refused()
  return {
    header: parts.slice(0, 5).join('.'),
    dataKey: {
      organizationId: Number(organization),
      month,
      keyId: Buffer.from(keyId, 'base64url').toString(),
      wrapped: Buffer.from(wrapped, 'base64url'),
    },
    iv: Buffer.from(iv, 'base64url'),
    text: bytes,
  }
}

/** One sentence for every cause: which part did not fit is nobody's business. */
export const refused = (cause?: unknown): Error =>
  new Error('The sealed text was made for another owner or was altered.', { cause })
