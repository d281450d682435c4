import { fields, type FieldGroup, type FieldPath } from '../../shared/settings/fields'
import type { ExplainedSettings } from '../../shared/settings/resolve'
import { applies, drafted } from '../state/settings-draft'
import type { SettingsState } from '../state/use-settings'
import { texts } from '../texts'
import { FieldRow } from './field-row'

interface FieldListProps {
  paths: FieldPath[]
  settings: ExplainedSettings
  state: SettingsState
}

/** The fields of a section: the basic ones in sight, the others folded by subject until something in them asks to be seen. */
export function FieldList({ paths, settings, state }: FieldListProps) {
  const shown = paths.filter((path) => applies(settings, state.draft, path))
  const inGroup = (group: FieldGroup) => shown.filter((path) => fields[path].group === group)
  const rows = (group: FieldPath[]) =>
    group.map((path) => <FieldRow key={path} path={path} settings={settings} state={state} />)
  return (
    <>
      {rows(inGroup('basics'))}
      {(['scope', 'people', 'safety'] as const).map((group) => {
        const members = inGroup(group)
        if (members.length === 0) return null
        const own = members.filter((path) => drafted(settings, state.draft, path) !== null).length
        const marked = members.some(
          (path) => state.errors[path] !== undefined || state.meanwhile.includes(path),
        )
        return (
          <details key={group} open={marked || undefined}>
            <summary>
              <span>{texts.settings.groups[group]}</span>
              {own > 0 && <span class="help">{texts.settings.ownHere(own)}</span>}
            </summary>
            {rows(members)}
          </details>
        )
      })}
    </>
  )
}
