import { notesHtml, notesParts, withChecklist } from '../../shared/html/notes'

const CHECKLIST = ['[x] Call', '[ ] Write & send <now>']

describe('the notes of a task', () => {
  it.each(['', 'One', 'One\nTwo', 'One\n\n\nTwo', '<b> & "quoted"', '* a\n* b'])(
    '%j stay the same through a description',
    (notes) => {
      expect(notesParts(notesHtml({ notes, checklist: [] }))).toEqual({ notes, checklist: [] })
    },
  )

  it('are the text of a formatted description', () => {
    expect(notesParts('<p>One <b>bold</b></p><p>Two&nbsp;</p>').notes).toBe('One bold\n\nTwo')
  })

  it('may be written with any line ends', () => {
    expect(notesHtml({ notes: 'One\r\nTwo\rThree\n', checklist: [] })).toBe(
      '<p>One<br>Two<br>Three</p>',
    )
  })
})

describe('the checklist in a description', () => {
  it.each(['', 'One\nTwo'])('is cut from the notes %j and goes back', (notes) => {
    const parts = { notes, checklist: CHECKLIST }
    expect(notesParts(notesHtml(parts))).toEqual(parts)
  })

  it('is written behind a formatted text that stays as it is', () => {
    const raw = '<p style="color:red">One <b>bold</b></p>'
    const written = withChecklist(raw, CHECKLIST)
    expect(written.startsWith(raw)).toBe(true)
    expect(notesParts(written)).toEqual({ notes: 'One bold', checklist: CHECKLIST })
  })

  it('is replaced where it stands, and vanishes without lines', () => {
    const raw = `${withChecklist('<p>Before</p>', CHECKLIST)}<p>Behind</p>`
    const other = withChecklist(raw, ['[x] Other'])
    expect(notesParts(other)).toEqual({ notes: 'Before\n\nBehind', checklist: ['[x] Other'] })
    expect(notesParts(withChecklist(other, []))).toEqual({
      notes: 'Before\n\nBehind',
      checklist: [],
    })
  })

  it('is found again when an editor changed the white space of its fences', () => {
    const raw = withChecklist('<p>Before</p>', CHECKLIST).replace('--- Ch', '---&nbsp; Ch')
    expect(notesParts(withChecklist(raw, ['[x] Other']))).toEqual({
      notes: 'Before',
      checklist: ['[x] Other'],
    })
  })

  it('is no checklist while one of its fences is missing', () => {
    expect(notesParts('<p>--- Checklist in To Do ---<br>[x] Call</p>')).toEqual({
      notes: '--- Checklist in To Do ---\n[x] Call',
      checklist: [],
    })
  })
})
