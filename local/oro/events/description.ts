import sanitizeHtml from 'sanitize-html'

const cleaned = new Map<string, string>()

/** A description as Oro shows it: stored as sent, sanitised when read (contract 3.3). */
export function sanitised(description: string | null): string | null {
  if (description === null || !/[<&]/.test(description)) return description
  const known = cleaned.get(description)
  if (known !== undefined) return known
  const clean = sanitizeHtml(description, {
    allowedTags: [...sanitizeHtml.defaults.allowedTags, 'img'],
    allowedAttributes: {
      '*': ['style', 'class', 'title'],
      a: ['href', 'target', 'rel'],
      img: ['src', 'alt', 'width', 'height'],
    },
  })
  if (cleaned.size > 20000) cleaned.clear()
  cleaned.set(description, clean)
  return clean
}
