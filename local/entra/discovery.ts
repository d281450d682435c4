import type { StandInAnswer } from '../stand-in/server'
import type { Directory, EntraTenant } from './model'

/** `{tenant}/v2.0/.well-known/openid-configuration`. */
export function discovery(url: string, tenant: EntraTenant, directory: Directory): StandInAnswer {
  const base = `${url}/${tenant.id}`
  return {
    status: 200,
    body: {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: `${base}/v2.0`,
      request_uri_parameter_supported: false,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'preferred_username', 'tid'],
      tenant_region_scope: 'EU',
      cloud_instance_name: new URL(url).host,
      msgraph_host: new URL(directory.graphOrigin).host,
    },
  }
}

/** `{any}/discovery/instance`: which hosts are one cloud. */
export function instanceDiscovery(url: string): StandInAnswer {
  const { host } = new URL(url)
  return {
    status: 200,
    body: {
      tenant_discovery_endpoint: `${url}/common/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    },
  }
}
