import type { CompanyView } from '../company-view'

export type Side = 'oro' | 'outlook'
export type Kind = 'calendar' | 'tasks'

export const SIDES: readonly Side[] = ['oro', 'outlook']
export const KINDS: readonly Kind[] = ['calendar', 'tasks']

export const otherOf = (side: Side): Side => (side === 'oro' ? 'outlook' : 'oro')

/** Sends an edit of an item on one side; `done` is said when it was carried out. */
export type Edit = (side: Side, what: object, done: string) => void

/** One row of either side and the section it lies in; sections are shown in the order of their keys. */
export interface Row {
  readonly side: Side
  readonly id: string
  readonly section: { readonly key: string; readonly name: string }
  readonly summary: HTMLElement[]
  readonly editor: HTMLElement
  /** Of the whole row, for its look. */
  readonly look: string
  /** Changes with everything that is shown, so that what has just arrived can be marked. */
  readonly content: string
}

/** How events, or tasks, are shown and edited. */
export interface KindOnPage {
  readonly headings: Readonly<Record<Side, string>>
  readonly sides: Readonly<Record<Side, string>>
  /** What the box does that is not ticked at first. */
  readonly more: string
  readonly nothing: string
  /** How many items a side has, in words. */
  count(company: CompanyView, side: Side): string
  rows(company: CompanyView, showsMore: boolean, edit: Edit): Row[]
  /** Fields of a new item beside its title, and what is sent for them. */
  newItem(): {
    /** What it is called. */
    readonly what: string
    readonly fields: HTMLInputElement[]
    members(zone: string): object
  }
}
