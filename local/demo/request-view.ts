import type { StandIns } from '../platform'
import type { LoggedRequest } from '../stand-in/server'

/** One request that a stand-in was asked, oldest first. */
export interface ShownRequest {
  readonly at: string
  readonly to: 'Oro' | 'Graph' | 'Entra'
  readonly method: string
  readonly path: string
  readonly status: number | null
}

const REQUESTS = 60

/** Queries of delta links and ids of Graph are long and say nothing to a person. */
const shortened = (path: string): string =>
  (path.split('?', 1)[0] ?? '')
    .split('/')
    .map((segment) => (segment.length > 40 ? `${segment.slice(0, 5)}…` : segment))
    .join('/')

/** The last ones of all three together. */
export function latestRequests({ graph, oro, entra }: StandIns): ShownRequest[] {
  const shown = (to: ShownRequest['to'], log: readonly LoggedRequest[]): ShownRequest[] =>
    log.slice(-REQUESTS).map(({ at, method, path, status }) => ({
      at,
      to,
      method,
      path: shortened(path),
      status,
    }))
  return [
    ...shown('Oro', oro.log),
    ...shown('Graph', graph.log),
    ...shown('Entra', entra.server.log),
  ]
    .sort((a, b) => a.at.localeCompare(b.at))
    .slice(-REQUESTS)
}
