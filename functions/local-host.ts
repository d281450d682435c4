import { app } from '../shared/compose'
import { parseAccountId } from '../shared/core/account'
import type { Kind } from '../shared/core/model'
import { recordHint } from '../shared/usecases/hints'

/**
 * Reads the configuration now instead of at the first call.
 *
 * @throws InvalidConfig with every fault
 */
export function configure(): void {
  app()
}

/** Records a hint as a notification does, joined with equal ones (DESIGN 4). Fails with `Unavailable` when it has to be given again. */
export async function hint(account: string, kind: Kind): Promise<void> {
  const known = parseAccountId(account)
  if (known) await recordHint(app().deps, known, kind)
}
