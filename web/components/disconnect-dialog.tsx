import { useState } from 'preact/hooks'
import type { Operation } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import { texts } from '../texts'
import { Dialog } from './dialog'
import { RadioChoice } from './radio-choice'

type Cleanup = keyof typeof texts.disconnect.choices

interface DisconnectDialogProps {
  api: Api
  scope: string
  onStarted: (operation: Operation) => void
  onClose: () => void
}

/** Asks what becomes of the copies, then starts the disconnect. */
export function DisconnectDialog({ api, scope, onStarted, onClose }: DisconnectDialogProps) {
  const [cleanup, setCleanup] = useState<Cleanup>('leave')
  const { busy, problem, run } = useBusy()
  const { choices } = texts.disconnect
  const start = () =>
    run(async () => {
      const call = `${scope}connection?cleanup=${cleanup}`
      onStarted((await api.send<Operation>('DELETE', call)).body)
    })
  return (
    <Dialog
      heading={texts.disconnect.heading}
      action={texts.disconnect.open}
      look="danger"
      busy={busy}
      problem={problem}
      onAction={() => void start()}
      onClose={onClose}
    >
      <RadioChoice
        legend={texts.disconnect.text}
        options={(Object.keys(choices) as Cleanup[]).map((value) => ({ value, ...choices[value] }))}
        chosen={cleanup}
        onChoose={setCleanup}
      />
    </Dialog>
  )
}
