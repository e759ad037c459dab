// Runs a script of this project on Node 24, after installing what the lockfile names.
// Plain JavaScript without dependencies: it is the one file that must run on Node 20 from a fresh clone.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const WANTED_MAJOR = 24
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')

/** npm writes node_modules/.package-lock.json last, so it is older than the lockfile when an install is due. */
function installIsCurrent() {
  const marker = join(modules, '.package-lock.json')
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
}

/** npm ci empties what a link leads to: somebody else's install. */
function refuseLink() {
  if (!lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return
  console.error(
    'The install is due, and node_modules is a link: npm ci would empty the folder that it leads to. Remove the link and run again, or run npm ci there.',
  )
  process.exit(1)
}

function install() {
  refuseLink()
  console.log('Installing dependencies (npm ci) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const result = spawnSync(npm, ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) {
    console.error('npm ci failed. Its own message stands above; a package registry must be reachable once.')
    process.exit(result.status ?? 1)
  }
}

/** The Node that runs this script when it is new enough, else the one the install brought along. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) return process.execPath
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const executable = platform === 'win' ? 'node.exe' : 'node'
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    const candidate = join(modules, name, 'bin', executable)
    if (existsSync(candidate)) return candidate
  }
  console.error(
    `No Node ${WANTED_MAJOR} for ${process.platform}-${process.arch} is packaged (this is ${process.version}). Install Node ${WANTED_MAJOR} and run again.`,
  )
  process.exit(1)
}

if (!installIsCurrent()) install()
const node = findNode()
const child = spawn(node, process.argv.slice(2), {
  cwd: root,
  stdio: 'inherit',
  // Children that ask for `node` get the same one.
  env: {
    ...process.env,
    PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
  },
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
