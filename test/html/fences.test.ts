import { bodyParts, joinedBody, withAttendeeList } from '../../shared/html/fences'

const RULE = '_'.repeat(80)
const JOIN = 'https://teams.example/l/meetup?a=1&b=2'
const BLOCK = `<div style="width:100%; height:20px"><span style="color:gray">${RULE}</span></div>\n<div class="me-email-text"><div style="margin-top:24px"><a class="me-email-headline" href="${JOIN.replace('&', '&amp;')}">Join</a></div></div>\n<div style="width:100%"><span style="color:gray">${RULE}</span></div>`

describe('the body of an online meeting', () => {
  it.each([
    [
      'text before the block',
      `<html><body><p>Agenda</p>\r\n${BLOCK}\r\n</body></html>`,
      '<p>Agenda</p>',
    ],
    ['text on both sides', `<div>Agenda</div>${BLOCK}<p>Bye</p>`, 'Agenda<p>Bye</p>'],
    ['nothing but the block', `<html><body>\r\n${BLOCK}</body></html>`, ''],
    [
      'a row of underscores of the user',
      `<p>${RULE}</p><p>Agenda</p>${BLOCK}`,
      `<p>${RULE}</p><p>Agenda</p>`,
    ],
  ])('%s: the block is cut and goes back byte for byte', (_situation, raw, description) => {
    const parts = bodyParts(raw, 'html', JOIN)
    expect(parts.description).toBe(description)
    expect(parts.meeting).toBe(BLOCK)
    const written = joinedBody({ ...parts, description: '<p>New</p>' })
    expect(written).toContain(BLOCK)
    expect(bodyParts(written, 'html', JOIN)).toMatchObject({
      description: '<p>New</p>',
      meeting: BLOCK,
    })
  })

  it.each([
    [
      'Teams puts around it today',
      `<div class="me-email-text" lang="en-US"><div>${RULE}</div><div><a class="me-email-headline" href="${JOIN}">Join</a></div><div>${RULE}</div></div>`,
    ],
    ['somebody has put around it', `<div id="wrapper"><br>${BLOCK}</div>`],
  ])('keeps the element that %s', (_who, block) => {
    const raw = `<html><body><p>Agenda</p>${block}</body></html>`
    const parts = bodyParts(raw, 'html', JOIN)
    expect(parts).toMatchObject({ description: '<p>Agenda</p>', meeting: block })
    expect(joinedBody({ ...parts, description: '<p>New</p>' })).toBe(`<p>New</p>\n${block}`)
  })

  it.each([
    [
      'an element of its own without rules',
      (block: string) => `<html><body><div>Agenda</div>${block}</body></html>`,
      `<div class="x"><div>Meeting</div><p><a href="${JOIN}">Join now</a></p><p>Meeting ID: 1</p></div>`,
    ],
    [
      'the same within a wrapper of the whole body',
      (block: string) => `<body><div><div>Agenda</div><br>${block}</div></body>`,
      `<table><tr><td><a href="${JOIN}">Join now</a></td><td>Meeting ID: 1</td></tr></table>`,
    ],
    [
      'everything behind the only rule',
      (block: string) => `<body><div>Agenda</div>${block}</body>`,
      `<p>${RULE}</p><p><a href="${JOIN}">Join now</a></p><p>Meeting ID: 1</p>`,
    ],
  ])('in another form, %s, is kept as a whole', (_form, around, block) => {
    const parts = bodyParts(around(block), 'html', JOIN)
    expect(parts.meeting).toBe(block)
    expect(parts.description).not.toMatch(/Join|Meeting/)
    const written = joinedBody({ ...parts, description: '<p>New</p>' })
    expect(written).toContain(block)
    expect(bodyParts(written, 'html', JOIN)).toMatchObject({
      description: '<p>New</p>',
      meeting: block,
    })
  })

  it('is recognised by its class names when the link is not known', () => {
    expect(bodyParts(`<p>Agenda</p>${BLOCK}`, 'html', null).meeting).toBe(BLOCK)
  })

  it('keeps at least the link when there are no rules around it', () => {
    const link = `<a href="${JOIN}">Join</a>`
    expect(bodyParts(`<p>Agenda</p>${link}`, 'html', JOIN)).toMatchObject({
      description: '<p>Agenda</p>',
      meeting: link,
    })
  })

  it.each([
    [
      'tags that close nothing',
      (n: number, link: string) => '<b>'.repeat(n) + link + '</i>'.repeat(n),
    ],
    [
      'elements in each other',
      (n: number, link: string) => '<i>'.repeat(n) + link + '</i>'.repeat(n),
    ],
    [
      'heads without an end',
      (n: number, link: string) => `<div>${link}</div>${'<head '.repeat(n)}`,
    ],
    ['rules', (n: number, link: string) => `${`<div>${RULE}`.repeat(n / 20)}${link}`],
    ['fences', (n: number, link: string) => `<div>${link}</div>${'--- Attendees '.repeat(n)}`],
  ])('a body made to cost time costs little: %s', (_kind, hostile) => {
    const raw = hostile(40_000, `<a class="me-email-headline" href="${JOIN}">Join</a>`)
    const began = performance.now()
    bodyParts(raw, 'html', JOIN)
    bodyParts(raw, 'html', null)
    // Measured: below 0.4 s. What grows with the square of the length takes minutes.
    expect(performance.now() - began).toBeLessThan(5000)
  })

  it('leaves a body without a block alone', () => {
    expect(bodyParts('<p>Agenda</p>', 'html', JOIN)).toEqual({
      description: '<p>Agenda</p>',
      attendeeList: [],
      meeting: '',
    })
  })
})

