import { describe, expect, it } from 'vitest'
import { type RawInputs, readSettings } from '../../../src/ensure/index.ts'
import { decideTrust, type TrustSituation } from '../../../src/ensure/trust/trust.ts'
import { ANCHOR_HASH, daysLater, locked } from '../../support/locked.ts'
import { refusalOf } from '../../support/registry.ts'

const ONE = 'https://rpc-a.example.org'
const TWO = `${ONE}\nhttps://rpc-b.example.org`
const HASH = '0123456789ABCDEF'.repeat(4)
const TYPED = { 'trusted-height': '1200', 'trusted-hash': HASH }
const DAY = 24 * 60 * 60 * 1000

function situation(inputs: RawInputs, changes: Partial<TrustSituation> = {}): TrustSituation {
  const settings = readSettings({ 'rpc-urls': TWO, ...inputs }, {})
  const hosts = new Set(settings.rpcUrls.map(({ hostname }) => hostname)).size
  return {
    inputs: settings.trust,
    chainId: settings.chainId,
    endpoints: { urls: settings.rpcUrls.length, hosts },
    lock: { kind: 'absent' },
    inCi: false,
    now: daysLater(1),
    ...changes,
  }
}

const decide = (inputs: RawInputs, changes: Partial<TrustSituation> = {}) =>
  decideTrust(situation(inputs, changes))
const refusal = (inputs: RawInputs, changes: Partial<TrustSituation> = {}) =>
  refusalOf(() => decide(inputs, changes))

