import fc from 'fast-check'
import type { Side } from '../../shared/core/model'
import type { Call, Fault } from '../../shared/adapters/memory/faults'
import type { CalendarSettings } from '../../shared/settings/schema'

export type Field = 'title' | 'description' | 'when' | 'reminder'

/** What a person does; `pick` chooses among the living items of that side. */
export type Act =
  | {
      readonly do: 'create'
      readonly side: Side
      readonly audience: number
      readonly invited: boolean
    }
  | { readonly do: 'edit'; readonly side: Side; readonly pick: number; readonly field: Field }
  | { readonly do: 'same-edit'; readonly pick: number }
  | { readonly do: 'remove'; readonly side: Side; readonly pick: number }
  | { readonly do: 'cancel'; readonly pick: number }
  | { readonly do: 'move'; readonly pick: number }
  | { readonly do: 'move-back'; readonly pick: number }
  | { readonly do: 'hide'; readonly pick: number; readonly private: boolean }
  | { readonly do: 'far'; readonly side: Side; readonly pick: number }
  | { readonly do: 'touch'; readonly side: Side; readonly pick: number }

/** One step of a storm, as plain data: a failing list of them is its own script. */
export type Step =
  | Act
  | { readonly do: 'twin' }
  | { readonly do: 'settings'; readonly change: Partial<CalendarSettings> }
  | { readonly do: 'fault'; readonly side: Side; readonly call: Call; readonly fault: Fault }
  | { readonly do: 'refuse'; readonly side: Side; readonly names: boolean }
  | { readonly do: 'accept' }
  | { readonly do: 'expire' }
  | { readonly do: 'replay'; readonly count: number }
  | { readonly do: 'feed'; readonly readable: boolean }
  | { readonly do: 'wait'; readonly minutes: number }
  | { readonly do: 'lose-message' }
  | { readonly do: 'double-message' }
  | {
      readonly do: 'run'
      readonly reason: 'interval' | 'hint' | 'manual'
      /** The worker dies at this step of its work; 0 = it lives. */
      readonly killAt: number
      /** Another worker takes over while this one sleeps longer than its lease; 0 = never. */
      readonly sleepAt: number
      /** Somebody acts while the run is at work; 0 = nobody does. */
      readonly slipAt: number
      readonly slip: Act
    }

const side = fc.constantFrom<Side>('oro', 'microsoft')
const pick = fc.nat(20)
const field = fc.constantFrom<Field>('title', 'description', 'when', 'reminder')

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      side,
      audience: fc.constantFrom(0, 0, 0, 2),
      invited: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('edit' as const), side, pick, field }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('same-edit' as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), side, pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move-back' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('touch' as const), side, pick }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('hide' as const), pick, private: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('far' as const), side, pick }) },
)

const settings = fc.oneof(
  fc.record({
    direction: fc.constantFrom(
      'bidirectional' as const,
      'oro-to-microsoft' as const,
      'microsoft-to-oro' as const,
    ),
  }),
  fc.record({
    conflictResolution: fc.constantFrom('oro' as const, 'microsoft' as const, 'newest' as const),
  }),
  fc.record({ deleteVsEdit: fc.constantFrom('keep-edit' as const, 'delete-wins' as const) }),
  fc.record({ private: fc.constantFrom('busy' as const, 'full' as const, 'skip' as const) }),
  fc.record({ foreignEdit: fc.constantFrom('leave' as const, 'revert' as const) }),
)

const sometimes = (share: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 10 - share, arbitrary: fc.constant(0) },
    { weight: share, arbitrary: fc.integer({ min: 1, max: 60 }) },
  )

const run = fc.record({
  do: fc.constant('run' as const),
  reason: fc.constantFrom(
    'interval' as const,
    'interval' as const,
    'hint' as const,
    'manual' as const,
  ),
  killAt: sometimes(2),
  sleepAt: sometimes(1),
  slipAt: sometimes(3),
  slip: act,
})

const call = fc.constantFrom<Call>(
  'gather',
  'read',
  'create',
  'update',
  'remove',
  'readBack',
  'find',
)
const fault = fc.constantFrom<Fault>(
  'unsent',
  'unanswered',
  'unanswered',
  'changed',
  'throttled',
  'broken',
  'unproven',
)

const world: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('twin' as const) }),
  fc.record({ do: fc.constant('settings' as const), change: settings }),
  fc.record({ do: fc.constant('settings' as const), change: settings }),
  fc.record({ do: fc.constant('fault' as const), side, call, fault }),
  fc.record({ do: fc.constant('fault' as const), side, call, fault }),
  fc.record({ do: fc.constant('refuse' as const), side, names: fc.boolean() }),
  fc.record({ do: fc.constant('accept' as const) }),
  fc.record({ do: fc.constant('expire' as const) }),
  fc.record({ do: fc.constant('replay' as const), count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constant('feed' as const), readable: fc.boolean() }),
  fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 3, 20, 70, 400) }),
  fc.record({ do: fc.constant('lose-message' as const) }),
  fc.record({ do: fc.constant('double-message' as const) }),
)

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: act },
  { weight: 3, arbitrary: run },
  { weight: 2, arbitrary: world },
)
