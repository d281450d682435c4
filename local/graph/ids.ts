/** Ids, change keys and random choices of the stand-in: the same seed gives the same ones. */
export interface Ids {
  /** 0 ≤ x < 1. */
  random(): number
  guid(): string
  /** An item id; holds `/`, `+` and `=` as the contract's section 2 allows. */
  immutableId(): string
  movableId(): string
  containerId(): string
  iCalUId(): string
}

/** @param seed any integer */
export function createIds(seed: number): Ids {
  let state = seed >>> 0
  // mulberry32
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const bytes = (words: number): Buffer => {
    const buffer = Buffer.allocUnsafe(words * 4)
    for (let at = 0; at < words; at += 1) buffer.writeUInt32BE(word(), at * 4)
    return buffer
  }
  return {
    random: () => word() / 2 ** 32,
    guid() {
      const hex = bytes(4).toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
    },
    immutableId: () => `AAkALgAA/${bytes(10).toString('base64')}`,
    movableId: () => `AAMkADAw+${bytes(10).toString('base64')}`,
    containerId: () => `AAMkAGI1/${bytes(7).toString('base64')}`,
    iCalUId: () => `040000008200E00074C5B7101A82E008${bytes(16).toString('hex').toUpperCase()}`,
  }
}

/** changeKey of a version; the etag is this in `W/"…"`. */
export function changeKeyOf(version: number): string {
  const buffer = Buffer.alloc(16, 0xa5)
  buffer.writeUInt32BE(version >>> 0, 12)
  return buffer.toString('base64')
}

export function etagOf(version: number): string {
  return `W/"${changeKeyOf(version)}"`
}
