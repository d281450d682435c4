import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import type { Secrets } from '../../ports/identity'
import { createEnvelope, refused, type KeyWrapping } from './envelope'

export interface LocalSecretsDeps {
  /** `TOKEN_KEY`: 32 bytes. */
  readonly key: Buffer
  readonly randomBytes: (size: number) => Buffer
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Secrets under a key of this machine. Throws when the key has not 32 bytes. */
export function createLocalSecrets({ key, randomBytes, now }: LocalSecretsDeps): Secrets {
  if (key.length !== 32)
    throw new Error(`TOKEN_KEY must be 32 bytes in base64, it is ${String(key.length)}.`)
  return createEnvelope({ wrapping: localWrapping(key, randomBytes), randomBytes, now })
}

/** AES-256-GCM: iv (12), wrapped key (32), tag (16). The key is named by its hash. */
function localWrapping(key: Buffer, randomBytes: (size: number) => Buffer): KeyWrapping {
  const ownId = `local:${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
  return {
    wrap(dataKey, context) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      cipher.setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(dataKey), cipher.final()])
      return Promise.resolve({
        wrapped: Buffer.concat([iv, text, cipher.getAuthTag()]),
        keyId: ownId,
      })
    },
    unwrap: (wrapped, keyId, context) =>
      new Promise((resolve) => {
        if (keyId !== ownId)
          throw new Error(`The text was sealed with key ${keyId}, TOKEN_KEY is ${ownId}.`)
        if (wrapped.length !== 60) throw refused()
        const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, 12), {
          authTagLength: 16,
        })
        decipher.setAAD(Buffer.from(context))
        decipher.setAuthTag(wrapped.subarray(44))
        try {
          resolve(Buffer.concat([decipher.update(wrapped.subarray(12, 44)), decipher.final()]))
        } catch (cause) {
          throw refused(cause)
        }
      }),
  }
}
