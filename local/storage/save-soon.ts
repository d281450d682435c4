/** The part of LokiJS that is used here, as read in its sources (1.5, `Loki.prototype`). */
interface Database {
  /** Something was changed since the last save. */
  autosaveDirty(): boolean
  /** Writes beside the file and renames: a process that is killed leaves the old one or the new one. */
  saveDatabase(done: (error?: unknown) => void): void
}

const SOON_MS = 200
/** A large database takes long to write and holds everything else up: at most this part of the time goes into it. */
const SHARE = 1 / 5

/**
 * Writes what was changed a moment ago, since Azurite itself saves only every five seconds and what was answered by then would be gone
 * with a process that is killed.
 *
 * @returns the way to stop it, which waits for a save under way
 */
export function saveSoon(database: Database): () => Promise<void> {
  let saving: Promise<void> = Promise.resolve()
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const save = (): Promise<void> =>
    new Promise((resolve) => {
      database.saveDatabase((error) => {
        if (error !== undefined && error !== null)
          process.emitWarning(`The tables could not be saved: ${(error as Error).message}`)
        resolve()
      })
    })
  const look = async (): Promise<void> => {
    const began = performance.now()
    if (database.autosaveDirty()) {
      saving = save()
      await saving
    }
    if (!stopped) next(Math.max(SOON_MS, (performance.now() - began) / SHARE))
  }
  const next = (ms: number): void => {
    timer = setTimeout(() => void look(), ms).unref()
  }
  next(SOON_MS)
  return async () => {
    stopped = true
    clearTimeout(timer)
    await saving
  }
}
