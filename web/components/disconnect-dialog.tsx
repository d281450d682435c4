import type { Operation } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import { texts } from '../texts'
import { Dialog } from './dialog'

interface DisconnectDialogProps {
  api: Api
  scope: string
  onStarted: (operation: Operation) => void
  onClose: () => void
}

/** Says what a disconnect does and leaves in place, then starts it. */
export function DisconnectDialog({ api, scope, onStarted, onClose }: DisconnectDialogProps) {
  const { busy, problem, run } = useBusy()
  const t = texts.disconnect
  const start = () =>
    run(async () => {
      const { body } = await api.send<Operation>('DELETE', `${scope}connection?cleanup=leave`)
      onStarted(body)
    })
  return (
    <Dialog
      heading={t.heading}
      action={t.open}
      look="danger"
      busy={busy}
      problem={problem}
      onAction={() => void start()}
      onClose={onClose}
    >
      <p>{t.text}</p>
      <p>{t.again}</p>
    </Dialog>
  )
}
