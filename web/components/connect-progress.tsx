import type { Attempt } from '../state/use-connect'
import { texts } from '../texts'
import { Notice } from './notice'

/** How the sign-in in the other window stands. */
export function ConnectProgress({ attempt }: { attempt: Attempt }) {
  switch (attempt.phase) {
    case 'idle':
      return null
    case 'waiting':
      return (
        <Notice mood="busy">
          <p class="strong">{texts.account.connecting}</p>
          <p>{texts.account.connectingHelp}</p>
        </Notice>
      )
    case 'blocked':
      return (
        <Notice mood="attention">
          <p>{texts.account.blocked}</p>
          <p>
            <a href={attempt.connectUrl} target="_blank" rel="noreferrer">
              {texts.account.blockedLink}
            </a>
          </p>
        </Notice>
      )
    case 'closed':
      return <Notice mood="attention">{texts.account.closed}</Notice>
    case 'timed-out':
      return <Notice mood="attention">{texts.account.timedOut}</Notice>
  }
}
