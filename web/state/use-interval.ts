import { useEffect, useRef } from 'preact/hooks'

/** Repeats while `periodMs` is not null and the page is visible; the next wait begins when the work has ended. */
export function useInterval(work: () => Promise<void>, periodMs: number | null): void {
  const current = useRef(work)
  current.current = work
  useEffect(() => {
    if (periodMs === null) return undefined
    let timer: ReturnType<typeof setTimeout>
    let stopped = false
    const tick = async () => {
      if (!document.hidden) await current.current()
      if (!stopped) timer = setTimeout(() => void tick(), periodMs)
    }
    timer = setTimeout(() => void tick(), periodMs)
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [periodMs])
}
