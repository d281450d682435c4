import type { StandInAnswer } from '../stand-in/server'
import { auditItem } from './audits'
import { dateTest, textTest } from './conditions'
import { cut, included, json, methodNotAllowed, type Call } from './old-rest'

/** `GET /api/rest/{v}/audits.json`: id ascending, `_` stands for `\` in objectClass (contract 6.2). */
export function auditList(call: Call): StandInAnswer {
  if (call.request.method !== 'GET') return methodNotAllowed()
  const { conditions } = call.query
  const logged = dateTest(conditions.get('loggedAt'))
  const action = textTest(conditions.get('action'))
  const user = textTest(conditions.get('user'))
  const wanted = conditions.get('objectClass')?.value.replaceAll('_', '\\')
  const rows = call.world.audits
    .rows()
    .filter(
      (row) =>
        (row.organizationId === null || row.organizationId === call.application.organizationId) &&
        logged(row.loggedAt) &&
        action(row.action) &&
        user(row.userId) &&
        (wanted === undefined || row.objectClass === wanted),
    )
  return json(200, cut(call.query, rows).map(auditItem), included(call.request, rows.length))
}
