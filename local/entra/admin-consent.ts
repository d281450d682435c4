import type { StandInAnswer } from '../stand-in/server'
import { back, type Realm } from './authorize'
import type { EntraTenant } from './model'
import { adminConsentPage, faultPage } from './pages'

/** `/{tenant}/v2.0/adminconsent`; `decision` = the form came back. */
export function adminConsent(
  { directory }: Realm,
  tenant: EntraTenant,
  request: URLSearchParams,
  decision: string | null,
): StandInAnswer {
  const clientId = request.get('client_id') ?? ''
  const client = directory.clients.find(
    (one) => one.clientId === clientId && one.tenantId === tenant.id,
  )
  if (!client?.redirectUris.includes(request.get('redirect_uri') ?? ''))
    return faultPage('AADSTS50011: The client or its redirect URI is not known.')
  const switches = directory.switches()
  if (decision === null && !switches.autoConsent && !switches.denyAdminConsent)
    return adminConsentPage(`/${tenant.id}/adminconsent-answer`, request.toString(), tenant.name)
  if (switches.denyAdminConsent || decision === 'cancel')
    return back(request, {
      error: 'access_denied',
      error_description: 'AADSTS65004: The administrator declined to consent to access the app.',
      admin_consent: 'True',
      tenant: tenant.id,
    })
  directory.adminConsents.add(`${tenant.id} ${clientId}`)
  return back(request, {
    admin_consent: 'True',
    tenant: tenant.id,
    scope: request.get('scope') ?? '',
  })
}
