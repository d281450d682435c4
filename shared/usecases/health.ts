import { Unavailable } from '../errors'
import type { Deps } from './deps'

export interface HealthPart {
  readonly name: 'storage' | 'microsoft'
  readonly ok: boolean
  readonly message: string
}

/** `GET /health` and its details: the store answers, the settings are complete. Nothing is asked of Oro or Microsoft. */
export async function health(
  deps: Deps & { readonly microsoftConfigured: boolean },
): Promise<{ up: boolean; parts: readonly HealthPart[] }> {
  const storage = await storagePart(deps)
  const microsoft: HealthPart = deps.microsoftConfigured
    ? { name: 'microsoft', ok: true, message: 'Client id, secret and tenant are configured.' }
    : {
        name: 'microsoft',
        ok: false,
        message: 'Client id, secret or tenant are missing: nobody can connect.',
      }
  return { up: storage.ok, parts: [storage, microsoft] }
}

async function storagePart(deps: Deps): Promise<HealthPart> {
  try {
    await deps.settings.get({ level: 'system' })
    return { name: 'storage', ok: true, message: 'Table Storage answers.' }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { name: 'storage', ok: false, message: 'Table Storage does not answer.' }
  }
}
