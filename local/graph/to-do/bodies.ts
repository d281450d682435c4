import type { Json } from '../model'
import type { RouteContext } from '../routing'
import { readOnlyMembers } from '../schema'

/** What Graph passes over and the contract forbids: members that only answers hold. */
export function noteReadOnly(context: RouteContext, schema: string, given: Json): void {
  for (const name of readOnlyMembers(schema, given)) {
    context.violation('read-only', `the request sets the read-only member '${name}'`)
  }
}
