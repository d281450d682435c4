import { useEffect, useRef, useState } from 'preact/hooks'
import type { Connection, ConnectInvitation } from '../api/answers'
import type { Api } from '../api/client'

const pollMs = 1500
/** A pop-up that looks closed may only be out of reach (Cross-Origin-Opener-Policy), so the answer may still come. */
const graceMs = 4500

export type Attempt =
  { phase: 'idle' | 'waiting' | 'closed' | 'timed-out' } | { phase: 'blocked'; connectUrl: string }

interface Watch {
  popup: Window | null
  until: number
  before: Connection | undefined
}

/**
 * Opens the Microsoft sign-in and watches for its end. The window is opened before the first `await`, within the click, or the browser would
 * block it. Only the interface decides how it ended: a closed window proves nothing.
 */
export function useConnect(api: Api, scope: string, onEnd: (connection: Connection) => void) {
  const [attempt, setAttempt] = useState<Attempt>({ phase: 'idle' })
  const [watch, setWatch] = useState<Watch | null>(null)
  const end = useRef(onEnd)
  end.current = onEnd

  async function connect(before: Connection | undefined, prepare: () => Promise<void>) {
    const popup = window.open('', 'oro-microsoft-connect', 'popup,width=520,height=700')
    try {
      await prepare()
      const { body } = await api.send<ConnectInvitation>('POST', `${scope}connection`, {})
      if (popup) popup.location.href = body.connectUrl
      setAttempt(popup ? { phase: 'waiting' } : { phase: 'blocked', connectUrl: body.connectUrl })
      setWatch({ popup, until: Date.parse(body.expiresAt), before })
    } catch (cause) {
      popup?.close()
      setAttempt({ phase: 'idle' })
      throw cause
    }
  }

  useEffect(() => {
    if (watch === null) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let closedAt: number | null = null
    let asking = false
    const look = async () => {
      if (asking) return
      asking = true
      clearTimeout(timer)
      const ended = await lookOnce().catch(() => false)
      asking = false
      if (!ended && !stopped) timer = setTimeout(() => void look(), pollMs)
    }
    const lookOnce = async () => {
      const { body } = await api.get<Connection>(`${scope}connection`)
      if (stopped) return true
      if (hasEnded(body, watch.before)) {
        setWatch(null)
        setAttempt({ phase: 'idle' })
        watch.popup?.close()
        end.current(body)
        return true
      }
      if (Date.now() > watch.until) {
        setWatch(null)
        setAttempt({ phase: 'timed-out' })
        return true
      }
      if (watch.popup?.closed) closedAt ??= Date.now()
      if (closedAt !== null && Date.now() - closedAt > graceMs) setAttempt({ phase: 'closed' })
      return false
    }
    let stopped = false
    const onMessage = (event: MessageEvent) => {
      if (event.origin === location.origin) void look()
    }
    window.addEventListener('message', onMessage)
    timer = setTimeout(() => void look(), pollMs)
    return () => {
      stopped = true
      clearTimeout(timer)
      window.removeEventListener('message', onMessage)
    }
  }, [watch, api, scope])

  return { attempt, connect }
}

function hasEnded(now: Connection, before: Connection | undefined): boolean {
  if (now.state === 'connecting') return false
  return now.state !== before?.state || now.since !== before.since
}