describe('trust: auto', () => {
  it('starts from the lockfile where there is one', () => {
    const { basis, frozen, offersLock } = decide({}, { lock: locked() })
    expect(basis).toEqual({
      kind: 'proven',
      trustingPeriod: 14 * DAY,
      basis: {
        kind: 'light-client',
        trustingPeriodMs: 14 * DAY,
        anchors: [{ height: 1000n, hash: Buffer.from(ANCHOR_HASH, 'hex'), origin: 'the lockfile' }],
      },
    })
    expect([frozen, offersLock]).toEqual([undefined, false])
  })

  it('starts from a typed block', () => {
    expect(decide({ ...TYPED, 'rpc-urls': ONE })).toMatchObject({
      basis: {
        basis: { kind: 'light-client', anchors: [{ height: 1200n, origin: 'the input `trusted-hash`' }] },
      },
      offersLock: false,
    })
  })

  it('wants both to hold where there are both', () => {
    expect(decide(TYPED, { lock: locked() })).toMatchObject({
      basis: { basis: { anchors: [{ height: 1000n }, { height: 1200n }] } },
    })
  })

  it('refuses two blocks of one height at once', () => {
    const error = refusal({ 'trusted-height': '1000', 'trusted-hash': HASH }, { lock: locked() })
    expect(error).toMatchObject({ code: 'LOCK_INVALID' })
    expect(error.message).toContain('two different blocks of height 1000')
    expect(
      decide({ 'trusted-height': '1000', 'trusted-hash': ANCHOR_HASH.toLowerCase() }, { lock: locked() }),
    ).toMatchObject({ basis: { kind: 'proven' } })
  })

  it('is a quorum of two hosts where nothing is pinned, and offers a lockfile', () => {
    expect(decide({})).toMatchObject({
      basis: { kind: 'proven', basis: { kind: 'quorum' } },
      offersLock: true,
    })
  })

  it.each([
    ['one endpoint', ONE],
    ['two endpoints of one host', `${ONE}\n${ONE}:26657`],
  ])('ends with %s and nothing pinned, and shows the two lines to add', (_what, urls) => {
    const error = refusal({ 'rpc-urls': urls })
    expect(error.code).toBe('TRUST_UNSET')
    expect(error.message).toMatch(/`trusted-height: \d+`.*`trusted-hash: /)
    expect(error.message).toContain('r3mes lock')
  })

  it('never means to believe one endpoint', () => {
    for (const urls of [ONE, TWO]) {
      for (const lock of [locked(), { kind: 'absent' } as const]) {
        for (const typed of [{}, TYPED]) {
          try {
            expect(decide({ 'rpc-urls': urls, ...typed }, { lock }).basis.kind).toBe('proven')
          } catch (error) {
            expect(error).toMatchObject({ code: 'TRUST_UNSET' })
          }
        }
      }
    }
  })
})

describe('a mode that is named', () => {
  it('rpc believes one endpoint, with a warning', () => {
    const { basis, warnings } = decide({ trust: 'rpc' })
    expect(basis).toEqual({ kind: 'rpc' })
    expect(warnings.join()).toContain('trust: rpc. One RPC endpoint was believed')
  })

  it('light-client wants a block to start from', () => {
    expect(refusal({ trust: 'light-client' }).code).toBe('TRUST_UNSET')
  })

  it('quorum wants two hosts', () => {
    expect(refusal({ trust: 'quorum', 'rpc-urls': ONE }).code).toBe('TRUST_UNSET')
  })

  it.each(['rpc', 'quorum', 'lockfile'])(
    '%s refuses a typed block, which would count for nothing',
    (trust) => {
      const error = refusal({ ...TYPED, trust, 'max-lock-age': '9d' }, { lock: locked() })
      expect(error.code).toBe('INPUT_INVALID')
      expect(error.message).toContain(`trust: ${trust}`)
    },
  )

  it.each(['rpc', 'quorum'])('%s says that the block of the lockfile counts for nothing', (trust) => {
    const { notices, offersLock } = decide({ trust }, { lock: locked() })
    expect(notices.join()).toContain('counts for nothing')
    expect(offersLock).toBe(false)
  })
})

describe('trust: lockfile', () => {
  const inputs = { trust: 'lockfile', 'max-lock-age': '7d' }

  it('asks no chain, and says since when revocations are unchecked', () => {
    const decision = decide(inputs, { lock: locked() })
    expect(decision.basis).toMatchObject({ kind: 'lockfile', expiresAt: daysLater(7) })
    expect(decision.frozen).toBeDefined()
    expect(decision.warnings.join()).toContain('revocations unchecked since 2026-01-01T00:00:00.000Z')
  })

  it('wants `max-lock-age`', () => {
    expect(refusal({ trust: 'lockfile' }, { lock: locked() })).toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('ends as soon as the lockfile is older than that', () => {
    expect(decide(inputs, { lock: locked(), now: daysLater(7) }).basis.kind).toBe('lockfile')
    const late = new Date(daysLater(7).getTime() + 1)
    expect(refusal(inputs, { lock: locked(), now: late }).code).toBe('LOCK_TOO_OLD')
  })

  it('warns when less than a third of that is left', () => {
    const warningsAt = (days: number) => decide(inputs, { lock: locked(), now: daysLater(days) }).warnings
    expect(warningsAt(4)).toHaveLength(1)
    expect(warningsAt(5).join()).toContain('expires in 2 days')
  })

  it('does not trust a clock that runs behind the lockfile', () => {
    const error = refusal(inputs, { lock: locked(), now: daysLater(-1) })
    expect(error.code).toBe('LOCK_INVALID')
    expect(error.message).toContain('clock')
  })

  it('wants a lockfile, and contradicts `frozen: false`', () => {
    expect(refusal(inputs).code).toBe('LOCK_INVALID')
    expect(refusal({ ...inputs, frozen: 'false' }, { lock: locked() }).code).toBe('INPUT_INVALID')
  })
})

describe('frozen', () => {
  it.each([
    ['auto', true, true],
    ['auto', false, false],
    ['true', false, true],
    ['false', true, false],
  ])('%s with CI %s binds to the lockfile: %s', (frozen, inCi, binds) => {
    expect(decide({ frozen }, { lock: locked(), inCi }).frozen !== undefined).toBe(binds)
  })

  it('auto binds to nothing where there is no lockfile', () => {
    expect(decide({}, { inCi: true }).frozen).toBeUndefined()
  })

  it('true wants a lockfile', () => {
    expect(refusal({ frozen: 'true' }).code).toBe('LOCK_INVALID')
  })

  it('binds under `trust: rpc` too', () => {
    expect(decide({ trust: 'rpc', frozen: 'true' }, { lock: locked() }).frozen).toBeDefined()
  })
})

describe('a lockfile', () => {
  it('of another chain is refused, and both chains are named', () => {
    const error = refusal({ 'chain-id': 'remes-2' }, { lock: locked() })
    expect(error.code).toBe('LOCK_INVALID')
    expect(error.message).toContain('remes-testnet-1')
    expect(error.message).toContain('remes-2')
  })

  it('that was named has to be there: another basis of trust would be chosen without a word', () => {
    expect(refusal({ lockfile: 'locks/prod.lock' }).code).toBe('LOCK_INVALID')
  })

  it('gives the trusting period, which may only be made shorter', () => {
    const lock = locked({ trustingPeriodSeconds: 10 * 86_400 })
    expect(decide({}, { lock }).basis).toMatchObject({ trustingPeriod: 10 * DAY })
    expect(decide({ 'trusting-period': '3d' }, { lock }).basis).toMatchObject({ trustingPeriod: 3 * DAY })
    expect(refusal({ 'trusting-period': '11d' }, { lock })).toMatchObject({ code: 'INPUT_INVALID' })
  })
})

describe.each(['pull_request_target', 'workflow_run', 'issue_comment'] as const)('in %s', (event) => {
  const lock = { kind: 'unread', event, exists: true } as const

  it('the lockfile counts for nothing, and the run says so once', () => {
    const { basis, frozen, notices, offersLock } = decide({}, { lock, inCi: true })
    expect(basis).toMatchObject({ basis: { kind: 'quorum' } })
    expect([frozen, offersLock]).toEqual([undefined, false])
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain(`\`${event}\``)
  })

  it('is not mentioned where there is none', () => {
    expect(decide({}, { lock: { ...lock, exists: false } }).notices).toEqual([])
  })

  it.each([{ trust: 'lockfile', 'max-lock-age': '7d' }, { frozen: 'true' }])('%o fails', (inputs) => {
    const error = refusal(inputs, { lock })
    expect(error.code).toBe('LOCK_INVALID')
    expect(error.message).toContain(`\`${event}\``)
  })

  it('a typed block still counts', () => {
    expect(decide(TYPED, { lock }).basis).toMatchObject({ basis: { anchors: [{ height: 1200n }] } })
  })

  it('TRUST_UNSET says why the lockfile does not help', () => {
    expect(refusal({ 'rpc-urls': ONE }, { lock }).message).toContain('lockfile is not read')
  })
})

describe('what weakens a proof', () => {
  it('is said: one endpoint alone', () => {
    expect(decide({ ...TYPED, 'rpc-urls': ONE }).warnings.join()).toContain('witnesses: 0')
    expect(decide(TYPED).warnings).toEqual([])
  })

  it('is said: endpoints that are all on one host', () => {
    const urls = 'https://rpc.example.org/a\nhttps://rpc.example.org:8443/b'
    expect(decide({ ...TYPED, 'rpc-urls': urls }).warnings.join()).toContain('its own witness')
  })

  it('is said: a trusting period as long as the usual unbonding time', () => {
    expect(decide({ ...TYPED, 'trusting-period': '20d' }).warnings).toEqual([])
    expect(decide({ ...TYPED, 'trusting-period': '21d' }).warnings.join()).toContain('unbonding')
    expect(decide({ 'trusting-period': '30d' }).warnings.join()).toContain('unbonding')
  })

  it('is refused: fewer endpoints than witnesses are wanted', () => {
    const error = refusal({ ...TYPED, 'min-witnesses': '2' })
    expect(error.code).toBe('INPUT_INVALID')
    expect(error.message).toContain('`min-witnesses` is 2, but beside the primary `rpc-urls` names only 1.')
  })
})
