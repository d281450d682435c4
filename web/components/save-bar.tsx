import type { SettingsState } from '../state/use-settings'
import { texts } from '../texts'
import { Button } from './button'
import { Notice } from './notice'

/** Appears with the first change and stays in sight: how many, Save, Discard, and how the last saving went. */
export function SaveBar({ state }: { state: SettingsState }) {
  const { changed, outcome } = state
  const t = texts.settings
  const saving = outcome.kind === 'saving'
  const dirty = changed.length > 0
  return (
    <div class={dirty ? 'save-bar dirty' : 'save-bar'}>
      {outcome.kind === 'saved' && <Notice mood="good">{t.saved}</Notice>}
      {outcome.kind === 'lost-race' && <Notice mood="bad">{t.lostRace}</Notice>}
      {outcome.kind === 'failed' && <Notice mood="bad">{outcome.message}</Notice>}
      {outcome.kind === 'refused' && (
        <Notice mood="bad">
          <p>{t.refused}</p>
          {outcome.others.map((detail) => (
            <p key={detail}>{detail}</p>
          ))}
        </Notice>
      )}
      {dirty && (
        <div class="actions">
          <p class="strong grow">{t.unsaved(changed.length)}</p>
          <Button onClick={state.discard} busy={saving}>
            {t.discard}
          </Button>
          <Button submit look="primary" busy={saving}>
            {saving ? t.saving : t.save}
          </Button>
        </div>
      )}
    </div>
  )
}
