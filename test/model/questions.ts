import { EVENT_FIELDS } from '../../shared/core/event-fields'
import { agrees } from '../../shared/core/fields'
import type { Link, Reading, Side } from '../../shared/core/model'
import { KIND_RULES } from '../../shared/usecases/kinds'
import { resolveSettings } from '../../shared/settings/resolve'
import type { HistoryEntry, Problem } from '../../shared/ports/stores'
import { tagOf, type Storm } from './storm'

interface End {
  readonly links: readonly Link[]
  readonly problems: readonly Problem[]
  readonly history: readonly HistoryEntry[]
  readonly living: Readonly<Record<Side, ReadonlyMap<string, Reading>>>
}

async function end({ person }: Storm): Promise<End> {
  const living = (side: Side) =>
    new Map(
      person[side]
        .living()
        .filter((reading) => !reading.cancelled)
        .map((reading) => [reading.id, reading]),
    )
  return {
    links: await person.state.links(),
    problems: await person.state.problems(),
    history: (await person.state.history({ limit: 10_000, next: null })).items,
    living: { oro: living('oro'), microsoft: living('microsoft') },
  }
}

const idOn = (link: Link, side: Side): string => (side === 'oro' ? link.oroId : link.microsoftId)

/** A problem that excuses an item: not the mere report that a conflict was decided. */
const excused = ({ problems }: End, link: Link): boolean =>
  problems.some(
    (problem) =>
      problem.code !== 'conflict' &&
      (problem.oroId === link.oroId || problem.microsoftId === link.microsoftId),
  )

/** Every living item has one counterpart that says the same, or a state that says why not. */
function divergences(state: End): string[] {
  const found: string[] = []
  const policy = KIND_RULES.calendar.policy(
    resolveSettings({ system: {}, organization: {}, user: {} }),
    'Europe/Berlin',
  )
  for (const side of ['oro', 'microsoft'] as const) {
    for (const id of state.living[side].keys()) {
      const links = state.links.filter((link) => idOn(link, side) === id && link.state !== 'closed')
      const named = state.problems.some((problem) =>
        side === 'oro' ? problem.oroId === id : problem.microsoftId === id,
      )
      const span = state.living[side].get(id)?.span
      const far = span !== undefined && span !== null && span.start > '2027-09'
      if (links.length === 0 && !named && !far && !state.living[side].get(id)?.private)
        found.push(`${side} ${id} has no link and no problem`)
      if (links.length > 1) found.push(`${side} ${id} has ${String(links.length)} links`)
    }
  }
  for (const link of state.links) {
    if (link.state !== 'linked') continue
    const oro = state.living.oro.get(link.oroId)
    const microsoft = state.living.microsoft.get(link.microsoftId)
    if (!oro || !microsoft) {
      found.push(`linked ${link.oroId}/${link.microsoftId} lacks a copy`)
      continue
    }
    if (excused(state, link)) continue
    for (const rule of EVENT_FIELDS) {
      if (microsoft.private && rule.maskable) continue
      const o = oro.fields[rule.name]
      const m = microsoft.fields[rule.name]
      if (o === undefined && m === undefined) continue
      // Adopted by likeness, the two were left as they were, and that was said.
      const told = state.problems.some(
        (problem) => problem.oroId === link.oroId && problem.fields.includes(rule.name),
      )
      if (told) continue
      if (!agrees(rule, o ?? null, m ?? null, { policy, masked: false }))
        found.push(
          `${rule.name} of ${link.oroId}: ${JSON.stringify(o)} against ${JSON.stringify(m)}`,
        )
    }
  }
  return found
}

function doubles({ diary }: Storm, state: End): string[] {
  const found: string[] = []
  for (const side of ['oro', 'microsoft'] as const) {
    const seen = new Map<string, string>()
    for (const reading of state.living[side].values()) {
      const tag = tagOf(reading.fields['title'])
      const before = seen.get(tag)
      // Hidden items of two people are called the same.
      if (before !== undefined && tag !== 'Private' && !diary.twins.has(tag))
        found.push(`${side} holds ${tag} twice: ${before} and ${reading.id}`)
      seen.set(tag, reading.id)
    }
  }
  return found
}

