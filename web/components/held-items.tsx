import type { HeldItem } from '../api/answers'
import { texts } from '../texts'
import { Instant } from '../time'

interface HeldItemsProps {
  items: HeldItem[]
  cleared: ReadonlySet<string>
  onChange: (cleared: ReadonlySet<string>) => void
}

/** The list of what would go, each with a box, all ticked to begin with. */
export function HeldItems({ items, cleared, onChange }: HeldItemsProps) {
  const all = cleared.size === 0
  const toggle = (id: string) => {
    const next = new Set(cleared)
    if (!next.delete(id)) next.add(id)
    onChange(next)
  }
  return (
    <>
      <label class="tick">
        <input
          type="checkbox"
          checked={all}
          onChange={() => {
            onChange(all ? new Set(items.map(({ id }) => id)) : new Set())
          }}
        />
        <span class="strong">{texts.hold.all(items.length)}</span>
      </label>
      <ul class="held">
        {items.map((item) => (
          <li key={item.id}>
            <label class="tick">
              <input
                type="checkbox"
                checked={!cleared.has(item.id)}
                onChange={() => {
                  toggle(item.id)
                }}
              />
              <span>
                <span class="title">{item.label}</span>
                <span class="help">
                  {item.when && (
                    <>
                      <Instant at={item.when.start} /> ·{' '}
                    </>
                  )}
                  {texts.hold.would(item.operation, item.side)}
                </span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </>
  )
}
