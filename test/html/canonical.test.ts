import * as fc from 'fast-check'
import { canonicalHtml } from '../../shared/html/canonical'
import { plainText } from '../../shared/html/plain'

const html = (input: string) => canonicalHtml(input, 'html')

/** What Exchange makes of a body that is written (G-25). */
const wrapped = (inner: string) =>
  `<html>\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n</head>\r\n<body>\r\n${inner}\r\n</body>\r\n</html>\r\n`

describe('canonical HTML', () => {
  it.each([
    ['nothing', '', ''],
    ['an empty frame', wrapped(''), ''],
    ['bare text', 'Agenda', 'Agenda'],
    ['paragraphs', '<p>One</p>\r\n<p>Two</p>', '<p>One</p><p>Two</p>'],
    ['divs as lines', '<div>One</div><div>Two</div>', 'One<br>Two'],
    [
      'an empty div as an empty line',
      '<div>One</div><div><br></div><div>Two</div>',
      'One<br><br>Two',
    ],
    ['blank paragraphs at the end', '<p>One</p><p>&nbsp;</p><br><br>', '<p>One</p>'],
    ['no-break spaces', 'One&nbsp; two', 'One two'],
    [
      'synonyms',
      '<b>One</b> <i>two</i> <strike>three</strike>',
      '<strong>One</strong> <em>two</em> <s>three</s>',
    ],
    ['formats that touch', '<b>One </b><b>two</b>', '<strong>One two</strong>'],
    ['empty formats', '<b></b>One<i> </i>', 'One'],
    ['a list', '<ul>\n<li>One</li>\n<li>Two</li></ul>', '<ul><li>One</li><li>Two</li></ul>'],
    [
      'missing end tags',
      '<ul><li>One<li>Two</ul><p>a<p>b',
      '<ul><li>One</li><li>Two</li></ul><p>a</p><p>b</p>',
    ],
    [
      'a table',
      '<table border="1"><tbody><tr><td>1</td><td></td></tr></tbody></table>',
      '<table><tr><td>1</td><td></td></tr></table>',
    ],
    [
      'a format around blocks',
      '<b><div>One</div><div>Two</div></b>',
      '<strong>One</strong><br><strong>Two</strong>',
    ],
    ['styles and classes', '<p class="x" style="color:red" onclick="x()">One</p>', '<p>One</p>'],
    ['scripts, styles, comments', '<script>x()</script><style>p{}</style><!-- c -->One', 'One'],
    [
      'a link',
      '<a href="https://x.example/?a=1&amp;b=2" target="_blank">here</a>',
      '<a href="https://x.example/?a=1&amp;b=2">here</a>',
    ],
    [
      'a link that runs code',
      '<a href="javascript:x()">here</a> <b>a</b>',
      'here <strong>a</strong>',
    ],
    ['preformatted text', '<pre>One\n  two</pre>', 'One<br>two'],
    ['entities', 'Caf&eacute; &amp; &lt;b&gt; &quot;q&quot;', 'Café &amp; &lt;b&gt; "q"'],
    ['control characters that hide in entities', 'a&#1;b&#x0;', 'ab\ufffd'],
    [
      'blocks without end',
      '<ul><li>'.repeat(5000) + 'x',
      '<ul><li>'.repeat(30) + 'x' + '</li></ul>'.repeat(30),
    ],
    ['NUL', 'a\u0000b', 'ab'],
  ])('%s', (_situation, input, expected) => {
    expect(html(input)).toBe(expected)
    expect(html(wrapped(input))).toBe(expected)
    expect(html(expected)).toBe(expected)
  })

  it('escapes plain text and keeps its lines', () => {
    expect(canonicalHtml('a < b & c\r\n\r\n<b>d</b>\n', 'text')).toBe(
      'a &lt; b &amp; c<br><br>&lt;b&gt;d&lt;/b&gt;',
    )
  })

  it('never changes what it has made, whatever it was made from', () => {
    const piece = fc.constantFrom(
      ...[
        '<p>',
        '</p>',
        '<div>',
        '</div>',
        '<br>',
        '<b>',
        '</b>',
        '<i>',
        '</i>',
        '<ul>',
        '<li>',
        '</ul>',
        '<table>',
      ],
      ...[
        '<tr>',
        '<td>',
        '</td>',
        '</table>',
        '<hr>',
        '<pre>',
        '</pre>',
        '<h2>',
        '</h2>',
        '<blockquote>',
        '</blockquote>',
      ],
      ...[
        '<a href="https://x.example/">',
        '<a href="javascript:1">',
        '</a>',
        ' ',
        '\r\n',
        '&nbsp;',
        'one',
        'two',
        '<',
        '&',
        '"',
        '<span class="x">',
      ],
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 14 }),
        fc.string({ maxLength: 5 }),
        (pieces, end) => {
          const once = html(pieces.join('') + end)
          expect(html(once)).toBe(once)
          expect(html(wrapped(once))).toBe(once)
        },
      ),
      { numRuns: 1500 },
    )
  })

  it('escapes any plain text so that it reads back as the same words', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = canonicalHtml(text, 'text')
        expect(html(once)).toBe(once)
      }),
    )
  })
})

describe('plain text', () => {
  it('shows lines, items and the text of links', () => {
    expect(
      plainText('<p>One</p><ul><li>Two</li></ul>a<br><a href="https://x.example/">b</a>'),
    ).toBe('One\n\n * Two\n\na\nb')
  })
})
