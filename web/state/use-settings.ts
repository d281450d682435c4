import { useEffect, useRef, useState } from 'preact/hooks'
import type { FieldPath } from '../../shared/settings/fields'
import type { ExplainedSettings } from '../../shared/settings/resolve'
import type { Answer, Api } from '../api/client'
import {
  changedBetween,
  changedPaths,
  errorsByField,
  patchOf,
  type Draft,
  type Typed,
} from './settings-draft'
import { problemOf, useLoad } from './use-load'

export type Outcome =
  | { kind: 'none' | 'saving' | 'saved' | 'lost-race' }
  | { kind: 'refused'; others: string[] }
  | { kind: 'failed'; message: string }

/** The settings of one level, what is typed over them, and how saving went. */
export function useSettings(api: Api, scope: string) {
  const call = `${scope}settings`
  const loaded = useLoad(() => api.get<ExplainedSettings>(call))
  const [draft, setDraft] = useState<Draft>({})
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' })
  const [errors, setErrors] = useState<Partial<Record<FieldPath, string>>>({})
  const [meanwhile, setMeanwhile] = useState<FieldPath[]>([])
  const saving = useRef(false)
  const settings = loaded.value?.body
  const changed = settings ? changedPaths(settings, draft) : []
  const dirty = changed.length > 0

  useEffect(() => {
    if (!dirty) return undefined
    const guard = (event: BeforeUnloadEvent) => {
      event.preventDefault()
    }
    window.addEventListener('beforeunload', guard)
    return () => {
      window.removeEventListener('beforeunload', guard)
    }
  }, [dirty])

  function type(path: FieldPath, typed: Typed | null) {
    setDraft((before) => ({ ...before, [path]: typed }))
    setErrors((before) => ({ ...before, [path]: undefined }))
    if (outcome.kind === 'saved') setOutcome({ kind: 'none' })
  }

  function settle(answer: Answer<ExplainedSettings>, kind: 'none' | 'saved') {
    loaded.set(answer)
    setDraft({})
    setErrors({})
    setMeanwhile([])
    setOutcome({ kind })
  }

  /** Somebody else was faster: their values become the ground, what was typed stays on top of it. */
  async function catchUp(before: ExplainedSettings) {
    const latest = await api.get<ExplainedSettings>(call)
    loaded.set(latest)
    setMeanwhile(changedBetween(before, latest.body))
    setOutcome({ kind: 'lost-race' })
  }

  async function save() {
    // State is seen only after the next render: the second click of a pair would still find nothing under way.
    if (!loaded.value || saving.current) return
    saving.current = true
    const { body, etag } = loaded.value
    setOutcome({ kind: 'saving' })
    try {
      settle(await api.send('PATCH', call, patchOf(body, draft), etag), 'saved')
    } catch (cause) {
      const problem = problemOf(cause)
      if (problem.status === 412) {
        await catchUp(body).catch((again: unknown) => {
          setOutcome({ kind: 'failed', message: problemOf(again).message })
        })
      } else if (problem.violations.length > 0) {
        const { byField, others } = errorsByField(problem.violations, body.level)
        setErrors(byField)
        setOutcome({ kind: 'refused', others })
      } else setOutcome({ kind: 'failed', message: problem.message })
    } finally {
      saving.current = false
    }
  }

  /** Saves one field at once, past the draft, which stays. */
  async function saveField(patch: object) {
    const etag = loaded.value?.etag ?? null
    loaded.set(await api.send('PATCH', call, patch, etag))
  }

  function discard() {
    setDraft({})
    setErrors({})
    setMeanwhile([])
    setOutcome({ kind: 'none' })
  }

  return {
    settings,
    problem: loaded.problem,
    reload: loaded.reload,
    draft,
    changed,
    errors,
    meanwhile,
    outcome,
    type,
    save,
    saveField,
    discard,
  }
}

export type SettingsState = ReturnType<typeof useSettings>
