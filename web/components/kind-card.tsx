import type { Kind, KindStatus } from '../api/answers'
import { texts } from '../texts'
import { Instant } from '../time'
import type { Mood } from './icon'
import { Pill } from './pill'

const moods: Record<KindStatus['state'], Mood> = {
  off: 'off',
  idle: 'good',
  queued: 'busy',
  running: 'busy',
  throttled: 'attention',
  paused: 'paused',
  attention: 'attention',
}

/** How one kind stands: In Progress, Last Sync At, Next Sync At, and why it is not syncing. */
export function KindCard({ kind, status }: { kind: Kind; status: KindStatus }) {
  const t = texts.status
  const { progress, reason } = status
  return (
    <section class="kind" aria-labelledby={`kind-${kind}`}>
      <div class="kind-head">
        <h3 id={`kind-${kind}`}>{texts.kinds[kind]}</h3>
        <Pill mood={moods[status.state]}>{t.states[status.state]}</Pill>
      </div>
      {status.inProgress && progress && (
        <div class="progress">
          <progress
            aria-label={`${texts.kinds[kind]}: ${t.states.running}`}
            value={progress.total ? progress.done : undefined}
            max={progress.total || undefined}
          />
          {progress.total ? <span>{t.progress(progress.done, progress.total)}</span> : null}
        </div>
      )}
      {reason && <p class="why">{reason.message}</p>}
      <dl class="facts">
        <dt>{t.lastSync}</dt>
        <dd>{status.lastSyncAt ? <Instant at={status.lastSyncAt} /> : texts.never}</dd>
        <dt>{t.nextSync}</dt>
        <dd>{status.nextSyncAt ? <Instant at={status.nextSyncAt} /> : '–'}</dd>
        <dt>{t.linked}</dt>
        <dd>{t.items(status.counts.linked)}</dd>
      </dl>
    </section>
  )
}
