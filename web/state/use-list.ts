import type { Page } from '../api/answers'
import type { Api } from '../api/client'
import { useLoad, type Loaded } from './use-load'

export interface List<Item> extends Loaded<Page<Item>> {
  loadMore: () => Promise<void>
}

/** A paged list: `{items, next}`, read on with the opaque `next`. */
export function useList<Item>(api: Api, call: string): List<Item> {
  const loaded = useLoad(async () => (await api.get<Page<Item>>(call)).body)
  const loadMore = async () => {
    const shown = loaded.value
    if (!shown?.next) return
    const separator = call.includes('?') ? '&' : '?'
    const { body } = await api.get<Page<Item>>(
      `${call}${separator}next=${encodeURIComponent(shown.next)}`,
    )
    loaded.set({ items: [...shown.items, ...body.items], next: body.next })
  }
  return { ...loaded, loadMore }
}
