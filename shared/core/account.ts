/** One Oro user in one Oro organization: the unit of tenancy, settings and ordering (DESIGN 1). */
export interface Account {
  readonly organizationId: number
  readonly userId: number
}

/** `{organizationId}-{userId}`, e.g. `1-42`. */
export const accountId = (account: Account): string =>
  `${String(account.organizationId)}-${String(account.userId)}`

/** Reads an account id; undefined if it is none. */
export function parseAccountId(text: string): Account | undefined {
  const match = /^([1-9]\d{0,9})-([1-9]\d{0,9})$/.exec(text)
  return match ? { organizationId: Number(match[1]), userId: Number(match[2]) } : undefined
}
