import { texts } from './texts'

const near = new Intl.DateTimeFormat(texts.locale, { hour: '2-digit', minute: '2-digit' })
const far = new Intl.DateTimeFormat(texts.locale, { dateStyle: 'medium', timeStyle: 'short' })
const exact = new Intl.DateTimeFormat(texts.locale, { dateStyle: 'full', timeStyle: 'long' })

/** An instant in the viewer's zone: the time alone for today, else with the date. */
export function formatInstant(instant: string, now: Date): string {
  const at = new Date(instant)
  return at.toDateString() === now.toDateString() ? near.format(at) : far.format(at)
}

/** An instant for people and machines; the zone is named on hovering. */
export function Instant({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exact.format(new Date(at))}>
      {formatInstant(at, new Date())}
    </time>
  )
}
