import type { Rows } from '../../ports/rows'
import type { Operation, Operations, Ticket, Tickets } from '../../ports/stores'
import { VersionMismatch } from '../../errors'
import { createExpiry } from './expiry'
import { hashed } from './keys'

const OPERATIONS = 'operations'
const TICKETS = 'tickets'

/** Table `operations`. An id is `{organizationId}-{random}`: it names its partition. */
export function createOperations(rows: Rows): Operations {
  const partitionOf = (id: string): string => id.split('-', 1)[0] ?? ''
  const expiry = createExpiry(rows, OPERATIONS)
  const get: Operations['get'] = async (id) => {
    const row = await rows.get<Operation>(OPERATIONS, partitionOf(id), id)
    return row ? { value: row.value, etag: row.etag } : null
  }
  return {
    get,
    async put(operation, etag) {
      const partition = partitionOf(operation.id)
      if (etag === null) await expiry.note(Date.parse(operation.startedAt), partition, operation.id)
      const written = await rows.put(OPERATIONS, partition, operation.id, operation, etag)
      if (etag === null && operation.accountId !== null) {
        const key = `latest:${operation.accountId}:${operation.type}`
        await rows.put(OPERATIONS, partition, key, operation.id)
      }
      return written
    },
    async latest(organizationId, account, type) {
      const key = `latest:${account}:${type}`
      const pointer = await rows.get<string>(OPERATIONS, String(organizationId), key)
      return pointer ? ((await get(pointer.value))?.value ?? null) : null
    },
    purge: (before, limit) => expiry.purge(before, limit),
  }
}

/** Table `tickets`: secrets that work once, kept as hashes (DESIGN 10). */
export function createTickets(rows: Rows): Tickets {
  const expiry = createExpiry(rows, TICKETS)
  return {
    async put(secret, ticket) {
      await expiry.note(ticket.expiresAt, ticket.purpose, hashed(secret))
      await rows.put(TICKETS, ticket.purpose, hashed(secret), ticket, null)
    },
    async take(secret, purpose, now) {
      const row = await rows.get<Ticket>(TICKETS, purpose, hashed(secret))
      if (!row) return null
      try {
        await rows.remove(TICKETS, purpose, row.row, row.etag)
      } catch (error) {
        if (error instanceof VersionMismatch) return null
        throw error
      }
      return row.value.expiresAt > now ? row.value : null
    },
    async find(secret, purpose, now) {
      const row = await rows.get<Ticket>(TICKETS, purpose, hashed(secret))
      return row && row.value.expiresAt > now ? row.value : null
    },
    purge: (before, limit) => expiry.purge(before, limit),
  }
}
