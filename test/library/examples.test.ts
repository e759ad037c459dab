import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approveAdapter, type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { projectFiles, read, root } from '../support/project.ts'

const run = promisify(execFile)

/** The text of code blocks, without the marks of a doc comment before each line. */
function blocksIn(text: string): readonly string[] {
  return [...text.matchAll(/^( \* |)```ts\n([\s\S]*?)^\1```$/gm)].map(([, mark = '', block = '']) =>
    block
      .split('\n')
      .map((line) => (line.startsWith(mark) ? line.slice(mark.length) : line.replace(/^ \*$/, '')))
      .join('\n'),
  )
}

const SOURCES = [
  'docs/library.md',
  'docs/migration.md',
  'README.md',
  ...projectFiles('src/library'),
  'src/index.ts',
]
const examples = SOURCES.flatMap((path) => {
  const text =
    path === 'README.md' ? (read(path).split('\n## Library\n')[1]?.split('\n## ')[0] ?? '') : read(path)
  return blocksIn(text).map((code, index) => [`${path} ${index + 1}`, code] as const)
})

/**
 * The hub of a devnet redirects to another loopback host, which only an option could allow. From a gateway, which the environment
 * can name, everything comes that has a CID.
 */
function approveCoderWithCid(chain: Devnet): void {
  const { cid, sha256, size } = chain.addContent('adapter coder', 256 * 1024)
  approveAdapter(chain, {
    adapterId: 'coder',
    version: '1.2.0',
    checksum: sha256,
    ipfsHash: cid,
    sizeBytes: BigInt(size),
    fileName: 'coder.safetensors',
    downloadSource: 'hf://r3mes-network/adapters@main/coder.safetensors',
    targetModules: ['gate_proj', 'up_proj'],
    minModelVersion: '1.0.0',
    maxModelVersion: '1.9.9',
  })
}

let devnet: Devnet
let folder: string
beforeAll(async () => {
  devnet = await startDevnet()
  approveCoderWithCid(devnet)
  folder = await mkdtemp(join(tmpdir(), 'r3mes-examples-'))
})
afterAll(async () => {
  await devnet.close()
  await rm(folder, { recursive: true, force: true })
})

/** As the loading guide of the Python registry shows it, without the placeholder for a CID. */
const DOT_ENV = `
# Model
R3MES_MODEL_PATH=~/.r3mes/models        # local
R3MES_ADAPTER_DIR="~/elsewhere/adapters"

# IPFS
IPFS_API_URL=http://localhost:5001      # IPFS API

# Chain
BLOCKCHAIN_GRPC_URL=localhost:9090      # gRPC endpoint
CHAIN_ID=remes-testnet-1

R3MES_INFERENCE_MODE=local              # local, remote, mock
`

/** Runs a program in an empty home of its own, with what points at the devnet in its environment. */
async function runProgram(name: string, code: string, environment: NodeJS.ProcessEnv = {}) {
  const program = join(folder, `${name.replaceAll(/\W/g, '-')}.ts`)
  await writeFile(program, code.replaceAll("'setup-r3mes'", `'${join(root, 'src/index.ts')}'`))
  const home = await mkdtemp(join(folder, 'home-'))
  await writeFile(join(home, '.env'), DOT_ENV)
  const inputs = devnet.inputs()
  const { stdout, stderr } = await run(process.execPath, [program], {
    cwd: home,
    timeout: 50_000,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      BLOCKCHAIN_RPC_URL: inputs['rpc-urls'],
      HF_ENDPOINT: inputs['hf-endpoint'],
      IPFS_GATEWAY: inputs['ipfs-gateways'],
      ...environment,
    },
  })
  return { stdout, stderr, home }
}

describe('the examples of the library', () => {
  it('are there: each class and each chapter has one', () => {
    const text = examples.map(([, code]) => code).join('\n')
    const classes = ['BlockchainClient', 'IPFSClient', 'UnifiedRegistry', 'ModelRegistry', 'AdapterRegistry']
    for (const name of [...classes, 'DatasetRegistry', 'DownloadManager'])
      expect(text).toContain(`new ${name}(`)
    for (const path of SOURCES.slice(0, 3))
      expect(examples.some(([name]) => name.startsWith(path))).toBe(true)
  })

  it.each(examples)('%s runs as it stands, with the environment alone', async (name, code) => {
    const { stdout, stderr } = await runProgram(name, code)
    expect(stderr).toBe('')
    expect(stdout).not.toBe('')
  })
})

describe('the .env of the Python registry', () => {
  const program = `
    import { UnifiedRegistry } from 'setup-r3mes'
    process.loadEnvFile('.env')
    const registry = new UnifiedRegistry()
    const { status, error } = await registry.ensureReadyAtomic({ requiredAdapters: ['general_dora'] })
    if (error !== undefined) throw error
    console.log(JSON.stringify([registry.chainId, status.modelPath, status.adapterPaths['general_dora']]))
  `

  it('counts as it is, `~` and comments included, beside RPC endpoints', async () => {
    const { stdout, home } = await runProgram('env', program)
    expect(JSON.parse(stdout)).toEqual([
      'remes-testnet-1',
      join(home, '.r3mes/models/v1.0.0'),
      join(home, 'elsewhere/adapters/general_dora.safetensors'),
    ])
  })

  it('is answered with what to add where it names the gRPC endpoint alone', async () => {
    const run = runProgram('grpc', program, { BLOCKCHAIN_RPC_URL: '' })
    await expect(run).rejects.toThrow(/BLOCKCHAIN_GRPC_URL is set, and gRPC is not there yet/)
  })
})
