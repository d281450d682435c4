import { VersionMismatch } from '../../shared/errors'
import { startingWith, type Rows } from '../../shared/ports/rows'

/** What every implementation of `Rows` does, memory and Azurite alike. */
export function rowsContract(name: string, open: () => Promise<Rows>): void {
  describe(`rows: ${name}`, () => {
    let rows: Rows
    let partition: string
    let count = 0
    beforeAll(async () => {
      rows = await open()
    })
    beforeEach(() => {
      count += 1
      partition = `1-${String(count)}:calendar`
    })

    it('gives back what was put and undefined for what was not', async () => {
      await rows.put('sync', partition, 'run', { a: [1, null, 'ü'] })
      expect((await rows.get('sync', partition, 'run'))?.value).toEqual({ a: [1, null, 'ü'] })
      expect(await rows.get('sync', partition, 'other')).toBeUndefined()
    })

    it('refuses an insert over an existing row and an update with an old version', async () => {
      const first = await rows.put('sync', partition, 'run', 1, null)
      await expect(rows.put('sync', partition, 'run', 2, null)).rejects.toThrow(VersionMismatch)
      const second = await rows.put('sync', partition, 'run', 2, first)
      expect(second).not.toBe(first)
      await expect(rows.put('sync', partition, 'run', 3, first)).rejects.toThrow(VersionMismatch)
      expect((await rows.get('sync', partition, 'run'))?.value).toBe(2)
    })

    it('removes quietly without a version and strictly with one', async () => {
      const etag = await rows.put('sync', partition, 'run', 1)
      await rows.put('sync', partition, 'run', 2)
      await expect(rows.remove('sync', partition, 'run', etag)).rejects.toThrow(VersionMismatch)
      await rows.remove('sync', partition, 'run')
      await rows.remove('sync', partition, 'run')
      expect(await rows.get('sync', partition, 'run')).toBeUndefined()
    })

    it('lists a range in order and stops at the limit', async () => {
      for (const key of ['oro:3', 'oro:1', 'problem:1', 'oro:2'])
        await rows.put('sync', partition, key, key)
      const one = { from: partition, to: partition }
      const found = await rows.query('sync', { partitions: one, ...startingWith('oro:') })
      expect(found.map((row) => row.row)).toEqual(['oro:1', 'oro:2', 'oro:3'])
      expect(await rows.query('sync', { partitions: one, limit: 2 })).toHaveLength(2)
    })

    it('lists across partitions', async () => {
      await rows.put('due', `0-${partition}`, 'a', 1)
      await rows.put('due', `0-${partition}x`, 'b', 2)
      const found = await rows.query('due', {
        partitions: { from: `0-${partition}`, to: `0-${partition}x` },
        to: 'b',
      })
      expect(found.map((row) => row.value)).toEqual([1])
    })

    it('carries out a transaction whole or not at all', async () => {
      const etag = await rows.put('sync', partition, 'run', 1)
      const etags = await rows.transact('sync', partition, [
        { put: 'run', value: 2, etag },
        { put: 'oro:1', value: 'link' },
      ])
      expect(etags).toHaveLength(2)
      await expect(
        rows.transact('sync', partition, [
          { put: 'oro:2', value: 'lost' },
          { put: 'run', value: 3, etag },
        ]),
      ).rejects.toThrow(VersionMismatch)
      await expect(
        rows.transact('sync', partition, [{ put: 'oro:2', value: 'lost' }, { remove: 'oro:9' }]),
      ).rejects.toThrow(VersionMismatch)
      expect(await rows.get('sync', partition, 'oro:2')).toBeUndefined()
      expect((await rows.get('sync', partition, 'run'))?.value).toBe(2)
    })

    it('keeps a value of several hundred kilobytes', async () => {
      const long = Array.from({ length: 40_000 }, (_, index) => `line ${String(index * 7919)}`)
      await rows.put('sync', partition, 'oro:1', long)
      expect((await rows.get('sync', partition, 'oro:1'))?.value).toEqual(long)
    })

    it('hands out copies', async () => {
      const value = { list: [1] }
      await rows.put('sync', partition, 'run', value)
      value.list.push(2)
      expect((await rows.get('sync', partition, 'run'))?.value).toEqual({ list: [1] })
    })
  })
}
