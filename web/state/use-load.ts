import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { ApiProblem } from '../api/client'

export interface Loaded<Value> {
  value: Value | undefined
  problem: ApiProblem | undefined
  reload: () => Promise<void>
  set: (value: Value) => void
}

/** Loads once and whenever `reload` is called. An answer that a later one has overtaken is dropped; a failed reload keeps the old value. */
export function useLoad<Value>(load: () => Promise<Value>): Loaded<Value> {
  const [value, setValue] = useState<Value>()
  const [problem, setProblem] = useState<ApiProblem>()
  const latest = useRef(0)
  const shown = useRef(false)
  shown.current = value !== undefined
  const loading = useRef(load)
  loading.current = load
  const reload = useCallback(async () => {
    const mine = ++latest.current
    try {
      const answer = await loading.current()
      if (mine !== latest.current) return
      setValue(answer)
      setProblem(undefined)
    } catch (cause) {
      const failed = problemOf(cause)
      // That the page has expired is said once for all of it; what was shown stays readable.
      const saidElsewhere = failed.status === 401 && shown.current
      if (mine === latest.current && !saidElsewhere) setProblem(failed)
    }
  }, [])
  const set = useCallback((next: Value) => {
    latest.current++
    setValue(next)
    setProblem(undefined)
  }, [])
  useEffect(() => {
    void reload()
  }, [reload])
  return { value, problem, reload, set }
}

/** What was thrown, as a problem to show; a defect of the page itself is not hidden behind it. */
export function problemOf(cause: unknown): ApiProblem {
  if (cause instanceof ApiProblem) return cause
  throw cause
}
