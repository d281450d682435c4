import { VersionMismatch } from '../../errors'
import type { TokenVault } from '../../ports/identity'
import type { Rows } from '../../ports/rows'

const TABLE = 'tokens'
const CLAIM_MS = 20_000

/** Sealed Oro credentials of one organization, in the same table (DESIGN 5, 7). */
export interface SealedCredentials {
  read(organizationId: number): Promise<string | null>
  write(organizationId: number, sealed: string): Promise<void>
}

/** Table `tokens`: sealed token caches and, beside each, the claim of its refresh. */
export function createTokenVault(rows: Rows, now: () => number): TokenVault {
  const claimKey = (userId: number): string => `refresh:${String(userId)}`
  return {
    async read({ organizationId, userId }) {
      const row = await rows.get<string>(TABLE, String(organizationId), String(userId))
      return row ? { sealed: row.value, etag: row.etag } : null
    },
    write: ({ organizationId, userId }, sealed, etag) =>
      rows.put(TABLE, String(organizationId), String(userId), sealed, etag),
    remove: ({ organizationId, userId }) =>
      rows.remove(TABLE, String(organizationId), String(userId)),
    async claimRefresh({ organizationId, userId }, owner) {
      const partition = String(organizationId)
      const row = await rows.get<{ owner: string; until: number }>(
        TABLE,
        partition,
        claimKey(userId),
      )
      if (row && row.value.until > now() && row.value.owner !== owner) return false
      try {
        const claim = { owner, until: now() + CLAIM_MS }
        await rows.put(TABLE, partition, claimKey(userId), claim, row?.etag ?? null)
        return true
      } catch (error) {
        if (error instanceof VersionMismatch) return false
        throw error
      }
    },
    async releaseRefresh({ organizationId, userId }, owner) {
      const partition = String(organizationId)
      const row = await rows.get<{ owner: string }>(TABLE, partition, claimKey(userId))
      if (row?.value.owner !== owner) return
      try {
        await rows.remove(TABLE, partition, claimKey(userId), row.etag)
      } catch (error) {
        if (!(error instanceof VersionMismatch)) throw error
      }
    },
  }
}

export function createSealedCredentials(rows: Rows): SealedCredentials {
  return {
    async read(organizationId) {
      return (await rows.get<string>(TABLE, String(organizationId), 'oro'))?.value ?? null
    },
    async write(organizationId, sealed) {
      await rows.put(TABLE, String(organizationId), 'oro', sealed)
    },
  }
}
