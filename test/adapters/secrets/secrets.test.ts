import {
  constants,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import type { WrapResult } from '@azure/keyvault-keys'
import { sealedWith } from '../../../shared/adapters/secrets/envelope'
import {
  createKeyVaultSecrets,
  type KeyVaultClient,
} from '../../../shared/adapters/secrets/key-vault'
import { createLocalSecrets } from '../../../shared/adapters/secrets/local'
import { Unavailable } from '../../../shared/errors'

const START = Date.parse('2026-09-10T12:00:00Z')
const HOUR = 3_600_000
const KEY_ID = 'https://sample.vault.azure.net/keys/tokens'

/** A key vault of one RSA key: the calls are counted, versions can be rotated, it can fail. */
function fakeKeyVault() {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const state = { version: 'v1', wraps: 0, unwraps: 0, asked: [] as string[], fault: 0 }
  const check = () => {
    if (state.fault > 0) throw Object.assign(new Error('refused'), { statusCode: state.fault })
  }
  const client = (keyId: string): Promise<KeyVaultClient> => {
    state.asked.push(keyId)
    return Promise.resolve({
      wrapKey(algorithm: string, key: Uint8Array) {
        state.wraps += 1
        check()
        const result = publicEncrypt({ key: pair.publicKey, ...padding }, key)
        return Promise.resolve({
          result,
          algorithm,
          keyID: `${KEY_ID}/${state.version}`,
        } as WrapResult)
      },
      unwrapKey(algorithm: string, wrapped: Uint8Array) {
        state.unwraps += 1
        check()
        const result = privateDecrypt({ key: pair.privateKey, ...padding }, wrapped)
        return Promise.resolve({ result, algorithm, keyID: keyId })
      },
    } as KeyVaultClient)
  }
  return { state, client }
}

function setup() {
  const clock = { now: START }
  const vault = fakeKeyVault()
  const now = () => clock.now
  const localKey = randomBytes(32)
  return {
    clock,
    vault,
    local: (key = localKey) => createLocalSecrets({ key, randomBytes, now }),
    keyVault: () =>
      createKeyVaultSecrets({ keyId: KEY_ID, randomBytes, now, client: vault.client }),
  }
}

describe.each(['local', 'keyVault'] as const)('secrets (%s)', (kind) => {
  it('opens what it sealed, in this process and in another', async () => {
    const world = setup()
    const sealed = await world[kind]().seal(1, '1-42', 'a refresh token: ä€')
    expect(sealed).toMatch(/^v1\./)
    expect(sealed).not.toContain('refresh')
    expect(await world[kind]().open(1, '1-42', sealed)).toBe('a refresh token: ä€')
  })

  it('seals the same text differently each time', async () => {
    const secrets = setup()[kind]()
    expect(await secrets.seal(1, '1-42', 'same')).not.toBe(await secrets.seal(1, '1-42', 'same'))
  })

  it('refuses a text of another owner or organization', async () => {
    const secrets = setup()[kind]()
    const sealed = await secrets.seal(1, '1-42', 'secret')
    await expect(secrets.open(1, '1-43', sealed)).rejects.toThrow('another owner')
    await expect(secrets.open(2, '1-42', sealed)).rejects.toThrow('another owner')
  })

  it('refuses a text of which any part was altered', async () => {
    const world = setup()
    const sealed = await world[kind]().seal(1, '1-42', 'secret')
    const parts = sealed.split('.')
    for (const [index, part] of parts.entries()) {
      const other = [...parts]
      // The first character, since the last one of base64 may hold bits that mean nothing.
      other[index] = (part.startsWith('A') ? 'B' : 'A') + part.slice(1)
      await expect(world[kind]().open(1, '1-42', other.join('.'))).rejects.toThrow()
      other[index] = ''
      await expect(world[kind]().open(1, '1-42', other.join('.'))).rejects.toThrow()
    }
    await expect(world[kind]().open(1, '1-42', `${sealed}.more`)).rejects.toThrow()
  })

  it('uses one data key for an organization and month', async () => {
    const { clock, ...world } = setup()
    const secrets = world[kind]()
    const wrappedKey = async (organizationId: number) =>
      (await secrets.seal(organizationId, 'owner', 'text')).split('.').slice(0, 5).join('.')
    const first = await wrappedKey(1)
    clock.now += 10 * 24 * HOUR
    expect(await wrappedKey(1)).toBe(first)
    expect(await wrappedKey(2)).not.toBe(first)
    clock.now += 20 * 24 * HOUR
    expect(await wrappedKey(1)).not.toBe(first)
  })

  it('uses the month’s data key on that another process has made', async () => {
    const world = setup()
    const sealed = await world[kind]().seal(1, '1-42', 'first')
    const other = world[kind]()
    await other.open(1, '1-42', sealed)
    const next = await other.seal(1, '1-43', 'second')
    expect(next.split('.').slice(0, 5)).toEqual(sealed.split('.').slice(0, 5))
  })
})

describe('secrets under a local key', () => {
  it('says which key is missing when the key was exchanged', async () => {
    const world = setup()
    const sealed = await world.local().seal(1, '1-42', 'secret')
    expect(sealedWith(sealed)).toMatch(/^local:[0-9a-f]{16}$/)
    await expect(world.local(randomBytes(32)).open(1, '1-42', sealed)).rejects.toThrow(
      sealedWith(sealed),
    )
  })

  it('refuses a key of another length', () => {
    expect(() => setup().local(randomBytes(16))).toThrow('32 bytes')
  })
})

describe('secrets under a key of Key Vault', () => {
  it('asks the vault once an hour, however many texts there are', async () => {
    const { clock, vault, keyVault } = setup()
    const secrets = keyVault()
    const sealed = await secrets.seal(1, '1-1', 'secret')
    for (let user = 2; user < 20; user += 1) await secrets.seal(1, `1-${String(user)}`, 'secret')
    await secrets.open(1, '1-1', sealed)
    expect(vault.state).toMatchObject({ wraps: 1, unwraps: 0 })
    clock.now += HOUR
    await Promise.all([secrets.open(1, '1-1', sealed), secrets.open(1, '1-1', sealed)])
    expect(vault.state).toMatchObject({ wraps: 1, unwraps: 1 })
  })

  it('makes one data key for calls that come at once', async () => {
    const { vault, keyVault } = setup()
    const secrets = keyVault()
    await Promise.all([1, 2, 3].map((user) => secrets.seal(1, `1-${String(user)}`, 'secret')))
    expect(vault.state.wraps).toBe(1)
  })

  it('records the version of the key and asks that one after a rotation', async () => {
    const { vault, keyVault } = setup()
    const sealed = await keyVault().seal(1, '1-42', 'secret')
    expect(sealedWith(sealed)).toBe(`${KEY_ID}/v1`)
    vault.state.version = 'v2'
    const later = keyVault()
    expect(await later.open(1, '1-42', sealed)).toBe('secret')
    expect(vault.state.asked.at(-1)).toBe(`${KEY_ID}/v1`)
  })

  it('never turns to a vault that a stored text names', async () => {
    const { vault, keyVault } = setup()
    const parts = (await keyVault().seal(1, '1-42', 'secret')).split('.')
    parts[3] = Buffer.from('https://evil.example/keys/tokens/v1').toString('base64url')
    await expect(keyVault().open(1, '1-42', parts.join('.'))).rejects.toThrow('altered')
    expect(vault.state.asked).toEqual([KEY_ID])
  })

  it.each([
    [503, Unavailable],
    [429, Unavailable],
  ])('gives the work back when the vault answers %s, and goes on later', async (status, kind) => {
    const { vault, keyVault } = setup()
    const secrets = keyVault()
    vault.state.fault = status
    await expect(secrets.seal(1, '1-42', 'secret')).rejects.toBeInstanceOf(kind)
    vault.state.fault = 0
    expect(await secrets.open(1, '1-42', await secrets.seal(1, '1-42', 'secret'))).toBe('secret')
  })

  it('does not call a refusal of the vault a passing one', async () => {
    const { vault, keyVault } = setup()
    vault.state.fault = 403
    await expect(keyVault().seal(1, '1-42', 'secret')).rejects.not.toBeInstanceOf(Unavailable)
  })

  it('refuses an address that is no key', () => {
    expect(() =>
      createKeyVaultSecrets({
        keyId: 'https://sample.vault.azure.net/secrets/x',
        randomBytes,
        now: () => START,
        client: () => Promise.reject(new Error('never')),
      }),
    ).toThrow('TOKEN_KEY_ID')
  })
})
