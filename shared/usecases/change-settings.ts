import type { Json } from '../core/model'
import { ProblemAnswer, VersionMismatch } from '../errors'
import type { Scope, SettingsStore } from '../ports/stores'
import { explainSettings, mergePatch } from '../settings/resolve'
import {
  enableRefusal,
  parsePatch,
  type OwnSettings,
  type SettingsPatch,
  type SettingsStack,
} from '../settings/schema'
import type { Deps } from './deps'
import { accountsOf } from './pause'
import { actEntry, keepAct } from './record-act'
import { bringForward } from './schedule'

export interface SettingsDeps extends Deps {
  readonly microsoftConfigured: boolean
}

async function stackOf(settings: SettingsStore, scope: Scope): Promise<SettingsStack> {
  if (scope.level === 'user') return settings.stack(scope.account)
  const system = (await settings.get({ level: 'system' })).own
  const organization = scope.level === 'organization' ? (await settings.get(scope)).own : {}
  return { system, organization, user: {} }
}

/** A level without own values has a version too, so that the first change can be guarded like any other. */
const shownEtag = (etag: string | null): string => etag ?? '"none"'

/** `GET …/settings`: per field `{own, inherited, effective, from}`, and the version for `If-Match`. */
export async function readSettings(deps: SettingsDeps, scope: Scope) {
  const { etag } = await deps.settings.get(scope)
  const stack = await stackOf(deps.settings, scope)
  return { body: explainSettings(scope.level, stack), etag: shownEtag(etag) }
}

/** `PATCH …/settings`: JSON merge patch, `null` = inherit. Every fault by pointer; a lost race is 412, no `If-Match` 428. */
export async function patchSettings(
  deps: SettingsDeps,
  scope: Scope,
  request: { body: unknown; ifMatch: string | null; by: string | null },
) {
  if (request.ifMatch === null) {
    throw new ProblemAnswer(
      428,
      'If-Match needed',
      'Send the ETag of the settings that this change is based on.',
    )
  }
  const { own, etag } = await deps.settings.get(scope)
  if (request.ifMatch !== '*' && request.ifMatch !== shownEtag(etag)) throw lostRace()
  const stack = await stackOf(deps.settings, scope)
  const parsed = parsePatch(scope.level, request.body, stack)
  const refusal = enableRefusal(asked(request.body), deps.microsoftConfigured)
  if (!parsed.ok) {
    const faults = [...parsed.violations, ...refusal]
    throw new ProblemAnswer(422, 'Invalid settings', 'Nothing was changed.', faults)
  }
  if (refusal.length > 0) {
    throw new ProblemAnswer(422, 'Not configured', 'Nothing was changed.', refusal)
  }
  const next = mergePatch(own, parsed.patch)
  try {
    await deps.settings.put(scope, next, etag)
  } catch (error) {
    if (error instanceof VersionMismatch) throw lostRace()
    throw error
  }
  await recordChange(deps, scope, own, next, request.by)
  if (own.syncInterval !== next.syncInterval)
    await bringForward(deps, await accountsOf(deps, scope))
  return readSettings(deps, scope)
}

/** Reads the enable boxes of a body that may be anything. */
const asked = (body: unknown): SettingsPatch =>
  typeof body === 'object' && body !== null ? body : {}

const lostRace = (): ProblemAnswer =>
  new ProblemAnswer(
    412,
    'Changed meanwhile',
    'Somebody else changed these settings. Read them again; nothing of yours was stored.',
  )

/** Leaves of a settings object by path. */
function leaves(own: OwnSettings): Map<string, Json> {
  const found = new Map<string, Json>()
  for (const [name, value] of Object.entries(own) as [string, Json][]) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [inner, leaf] of Object.entries(value as Record<string, Json>))
        found.set(`${name}.${inner}`, leaf)
    } else found.set(name, value)
  }
  return found
}

async function recordChange(
  deps: SettingsDeps,
  scope: Scope,
  before: OwnSettings,
  after: OwnSettings,
  by: string | null,
): Promise<void> {
  const old = leaves(before)
  const now = leaves(after)
  const names = [...new Set([...old.keys(), ...now.keys()])].filter(
    (name) => JSON.stringify(old.get(name)) !== JSON.stringify(now.get(name)),
  )
  if (names.length === 0) return
  const fields = names.map((name) => ({
    name,
    old: old.get(name) ?? null,
    new: now.get(name) ?? null,
    lost: null,
  }))
  const act = { kind: 'settings', operation: 'settings', fields, why: 'changed', by } as const
  await keepAct(deps, scope, actEntry(deps, scope, act))
}
