import type { Json } from '../core/model'
import { ProblemAnswer, VersionMismatch } from '../errors'
import type { Scope, SettingsStore } from '../ports/stores'
import { explainSettings, mergePatch, resolveSettings } from '../settings/resolve'
import {
  enableRefusal,
  parsePatch,
  type OwnSettings,
  type SettingsPatch,
  type SettingsStack,
} from '../settings/schema'
import { bringForward } from './bring-forward'
import type { Deps } from './deps'
import { actEntry, keepAct } from './record-act'

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

interface PatchRequest {
  readonly body: unknown
  readonly ifMatch: string | null
  readonly by: string | null
}

/** Does `If-Match` (RFC 9110 13.1.1: `*` or a list) allow this version? Without it every version will do. */
const allows = (ifMatch: string | null, etag: string): boolean =>
  ifMatch === null ||
  ifMatch.trim() === '*' ||
  [...ifMatch.matchAll(/(?:W\/)?"[^"]*"/g)].some(([tag]) => tag === etag)

/** How often a change that names no version is merged anew into what somebody else has just stored. */
const MERGE_TRIES = 5

/**
 * `PATCH …/settings`: JSON merge patch, `null` = inherit. Every fault by pointer. With `If-Match` a lost race is 412; without it the named
 * fields alone are changed, whatever else changed meanwhile.
 */
export async function patchSettings(deps: SettingsDeps, scope: Scope, request: PatchRequest) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await patchOnce(deps, scope, request)
    } catch (error) {
      if (!(error instanceof VersionMismatch)) throw error
      if (request.ifMatch !== null || attempt === MERGE_TRIES) throw lostRace()
    }
  }
}

async function patchOnce(deps: SettingsDeps, scope: Scope, request: PatchRequest) {
  const { own, etag } = await deps.settings.get(scope)
  if (!allows(request.ifMatch, shownEtag(etag))) throw lostRace()
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
  await deps.settings.put(scope, next, etag)
  await recordChange(deps, scope, own, next, request.by)
  if (own.syncInterval !== next.syncInterval)
    await bringForward(deps, scope, {
      before: resolveSettings(stack).syncInterval,
      after: resolveSettings(await stackOf(deps.settings, scope)).syncInterval,
    })
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
