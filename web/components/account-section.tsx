import { useState } from 'preact/hooks'
import { fieldAt } from '../state/settings-draft'
import type { Check, Connection } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import { useConnect } from '../state/use-connect'
import type { Loaded } from '../state/use-load'
import { useOperation } from '../state/use-operation'
import type { SettingsState } from '../state/use-settings'
import { texts } from '../texts'
import { AccountName } from './account-name'
import { AttendeesQuestion } from './attendees-question'
import { Button } from './button'
import { CheckResult } from './check-result'
import { ConnectProgress } from './connect-progress'
import { DisconnectDialog } from './disconnect-dialog'
import { DisconnectReceipt } from './disconnect-receipt'
import { Notice } from './notice'
import { Failed, Loading, Part } from './part'

interface AccountSectionProps {
  api: Api
  scope: string
  connection: Loaded<Connection>
  settings: SettingsState
  /** The account was connected or disconnected: everything below is stale. */
  onChanged: () => void
}

/** “Am I connected?”: Connect, the account, Check connection, Disconnect. */
export function AccountSection(props: AccountSectionProps) {
  const { api, scope, connection, settings, onChanged } = props
  const [asking, setAsking] = useState<'attendees' | 'disconnect' | null>(null)
  const [answered, setAnswered] = useState(false)
  const [check, setCheck] = useState<Check | null>(null)
  const connecting = useBusy()
  const checking = useBusy()
  const disconnecting = useOperation(api, onChanged)
  const { attempt, connect } = useConnect(api, scope, (ended) => {
    connection.set(ended)
    onChanged()
  })

  const known = connection.value
  const begin = (attendees: string | null) => {
    setAsking(null)
    setCheck(null)
    disconnecting.follow(null)
    void connecting.run(() =>
      connect(known, async () => {
        if (attendees !== null) await settings.saveField({ calendar: { attendees } })
      }),
    )
  }
  const effective = settings.settings && fieldAt(settings.settings, 'calendar.attendees').effective
  const askOrBegin = () => {
    if (known?.microsoft === null && !answered && effective !== undefined) setAsking('attendees')
    else begin(null)
  }
  const runCheck = () =>
    void checking.run(async () => {
      setCheck(null)
      setCheck((await api.send<Check>('POST', `${scope}connection/check`, {})).body)
    })

  const waiting = attempt.phase === 'waiting' || connecting.busy
  const connected = known?.state === 'connected' || known?.state === 'needs-attention'
  const problem = connecting.problem ?? checking.problem
  return (
    <Part heading={texts.account.heading} id="account">
      {!known && !connection.problem && <Loading lines={2} />}
      {connection.problem && <Failed problem={connection.problem} retry={connection.reload} />}
      {known && (
        <div class="account">
          <AccountName connection={known} />
          {!disconnecting.running && known.state !== 'disconnecting' && (
            <div class="actions">
              {known.state !== 'connected' && (
                <Button look="primary" onClick={askOrBegin} busy={waiting}>
                  {known.microsoft ? texts.account.reconnect : texts.account.connect}
                </Button>
              )}
              {connected && (
                <Button onClick={runCheck} busy={checking.busy}>
                  {checking.busy ? texts.account.checking : texts.account.check}
                </Button>
              )}
              {known.microsoft && (
                <Button
                  look="quiet"
                  onClick={() => {
                    setAsking('disconnect')
                  }}
                >
                  {texts.disconnect.open}…
                </Button>
              )}
            </div>
          )}
        </div>
      )}
      <ConnectProgress attempt={attempt} />
      {known?.reason && attempt.phase === 'idle' && (
        <Notice mood="bad">
          <p>{known.reason.message}</p>
          {known.reason.adminConsentUrl && (
            <p>
              <a href={known.reason.adminConsentUrl} target="_blank" rel="noreferrer">
                {texts.account.adminLink}
              </a>
            </p>
          )}
        </Notice>
      )}
      {problem && <Notice mood="bad">{problem.message}</Notice>}
      {check && <CheckResult check={check} />}
      {disconnecting.operation && <DisconnectReceipt operation={disconnecting.operation} />}
      {asking === 'attendees' && (
        <AttendeesQuestion
          effective={String(effective)}
          onAnswer={(answer) => {
            setAnswered(true)
            begin(answer === effective ? null : answer)
          }}
          onClose={() => {
            setAsking(null)
          }}
        />
      )}
      {asking === 'disconnect' && (
        <DisconnectDialog
          api={api}
          scope={scope}
          onStarted={(operation) => {
            setAsking(null)
            setCheck(null)
            disconnecting.follow(operation)
          }}
          onClose={() => {
            setAsking(null)
          }}
        />
      )}
    </Part>
  )
}
