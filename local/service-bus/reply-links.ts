import type { Connection, EventContext, Message as RheaMessage, Sender } from 'rhea'

/** The links on which clients await the answers of `$cbs` and `$management`. */
export interface ReplyLinks {
  add(link: Sender): void
  answer(context: EventContext, request: RheaMessage, bytes: Buffer): void
  dropWhere(connection: Connection, gone: (link: Sender) => boolean): void
}

export function createReplyLinks(): ReplyLinks {
  const byConnection = new Map<Connection, Sender[]>()
  return {
    add(link) {
      byConnection.set(link.connection, [...(byConnection.get(link.connection) ?? []), link])
    },
    answer(context, request, bytes) {
      const links = byConnection.get(context.connection) ?? []
      const named = links.filter((link) => addressOf(link.target) === request['reply_to'])
      const ofSession = links.filter((link) => link.session === context.session)
      // `$cbs` links name no target address, and a session may have several reply links: then each is answered.
      for (const link of named.length > 0 ? named : ofSession) link.send(bytes, undefined, 0)
    },
    dropWhere(connection, gone) {
      const left = (byConnection.get(connection) ?? []).filter((link) => !gone(link))
      if (left.length > 0) byConnection.set(connection, left)
      else byConnection.delete(connection)
    },
  }
}

/** The address of a link's source or target; '' when it has none. */
export function addressOf(terminus: unknown): string {
  return (terminus as { address?: string } | null | undefined)?.address ?? ''
}
