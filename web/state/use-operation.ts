import { useState } from 'preact/hooks'
import type { Operation } from '../api/answers'
import type { Api } from '../api/client'
import { problemOf } from './use-load'
import { useInterval } from './use-interval'

const underWay = (operation: Operation | null) =>
  operation !== null && ['queued', 'running', 'waiting'].includes(operation.state)

/** Follows a long operation until it ends, then says so once; one that is answered as done has ended. */
export function useOperation(api: Api, onEnd: () => void) {
  const [operation, setOperation] = useState<Operation | null>(null)
  const running = underWay(operation)
  useInterval(
    async () => {
      if (operation === null) return
      try {
        const { body } = await api.get<Operation>(`operations/${encodeURIComponent(operation.id)}`)
        follow(body)
      } catch (cause) {
        // One missed look is no news; the next comes.
        problemOf(cause)
      }
    },
    running ? 1500 : null,
  )
  function follow(next: Operation | null) {
    setOperation(next)
    if (next !== null && !underWay(next)) onEnd()
  }
  return { operation, running, follow }
}
