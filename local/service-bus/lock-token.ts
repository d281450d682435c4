import { string_to_uuid, uuid_to_string } from 'rhea'

/** .NET's Guid has its first three groups little-endian: so are delivery tags, while `$management` sends plain UUIDs. */
function reorder(bytes: Buffer): Buffer {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  return Buffer.from(order.map((index) => bytes[index] ?? 0))
}

export function deliveryTag(token: string): Buffer {
  return reorder(string_to_uuid(token))
}

export function tokenBytes(token: string): Buffer {
  return string_to_uuid(token)
}

export function tokenFrom(bytes: Buffer): string {
  return uuid_to_string(bytes)
}
