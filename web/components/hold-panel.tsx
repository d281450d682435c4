import { useState } from 'preact/hooks'
import type { Hold } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import { texts } from '../texts'
import { Button } from './button'
import { Dialog } from './dialog'
import { HeldItems } from './held-items'
import { RadioChoice } from './radio-choice'

/** The interface takes so many at once. */
const idsPerCall = 500

type Then = keyof typeof texts.hold.then

interface HoldPanelProps {
  api: Api
  scope: string
  hold: Hold
  onDecided: () => void
}

/** A held run: what would go, and Confirm or Refuse for what is ticked. */
export function HoldPanel({ api, scope, hold, onDecided }: HoldPanelProps) {
  const [cleared, setCleared] = useState<ReadonlySet<string>>(new Set())
  const [asking, setAsking] = useState<'confirm' | 'refuse' | null>(null)
  const [then, setThen] = useState<Then>('unlink')
  const [said, setSaid] = useState('')
  const { busy, problem, run } = useBusy()
  const t = texts.hold
  // What was cleared is remembered, not what was ticked: items that arrive later are part of the question.
  const chosen = hold.items.filter(({ id }) => !cleared.has(id)).map(({ id }) => id)
  const decide = (call: 'confirm' | 'refuse', choice: object, done: string) =>
    void run(async () => {
      // Always by name: what arrived after the list was drawn has not been decided upon.
      for (let from = 0; from < chosen.length; from += idsPerCall) {
        const ids = chosen.slice(from, from + idsPerCall)
        await api.send('POST', `${scope}hold/${call}`, { ids, ...choice })
      }
      setAsking(null)
      setSaid(done)
      onDecided()
    })
  return (
    <div class="hold" hidden={hold.items.length === 0 && said === ''}>
      {hold.items.length > 0 && (
        <div class="panel">
          <h3>{t.heading(hold.items.length)}</h3>
          <p class="help">{t.why(hold.limit)}</p>
          <HeldItems items={hold.items} cleared={cleared} onChange={setCleared} />
          <div class="actions">
            <Button
              look="danger"
              disabled={chosen.length === 0}
              onClick={() => {
                setAsking('confirm')
              }}
            >
              {t.confirm(chosen.length)}
            </Button>
            <Button
              disabled={chosen.length === 0}
              onClick={() => {
                setAsking('refuse')
              }}
            >
              {t.refuse(chosen.length)}
            </Button>
          </div>
        </div>
      )}
      <p class="said" role="status">
        {said}
      </p>
      {asking === 'confirm' && (
        <Dialog
          heading={t.confirmHeading(chosen.length)}
          action={t.confirm(chosen.length)}
          look="danger"
          busy={busy}
          problem={problem}
          onAction={() => {
            decide('confirm', {}, t.confirmed(chosen.length))
          }}
          onClose={() => {
            setAsking(null)
          }}
        >
          <p>{t.confirmText}</p>
        </Dialog>
      )}
      {asking === 'refuse' && (
        <Dialog
          heading={t.refuseHeading(chosen.length)}
          action={t.keep}
          busy={busy}
          problem={problem}
          onAction={() => {
            decide('refuse', { then }, t.refused(chosen.length))
          }}
          onClose={() => {
            setAsking(null)
          }}
        >
          <RadioChoice
            legend={t.refuseText}
            options={(Object.keys(t.then) as Then[]).map((value) => ({ value, ...t.then[value] }))}
            chosen={then}
            onChoose={setThen}
          />
        </Dialog>
      )}
    </div>
  )
}
