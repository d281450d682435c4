import type { CryptographyClient } from '@azure/keyvault-keys'
import { Unavailable } from '../../errors'
import type { Secrets } from '../../ports/identity'
import { createEnvelope, refused, type KeyWrapping } from './envelope'

/** The two calls that are needed of the official client. */
export type KeyVaultClient = Pick<CryptographyClient, 'wrapKey' | 'unwrapKey'>

export interface KeyVaultSecretsDeps {
  /** `TOKEN_KEY_ID`: `https://{vault}/keys/{name}`, with or without a version (without = the newest wraps). */
  readonly keyId: string
  readonly randomBytes: (size: number) => Buffer
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Makes the client of one key; `connectKeyVault` outside tests. */
  readonly client: (keyId: string) => Promise<KeyVaultClient>
}

const ALGORITHM = 'RSA-OAEP-256'

/** Secrets under a key of Azure Key Vault. Fails with `Unavailable` when the vault does not answer. */
export function createKeyVaultSecrets(deps: KeyVaultSecretsDeps): Secrets {
  return createEnvelope({ ...deps, wrapping: keyVaultWrapping(deps.keyId, deps.client) })
}

/** The official client with the app's managed identity. Its libraries are loaded here: only Azure needs them, and they are slow to load. */
export async function connectKeyVault(keyId: string): Promise<KeyVaultClient> {
  const [{ CryptographyClient }, { DefaultAzureCredential }] = await Promise.all([
    import('@azure/keyvault-keys'),
    import('@azure/identity'),
  ])
  return new CryptographyClient(keyId, new DefaultAzureCredential())
}

function keyVaultWrapping(ownId: string, connect: KeyVaultSecretsDeps['client']): KeyWrapping {
  const own = keyPath(ownId)
  if (own === null) throw new Error('TOKEN_KEY_ID must look like https://{vault}/keys/{name}.')
  const clients = new Map<string, Promise<KeyVaultClient>>()
  const clientOf = (keyId: string): Promise<KeyVaultClient> => {
    let client = clients.get(keyId)
    if (client === undefined) {
      client = connect(keyId)
      clients.set(keyId, client)
    }
    return client
  }
  return {
    async wrap(dataKey) {
      const client = await clientOf(ownId)
      const { result, keyID } = await answered(() => client.wrapKey(ALGORITHM, dataKey))
      // The answer names the version, which a later unwrap has to ask for once the key was rotated.
      return { wrapped: Buffer.from(result), keyId: keyID ?? ownId }
    },
    async unwrap(wrapped, keyId) {
      // The id comes out of a stored text: it may name another version, never another vault or key.
      if (keyPath(keyId) !== own) throw refused()
      const client = await clientOf(keyId)
      const { result } = await answered(() => client.unwrapKey(ALGORITHM, wrapped))
      return Buffer.from(result)
    },
  }
}

/** Origin, `keys` and name, without the version; null = not the id of a key. */
function keyPath(keyId: string): string | null {
  if (!URL.canParse(keyId)) return null
  const { origin, pathname } = new URL(keyId)
  const [, collection, name] = pathname.split('/')
  if (collection !== 'keys' || !name) return null
  return `${origin}/keys/${name}`.toLowerCase()
}

async function answered<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    const { statusCode } = cause as { statusCode?: number }
    if (statusCode === undefined || statusCode === 429 || statusCode >= 500)
      throw new Unavailable('Key Vault does not answer.', { cause })
    throw cause
  }
}
