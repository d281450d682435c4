import type { Hint } from './hint'

/** What the deployed bundle exports for the local host, beside registering its functions. */
export interface Bundle {
  /** Reads the application settings; fails with an error that holds every fault in `problems`. */
  configure(): void
  hint(accountId: string, kind: Hint['kind']): Promise<void>
}

interface Problem {
  readonly pointer: string
  readonly detail: string
}

/** Every fault of the application settings, by name. */
export function configurationFaults(bundle: Bundle): string[] {
  try {
    bundle.configure()
    return []
  } catch (error) {
    const { problems } = error as { problems?: readonly Problem[] }
    if (problems === undefined) throw error
    return problems.map(({ pointer, detail }) => `${pointer}: ${detail}`)
  }
}
