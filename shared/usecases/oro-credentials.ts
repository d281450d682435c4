import { ERROR_CODES, ProblemAnswer } from '../errors'
import type { OroCredentials } from '../ports/systems'
import type { Deps } from './deps'

export interface CredentialsDeps extends Deps {
  readonly storeCredentials: (organizationId: number, credentials: OroCredentials) => Promise<void>
}

/** Checks the credentials of an organization's Oro application against Oro and stores them encrypted; they are never given out again. */
export async function putOroCredentials(
  deps: CredentialsDeps,
  organizationId: number,
  credentials: OroCredentials,
): Promise<void> {
  const { ok, code } = await deps.oro.checkCredentials(credentials)
  if (!ok) {
    const detail = code === 'ok' ? '' : ERROR_CODES[code]
    const status = code === 'oro-unreachable' ? 503 : 422
    throw new ProblemAnswer(status, 'Not stored', detail, [{ pointer: '/clientId', detail }])
  }
  await deps.storeCredentials(organizationId, credentials)
}
