import { createHash } from 'node:crypto'

/** Namespace of every UUIDv5 this product makes; fixed for ever, since the ids made with it are stored in Oro. */
const NAMESPACE = Buffer.from('6f1d7b7a5c0e4c53a2b4f0a81c2d9e37', 'hex')

/**
 * UUIDv5 (RFC 9562, 5.5) of a name in the product's namespace. Oro's uid holds 36 characters, a Graph iCalUId does not fit
 * (oro/README 3.11).
 */
export function uuidV5(name: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16)
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
