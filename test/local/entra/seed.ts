import type { EntraSeed } from '../../../local/entra/model'

export const CONTOSO = '11111111-1111-4111-8111-111111111111'
export const FABRIKAM = '22222222-2222-4222-8222-222222222222'
export const ADELE = 'adele@contoso.example'
export const ALEX = 'alex@contoso.example'
export const FAITH = 'faith@fabrikam.example'
export const REDIRECT = 'http://127.0.0.1:7071/api/oauth/callback'
export const CLIENT = {
  clientId: 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
  clientSecret: 'sample-client-secret',
}

export const SEED: EntraSeed = {
  tenants: [
    { id: CONTOSO, name: 'Contoso' },
    { id: FABRIKAM, name: 'Fabrikam' },
  ],
  users: [
    { upn: ADELE, name: 'Adele Vance', tenantId: CONTOSO },
    { upn: ALEX, name: 'Alex Wilber', tenantId: CONTOSO },
    { upn: FAITH, name: 'Faith Kelly', tenantId: FABRIKAM },
  ],
  clients: [
    { ...CLIENT, redirectUris: [REDIRECT], tenantId: CONTOSO },
    { ...CLIENT, redirectUris: [REDIRECT], tenantId: FABRIKAM },
  ],
}
