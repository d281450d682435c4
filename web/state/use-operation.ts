import { useState } from 'preact/hooks'
import type { Operation } from '../api/answers'
import type { Api } from '../api/client'
import { problemOf } from './use-load'
import { useInterval } from './use-interval'

const underWay = (operation: Operation | null) =>
  operation !== null && ['queued', 'running', 'waiting'].includes(operation.state)

/** Follows a long operation until it ends, then says so once. */
export function useOperation(api: Api, onEnd: () => void) {
  const [operation, follow] = useState<Operation | null>(null)
  const running = underWay(operation)
  useInterval(
    async () => {
      if (operation === null) return
      try {
        const { body } = await api.get<Operation>(`operations/${encodeURIComponent(operation.id)}`)
        follow(body)
        if (!underWay(body)) onEnd()
      } catch (cause) {
        // One missed look is no news; the next comes.
        problemOf(cause)
      }
    },
    running ? 1500 : null,
  )
  return { operation, running, follow }
}
