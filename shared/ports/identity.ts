import type { Account } from '../core/account'
import type { SyncError } from '../errors'
import type { AccessTokens } from './systems'

export interface SignIn {
  readonly account: Account
  readonly state: string
  readonly nonce: string
  /** PKCE verifier (RFC 7636), 43 to 128 characters. */
  readonly codeVerifier: string
  readonly redirectUri: string
  readonly loginHint: string | null
}

export interface SignedIn {
  /** `oid.tid`. */
  readonly homeAccountId: string
  readonly username: string
  readonly tenantId: string
  /** Granted scopes as answered, without resource prefix (G-67). */
  readonly scopes: readonly string[]
}

/** Entra ID (graph/CONTRACT 14). One refresh at a time per account; the newest refresh token is always stored, encrypted. */
export interface Entra extends AccessTokens {
  authorizeUrl(signIn: SignIn): Promise<string>
  /** Exchanges the code and stores the token cache. Fails with `SyncError` `token`, `consent`, `admin-consent` or transient ones. */
  redeem(signIn: SignIn, code: string): Promise<SignedIn>
  /**
   * What an error in the address of the callback means (`error`, `error_description`, RFC 6749 4.1.2.1): `consent`, `admin-consent`,
   * `token`, `not-configured` or a transient `microsoft-unreachable`.
   */
  signInError(error: string, description: string): SyncError
  adminConsentUrl(request: { state: string; redirectUri: string }): string
  /** Erases the tokens of this account. */
  forget(account: Account): Promise<void>
}

/** Encrypted token caches; the content is opaque to the store. */
export interface TokenVault {
  read(account: Account): Promise<{ sealed: string; etag: string } | null>
  /** `etag` null = insert. Throws `VersionMismatch` when somebody else wrote since. */
  write(account: Account, sealed: string, etag: string | null): Promise<string>
  remove(account: Account): Promise<void>
  /**
   * Claims the refresh of this account for 20 s (DESIGN 5, `tokens`). false = somebody else holds it: re-read after a moment.
   */
  claimRefresh(account: Account, owner: string): Promise<boolean>
  releaseRefresh(account: Account, owner: string): Promise<void>
}

/** Envelope encryption (DESIGN 10): AES-256-GCM, the additional data binds the text to its owner. */
export interface Secrets {
  seal(organizationId: number, owner: string, plain: string): Promise<string>
  /** Throws when the text was made for another owner or was altered. */
  open(organizationId: number, owner: string, sealed: string): Promise<string>
}