describe('the list of attendees in a body', () => {
  const attendeeList = ['Ann <ann@example.com>', 'Bob & Co <bob@example.com>']

  it.each([
    ['a text', '<p>Agenda</p><ul><li>One</li></ul>'],
    ['a line', 'Agenda'],
    ['no text', ''],
  ])('comes back beside %s and never inside the description', (_situation, description) => {
    const written = joinedBody({ description, attendeeList, meeting: BLOCK })
    expect(bodyParts(written, 'html', JOIN)).toEqual({ description, attendeeList, meeting: BLOCK })
  })

  it('can be replaced, added and taken away without touching the rest', () => {
    const raw = `<html><body><p style="color:red">Agenda</p>${BLOCK}</body></html>`
    const added = withAttendeeList(raw, attendeeList, JOIN)
    expect(bodyParts(added, 'html', JOIN)).toMatchObject({ attendeeList, meeting: BLOCK })
    const replaced = withAttendeeList(added, ['Cy <cy@example.com>'], JOIN)
    expect(bodyParts(replaced, 'html', JOIN).attendeeList).toEqual(['Cy <cy@example.com>'])
    expect(replaced).toContain('<p style="color:red">Agenda</p>')
    expect(bodyParts(withAttendeeList(replaced, [], JOIN), 'html', JOIN)).toEqual({
      description: '<p>Agenda</p>',
      attendeeList: [],
      meeting: BLOCK,
    })
  })

  it.each([
    ['wraps the line', '--- Attendees in\r\nOro ---'],
    ['keeps its blanks together', '---&nbsp;Attendees&#160;in Oro\u00a0---'],
    ['marks a word', '--- <span class="err">Attendees</span> in Oro ---'],
  ])('is found again when a server %s', (_what, start) => {
    const raw = `<html><body><p>Agenda</p><div>${start}<br>Ann &lt;ann@example.com&gt;<br>--- End of attendees ---</div></body></html>`
    const agenda = { description: '<p>Agenda</p>', meeting: '' }
    const before = { ...agenda, attendeeList: ['Ann <ann@example.com>'] }
    expect(bodyParts(raw, 'html', null)).toEqual(before)
    const replaced = withAttendeeList(raw, ['Cy <cy@example.com>'], null)
    const after = { ...agenda, attendeeList: ['Cy <cy@example.com>'] }
    expect(bodyParts(replaced, 'html', null)).toEqual(after)
    expect(bodyParts(withAttendeeList(raw, [], null), 'html', null)).toEqual({
      ...agenda,
      attendeeList: [],
    })
  })

  it('is still recognised after Outlook made links and paragraphs of it', () => {
    const raw =
      '<p>Agenda</p><p class="x">--- Attendees in Oro ---</p><p>Ann &lt;<a href="mailto:ann@example.com">ann@example.com</a>&gt;</p><p>--- End of attendees ---</p>'
    expect(bodyParts(raw, 'html', null)).toEqual({
      description: '<p>Agenda</p>',
      attendeeList: ['Ann <ann@example.com>'],
      meeting: '',
    })
  })
})
