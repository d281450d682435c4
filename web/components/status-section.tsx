import { useState } from 'preact/hooks'
import type { Connection, Kind, Operation, Status } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import type { Loaded } from '../state/use-load'
import { texts } from '../texts'
import { Agreement } from './agreement'
import { Button } from './button'
import { KindCard } from './kind-card'
import { Notice } from './notice'
import { Failed, Loading, Part } from './part'

interface StatusSectionProps {
  api: Api
  scope: string
  connection: Connection | undefined
  status: Loaded<Status>
  /** A synchronization was asked for. */
  onSyncing: (operation: Operation) => void
}

/** “Does everything agree?”: one sentence, then each kind, Sync now and Pause. */
export function StatusSection(props: StatusSectionProps) {
  const { api, scope, connection, status, onSyncing } = props
  const [said, setSaid] = useState<string | null>(null)
  const { busy, problem, run } = useBusy()
  const t = texts.status
  const act = (call: 'pause' | 'resume', done: string) =>
    void run(async () => {
      setSaid(null)
      await api.send('POST', `${scope}${call}`, {})
      setSaid(done)
      await status.reload()
    })
  const sync = () =>
    void run(async () => {
      setSaid(null)
      onSyncing((await api.send<Operation>('POST', `${scope}sync`, { mode: 'changes' })).body)
      setSaid(t.syncStarted)
      await status.reload()
    })
  const known = status.value
  const connected = connection !== undefined && connection.microsoft !== null
  const syncs =
    connection?.state !== 'needs-reconnect' &&
    Object.values(known?.kinds ?? {}).some(({ enabled }) => enabled)
  return (
    <Part heading={texts.agreement.heading} id="agreement">
      {!known && !status.problem && <Loading lines={4} />}
      {status.problem && <Failed problem={status.problem} retry={status.reload} />}
      {known && connection && <Agreement connection={connection} status={known} />}
      {known && connected && (
        <>
          <div class="kinds">
            {(['calendar', 'tasks'] as Kind[]).map((kind) => (
              <KindCard key={kind} kind={kind} status={known.kinds[kind]} />
            ))}
          </div>
          <div class="actions">
            {known.paused === null && syncs && (
              <Button
                look={connection.state === 'connected' ? 'primary' : undefined}
                busy={busy}
                onClick={sync}
              >
                {t.syncNow}
              </Button>
            )}
            {known.paused === null && (
              <Button
                busy={busy}
                onClick={() => {
                  act('pause', t.paused)
                }}
              >
                {t.pause}
              </Button>
            )}
            {known.paused === 'user' && (
              <Button
                look="primary"
                busy={busy}
                onClick={() => {
                  act('resume', t.resumed)
                }}
              >
                {t.resume}
              </Button>
            )}
            <p class="said" role="status">
              {said}
            </p>
          </div>
        </>
      )}
      {problem && <Notice mood="bad">{problem.message}</Notice>}
    </Part>
  )
}
