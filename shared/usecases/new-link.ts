import { stampOf } from '../core/linked-item'
import { masked } from '../core/policy'
import type { Link, Reading } from '../core/model'
import type { ItemRef } from '../ports/side'
import { rfc3339 } from './deps'
import type { RunContext } from './run-context'

/**
 * A link on which nothing has been agreed yet.
 *
 * @param about the item whose place in time and people are known; an Outlook item where there is one
 */
export function newLink(
  context: RunContext,
  {
    oro,
    microsoft,
    about,
    generation,
  }: {
    readonly oro: ItemRef
    readonly microsoft: ItemRef
    readonly about: Reading
    readonly generation: number
  },
): Link {
  const outlook = about.side === 'microsoft'
  const versions = { oro: '', microsoft: '', [about.side]: about.version }
  return {
    oroId: oro.id,
    microsoftId: microsoft.id,
    oroContainer: oro.container,
    microsoftContainer: microsoft.container,
    containers: context.containers,
    state: 'linked',
    reason: null,
    generation,
    role: outlook ? about.role : 'organizer',
    base: {},
    stamp: stampOf(context.policy, outlook && masked(context.policy, about)),
    versions,
    refused: {},
    drift: {},
    span: about.span,
    label: about.label,
    audience: outlook ? about.audience : 0,
    agreedAt: rfc3339(context.deps.clock.now()),
  }
}
