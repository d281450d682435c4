import { accountId, type Account } from '../../core/account'
import { VersionMismatch } from '../../errors'
import type { Secrets, TokenVault } from '../../ports/identity'

/** What is kept of one account, as one encrypted text. */
export interface Tokens {
  /** MSAL's cache, which alone holds the refresh token. */
  readonly cache: string
  /** `oid.tid`. */
  readonly homeAccountId: string
  /** Granted scopes as answered, without prefix. */
  readonly scopes: readonly string[]
  readonly accessToken: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

export interface Held {
  readonly tokens: Tokens
  readonly etag: string
  /** The vault still has the previous ones under this version. */
  readonly unsaved?: true
}

export interface VaultedDeps {
  readonly vault: TokenVault
  readonly secrets: Secrets
  readonly sleep: (ms: number) => Promise<void>
}

/** Encrypted tokens in the vault. Reading is cheap while nothing changes: an unchanged version is not decrypted again. */
export interface Vaulted {
  read(account: Account): Promise<Held | null>
  /**
   * Stores renewed tokens in place of version `etag`, trying again when the store fails (T1); if it fails for good they are kept in memory
   * and stored with the next read. false = somebody else wrote or erased meanwhile, and that stays.
   */
  replace(account: Account, tokens: Tokens, etag: string): Promise<boolean>
  /** Stores the tokens of a new sign-in, whatever is there. Throws the store's error when it fails for good. */
  insert(account: Account, tokens: Tokens): Promise<void>
  remove(account: Account): Promise<void>
}

const WAITS_MS = [200, 1000]
/** Decrypted tokens kept in memory; beyond that the oldest go. */
const REMEMBERED = 2000

export function createVaulted({ vault, secrets, sleep }: VaultedDeps): Vaulted {
  const opened = new Map<string, Held>()

  function remember(id: string, held: Held): Held {
    opened.delete(id)
    opened.set(id, held)
    const [oldest] = opened.keys()
    if (opened.size > REMEMBERED && oldest !== undefined) opened.delete(oldest)
    return held
  }

  async function write(account: Account, tokens: Tokens, etag: string | null): Promise<Held> {
    const id = accountId(account)
    const sealed = await secrets.seal(account.organizationId, id, JSON.stringify(tokens))
    return remember(id, { tokens, etag: await vault.write(account, sealed, etag) })
  }

  /** One more attempt; what cannot be stored now is used all the same. */
  async function saved(account: Account, held: Held): Promise<Held> {
    try {
      return await write(account, held.tokens, held.etag)
    } catch {
      return held
    }
  }

  return {
    async read(account) {
      const id = accountId(account)
      const row = await vault.read(account)
      if (row === null) {
        opened.delete(id)
        return null
      }
      const known = opened.get(id)
      if (known?.etag === row.etag) return known.unsaved ? saved(account, known) : known
      const plain = await secrets.open(account.organizationId, id, row.sealed)
      return remember(id, { tokens: JSON.parse(plain) as Tokens, etag: row.etag })
    },
    async replace(account, tokens, etag) {
      try {
        await persistently(() => write(account, tokens, etag))
      } catch (error) {
        if (error instanceof VersionMismatch) return false
        remember(accountId(account), { tokens, etag, unsaved: true })
      }
      return true
    },
    async insert(account, tokens) {
      // Whatever is there gives way, also what a refresh of the old account has stored just now.
      await persistently(
        async () => write(account, tokens, (await vault.read(account))?.etag ?? null),
        () => true,
      )
    },
    async remove(account) {
      opened.delete(accountId(account))
      await vault.remove(account)
    },
  }

  async function persistently(
    store: () => Promise<Held>,
    again = (error: unknown): boolean => !(error instanceof VersionMismatch),
  ): Promise<void> {
    for (const wait of [...WAITS_MS, null]) {
      try {
        await store()
        return
      } catch (error) {
        if (wait === null || !again(error)) throw error
        await sleep(wait)
      }
    }
  }
}