/** The last edit of every field is where it was made, or the history has it. */
function lostEdits({ diary, person }: Storm, state: End): string[] {
  const last = new Map(
    diary.edits.map((edit) => [`${edit.side}:${edit.id}:${edit.field}`, edit] as const),
  )
  const kept = JSON.stringify(state.history.map((entry) => entry.fields))
  return [...last.values()].flatMap(({ side, id, field, mark, racing, version }) => {
    const reading = state.living[side].get(id)
    if (!reading) return []
    const link = state.links.find((entry) => idOn(entry, side) === id)
    if (!link || excused(state, link) || link.label === 'Private') return []
    // Made alike on both sides it was agreed upon, and a later edit of one side is the newer word.
    if (diary.edits.some((edit) => edit.side !== side && edit.mark === mark)) return []
    // Oro knows no If-Match (oro/README 3.3): what a person writes between our read and our write of that field is overwritten.
    const overtaken = person.oro.writes.some(
      (write) => write.id === id && write.fields.includes(field) && write.version > version,
    )
    if (side === 'oro' && racing && overtaken) return []
    if (JSON.stringify(reading.fields[field]).includes(mark) || kept.includes(mark)) return []
    return [`${field} ${mark} of ${side} ${id} is nowhere`]
  })
}

/** Nothing went away that nobody deleted. */
function vanished({ person, diary }: Storm, state: End): string[] {
  return (['oro', 'microsoft'] as const).flatMap((side) =>
    [...person[side].items.values()].flatMap((item) => {
      if (!item.deleted || diary.removed.has(`${side}:${item.id}`)) return []
      const links = state.links.filter((link) => idOn(link, side) === item.id)
      const other: Side = side === 'oro' ? 'microsoft' : 'oro'
      const meant = links.some((link) => diary.removed.has(`${other}:${idOn(link, other)}`))
      return meant ? [] : [`${side} ${item.id} was deleted though nobody asked for it`]
    }),
  )
}

function mails({ person, diary }: Storm, state: End): string[] {
  return [...person.microsoft.items.values()].flatMap((item) => {
    if (item.audience === 0) return []
    // Its counterparts over time: a re-creation gives it another one.
    const oroIds = [...state.links, ...state.history].flatMap((entry) =>
      entry.microsoftId === item.id && entry.oroId !== null ? [entry.oroId] : [],
    )
    const own = person.microsoft.mails.filter((mail) => mail.id === item.id)
    const updates = own.filter((mail) => mail.operation === 'update').length / item.audience
    // An edit in Oro, or one in Outlook that lost to it.
    const edits = diary.edits.filter(({ side, id }) =>
      side === 'oro' ? oroIds.includes(id) : id === item.id,
    )
    const deletions = own.filter((mail) => mail.operation === 'delete').length
    const asked = oroIds.some((id) => diary.removed.has(`oro:${id}`))
    return [
      ...(updates > edits.length
        ? [`${String(updates)} mails of ${item.id} for ${String(edits.length)} edits`]
        : []),
      ...(deletions > 0 && !asked ? [`${item.id} was cancelled by mail`] : []),
    ]
  })
}

/** What is wrong after a storm and a calm; empty = nothing. */
export async function wrongs(storm: Storm): Promise<string[]> {
  const { world, person } = storm
  const state = await end(storm)
  const ended = world.log.filter((line) => line.event === 'run.ended')
  const echo = Number(ended.at(-1)?.properties['writes'] ?? Number.NaN)
  const transient = state.problems.filter((problem) => problem.nextTryAt !== null)
  const run = await person.state.run()
  const counts = run?.value.counts
  const linked = state.links.filter((link) => link.state === 'linked').length
  return [
    ...divergences(state),
    ...doubles(storm, state),
    ...lostEdits(storm, state),
    ...vanished(storm, state),
    ...mails(storm, state),
    ...(echo === 0 ? [] : [`The last run wrote ${String(echo)} times`]),
    ...transient.map((problem) => `still failing: ${problem.code} ${String(problem.attempts)}`),
    ...(counts?.linked === linked
      ? []
      : [`counts say ${String(counts?.linked)} linked of ${String(linked)}`]),
    ...(world.queue.waiting.length > 1
      ? [`${String(world.queue.waiting.length)} messages wait`]
      : []),
  ]
}
