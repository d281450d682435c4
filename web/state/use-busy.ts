import { useCallback, useRef, useState } from 'preact/hooks'
import type { ApiProblem } from '../api/client'
import { problemOf } from './use-load'

export interface Busy {
  busy: boolean
  problem: ApiProblem | undefined
  /** Runs the work unless one is under way: a double click does it once. */
  run: (work: () => Promise<void>) => Promise<void>
}

export function useBusy(): Busy {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem>()
  // State is visible only after the next render: the second click of a pair would still see the old one.
  const running = useRef(false)
  const run = useCallback(async (work: () => Promise<void>) => {
    if (running.current) return
    running.current = true
    setBusy(true)
    setProblem(undefined)
    try {
      await work()
    } catch (cause) {
      setProblem(problemOf(cause))
    } finally {
      running.current = false
      setBusy(false)
    }
  }, [])
  return { busy, problem, run }
}
