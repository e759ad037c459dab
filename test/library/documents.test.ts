import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import {
  AdapterRegistry,
  BlockchainClient,
  DatasetRegistry,
  DownloadManager,
  IPFSClient,
  ModelManager,
  ModelRegistry,
  UnifiedRegistry,
} from '../../src/index.ts'
import { CHAIN_FORMS, STORE_FORMS } from '../../src/library/options.ts'
import { read, root } from '../support/project.ts'

const guide = read('docs/library.md')
const migration = read('docs/migration.md')

describe('docs/library.md', () => {
  it('has a chapter for each class that the library exports', () => {
    const clients = [BlockchainClient, IPFSClient, DownloadManager]
    const registries = [UnifiedRegistry, ModelRegistry, AdapterRegistry, DatasetRegistry]
    for (const { name } of [...clients, ...registries]) expect(guide).toContain(`\n## ${name}\n`)
  })

  it('names every option', () => {
    const options = [
      ...Object.keys(CHAIN_FORMS),
      ...Object.keys(STORE_FORMS),
      'modelName',
      'reporter',
      'signal',
    ]
    expect(options.filter((name) => !guide.includes(`\`${name}\``))).toEqual([])
  })
})

describe('docs/migration.md', () => {
  it.each([
    ...['unified_registry', 'model_registry', 'dataset_registry', 'adapter_registry', 'blockchain_client'],
    ...[
      'ipfs_client',
      'model_manager',
      'DownloadManager',
      'ModelInfo',
      'node_url',
      'chain_id',
      'private_key',
    ],
    ...[
      'auto_download',
      'verify_on_load',
      'current_model_version',
      'ensure_ready_atomic',
      'required_adapters',
    ],
    ...[
      'require_dataset',
      'model_path',
      'loaded_adapters',
      'error_message',
      'sync_from_blockchain',
      'sync_all',
    ],
    ...['download_model', 'download_dataset', 'load_dataset', 'check_compatibility', 'check_conflicts'],
    ...['model_id', 'ipfs_hash', 'checksum', 'huggingface_repo', 'huggingface_revision', 'streaming=True'],
    ...['R3MES_MODEL_IPFS_HASH', 'R3MES_MODEL_PATH', 'R3MES_ADAPTER_DIR', 'IPFS_GATEWAY', 'IPFS_API_URL'],
    ...['BLOCKCHAIN_GRPC_URL', 'CHAIN_ID', 'R3MES_INFERENCE_MODE', 'rm -rf ~/.r3mes/cache/', 'ipfs daemon'],
    ...[
      'curl http://localhost:8080/ipfs/QmTest',
      'pytest',
      'MODELS_BASE_PATH',
      'CHECKPOINTS_PATH',
      'LORAS_PATH',
    ],
    ...['EMBEDDINGS_PATH', 'CACHE_REGISTRY_PATH', 'ensure_directories', 'load_cache_registry'],
    ...[
      'calculate_file_hash',
      'verify_model_integrity',
      'get_or_download_checkpoint',
      'get_or_download_lora',
    ],
    ...['prepare_models_for_request', 'build_lora_prompt', 'get_cache_stats', 'cleanup_old_models'],
  ])('answers %s', (name) => {
    expect(migration).toContain(name)
  })

  it('names commands that exist', () => {
    const named = [...`${guide}${migration}`.matchAll(/`r3mes ([a-z]+)/g)].map(([, name]) => name ?? '')
    const known = COMMANDS.map(({ name }) => name)
    expect(new Set(named).size).toBeGreaterThan(7)
    expect(named.filter((name) => !known.includes(name))).toEqual([])
  })

  it('maps methods of the model manager that exist', () => {
    const chapter = migration.split('\n## The model manager\n')[1] ?? ''
    const methods = [...chapter.matchAll(/\| `([a-z]+[A-Z]\w*)\(/g)].map(([, name]) => name ?? '')
    expect(methods.length).toBeGreaterThan(10)
    expect(methods.filter((name) => !(name in ModelManager.prototype))).toEqual([])
  })

  it('names tests that exist', () => {
    const tests = [...migration.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, path]) => path ?? '')
    expect(tests.length).toBeGreaterThan(5)
    expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})
