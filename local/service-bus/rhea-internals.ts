import { message, types, type Delivery, type Sender } from 'rhea'

/** Parts of rhea that a broker needs and its typings leave out (rhea 3.0.5, lib/link.js, endpoint.js, session.js, message.js). */
interface LinkInternals {
  state: { local_open: boolean; open_requests: number }
  local: { attach: Record<string, unknown> }
  session: { outgoing: { next_pending_delivery: number } }
  delivery_count: number
  credit: number
  _draining: boolean
  _drained: boolean
  _get_drain: () => boolean
}

interface Outcomes {
  accepted(): { described(): unknown }
  rejected(fields: { error: AmqpCondition }): { described(): unknown }
}

export interface AmqpCondition {
  condition: string
  description: string
}

const internals = (link: unknown): LinkInternals => link as LinkInternals
const outcomes = message as unknown as Outcomes

/** Takes back the attach that rhea has decided on but not written yet; `open()` sends it later. */
export function holdAttach(link: Sender): void {
  const { state } = internals(link)
  state.local_open = false
  state.open_requests -= 1
}

export function setAttachField(link: unknown, field: string, value: unknown): void {
  internals(link).local.attach[field] = value
}

/** rhea lowers credit only when it writes: a delivery with this id is still in its queue. */
export function isUnwritten(link: Sender, delivery: Delivery): boolean {
  return delivery.id >= internals(link).session.outgoing.next_pending_delivery
}

/** rhea answers a drain only when credit is left; a receiver whose credit the last message used up would wait in vain. */
export function answerDrainWithoutCredit(link: Sender): void {
  const inner = internals(link)
  inner._get_drain = () => {
    if (!inner._draining || !inner._drained) return false
    inner.delivery_count += inner.credit
    inner.credit = 0
    inner._draining = false
    return true
  }
}

export function settleAccepted(delivery: Delivery): void {
  delivery.update(true, outcomes.accepted().described())
}

export function settleRejected(delivery: Delivery, error: AmqpCondition): void {
  delivery.update(true, outcomes.rejected({ error }).described())
}

/** Milliseconds since 1970 as .NET ticks (100 ns since year 1), the unit of `com.microsoft:locked-until-utc`. */
export function ticks(ms: number): unknown {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(Math.floor(ms)) * 10_000n + 621_355_968_000_000_000n)
  return types.wrap_long(bytes)
}
