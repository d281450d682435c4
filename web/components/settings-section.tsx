import { useEffect, useRef } from 'preact/hooks'
import { fieldsAt, pathParts, type FieldPath } from '../../shared/settings/fields'
import type { Level } from '../../shared/settings/schema'
import type { SettingsState } from '../state/use-settings'
import { texts } from '../texts'
import { FieldList } from './field-list'
import { Failed, Loading, Part } from './part'
import { SaveBar } from './save-bar'

type Section = keyof typeof texts.settings.sections

/** At system level the enable boxes stand together, as Oro's users know it (oro/README.md 9.2). */
function sectionOf(path: FieldPath, level: Level): Section {
  const [section, name] = pathParts(path)
  if (level === 'system' && name === 'enabled') return 'integrations'
  return section === 'calendar' || section === 'tasks' ? section : 'synchronization'
}

/** “What can I set?”: Oro's sections, every field with its inherit box. */
export function SettingsSection({ state, level }: { state: SettingsState; level: Level }) {
  const { settings, problem, reload, outcome } = state
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (outcome.kind === 'refused') {
      form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
    }
    if (outcome.kind === 'lost-race') {
      form.current?.querySelector('.meanwhile')?.scrollIntoView({ block: 'center' })
    }
  }, [outcome])
  const sections = Object.keys(texts.settings.sections) as Section[]
  return (
    <Part heading={texts.settings.heading} id="settings">
      {!settings && !problem && <Loading lines={6} />}
      {!settings && problem && <Failed problem={problem} retry={reload} />}
      {settings && (
        <form
          ref={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            void state.save()
          }}
        >
          {sections.map((section) => {
            const paths = fieldsAt(level).filter((path) => sectionOf(path, level) === section)
            return paths.length === 0 ? null : (
              <fieldset key={section} class="settings">
                <legend>
                  <h3>{texts.settings.sections[section]}</h3>
                </legend>
                <FieldList paths={paths} settings={settings} state={state} />
              </fieldset>
            )
          })}
          <SaveBar state={state} />
        </form>
      )}
    </Part>
  )
}
