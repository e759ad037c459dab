import { describe, expect, it } from 'vitest'
import { containerWarning } from '../../src/action/container.ts'

/** Lines of proc(5), with the mount points that the runner gives a job container, and these. */
const mounts = (...points: readonly string[]): string =>
  ['/', '/proc', '/__w', '/__e', '/__w/_temp', '/__w/_tool', '/github/home', '/github/workflow', ...points]
    .map((point, index) => `${30 + index} 1 0:${index} / ${point} rw,relatime - ext4 /dev/sda1 rw`)
    .join('\n')

const SELF_HOSTED = { RUNNER_ENVIRONMENT: 'self-hosted', RUNNER_TEMP: '/__w/_temp', HOME: '/github/home' }

const warning = (home: string, changes: Partial<Parameters<typeof containerWarning>[0]> = {}) =>
  containerWarning({ home, inContainer: true, environment: SELF_HOSTED, mounts: mounts(), ...changes })

describe('a store in a job container', () => {
  it.each([
    ['in the home that the runner mounts and empties', '/github/home/.r3mes'],
    ['in the runner’s temporary folder', '/__w/_temp/_github_home/.r3mes'],
    ['in the container’s own file system', '/root/.r3mes'],
  ])('is warned of %s, with what to mount', (_where, home) => {
    expect(warning(home)).toContain('`volumes: [/srv/r3mes:/srv/r3mes]`')
  })

  it('is warned of in another temporary folder, too', () => {
    const environment = { ...SELF_HOSTED, RUNNER_TEMP: '/runner/tmp' }
    expect(warning('/runner/tmp/x', { environment, mounts: mounts('/runner') })).toContain('goes away')
    expect(warning('/runner/tmpx', { environment, mounts: mounts('/runner') })).toBeUndefined()
  })

  it.each([
    ['on a folder of the machine', '/srv/r3mes', ['/srv/r3mes']],
    ['below one', '/srv/r3mes/store', ['/srv/r3mes']],
    ['on one that is mounted into the home', '/github/home/.r3mes', ['/github/home/.r3mes']],
    ['on one with a blank in its name', '/srv/my store/home', ['/srv/my\\040store']],
    ['in the workspace, which stays on the machine', '/__w/repo/repo/store', []],
  ])('is fine %s', (_where, home, points) => {
    expect(warning(home, { mounts: mounts(...points) })).toBeUndefined()
  })

  it('is nothing to speak of outside of containers and on the machines of GitHub', () => {
    expect(warning('/github/home/.r3mes', { inContainer: false })).toBeUndefined()
    for (const kind of ['github-hosted', undefined]) {
      const environment = { ...SELF_HOSTED, RUNNER_ENVIRONMENT: kind }
      expect(warning('/github/home/.r3mes', { environment })).toBeUndefined()
    }
  })

  it('is judged by its folder alone where nobody lists the mounts', () => {
    expect(warning('/github/home/.r3mes', { mounts: '' })).toContain('goes away')
    expect(warning('/srv/r3mes', { mounts: '' })).toBeUndefined()
    expect(warning('/srv/r3mes', { mounts: 'garbled\n\n1 2 3' })).toBeUndefined()
  })
})
