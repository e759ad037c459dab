import { SOURCE_NAMES } from '../core/index.ts'
import { FROZEN_MODES, TRUST_MODES } from './trust/trust-inputs.ts'

export const CACHE_MODES = ['auto', 'true', 'false', 'read-only'] as const
export type CacheMode = (typeof CACHE_MODES)[number]

export const VERIFY_MODES = ['always', 'changed'] as const
export type VerifyMode = (typeof VERIFY_MODES)[number]

/**
 * Every input and output once: the action, the command line, `action.yml`, README and the tests all speak of these.
 * Order of precedence: a value that is not empty, then the environment variable, then the default.
 */
export interface InputSpec {
  /** kebab-case: the action's input and, with `--` before it, the command's flag. */
  readonly name: string
  /** Environment variable that fills in when the input is empty. */
  readonly environment?: string
  /** What holds when neither is set. */
  readonly default: string
  /** `flag`: true or false. `lines`: a list, one entry a line. */
  readonly form: 'text' | 'flag' | 'lines'
  /** The values that there are, where it is one of few. */
  readonly values?: readonly string[]
  /** `list`: several of the values, with commas. `path`: a path of this machine. */
  readonly kind?: 'list' | 'path'
  readonly secret?: boolean
  /** True for what only a workflow has. */
  readonly actionOnly?: boolean
  readonly description: string
}

export const INPUTS = [
  {
    name: 'model-version',
    default: 'active',
    form: 'text',
    description: 'Model version: `active`, a version such as `1.0.0`, a semver range, or `none`.',
  },
  {
    name: 'model-name',
    default: '',
    form: 'text',
    description: 'Name of the model, when several approved models have the version.',
  },
  {
    name: 'adapters',
    default: '',
    form: 'lines',
    description:
      'Adapters, one a line: `id`, `id@version`, or `domain:<name>` for all of a domain that fit the model.',
  },
  {
    name: 'loaded-adapters',
    default: '',
    form: 'lines',
    description:
      'Ids of adapters that the job has in memory already. Conflicts are checked against them too.',
  },
  { name: 'datasets', default: '', form: 'lines', description: 'Datasets, one a line: id or name.' },
  {
    name: 'require-dataset',
    default: 'true',
    form: 'flag',
    description: '`false`: a dataset that fails is a warning, and the rest of the run goes on.',
  },
  {
    name: 'rpc-urls',
    environment: 'BLOCKCHAIN_RPC_URL',
    default: '',
    form: 'lines',
    description: 'CometBFT RPC endpoints of the chain, one a line. The first is the primary.',
  },
  {
    name: 'chain-id',
    environment: 'CHAIN_ID',
    default: 'remes-testnet-1',
    form: 'text',
    description: 'Id of the chain whose approvals count.',
  },
  {
    name: 'trust',
    default: 'auto',
    form: 'text',
    values: TRUST_MODES,
    description:
      'How approvals are proven: `auto`, `light-client`, `quorum`, `rpc` (one endpoint is believed) or `lockfile` (no chain is asked). See docs/trust.md.',
  },
  {
    name: 'trusted-height',
    default: '',
    form: 'text',
    description: 'Height of a block that you trust. Goes with `trusted-hash`.',
  },
  {
    name: 'trusted-hash',
    default: '',
    form: 'text',
    description: 'Hash of that block: 64 hexadecimal digits.',
  },
  {
    name: 'trusting-period',
    default: '',
    form: 'text',
    description:
      'How old the trusted block may be, such as `14d` or `336h`. When empty: as the lockfile says, else `14d`.',
  },
  {
    name: 'min-witnesses',
    default: '',
    form: 'text',
    description:
      'How many endpoints beside the primary must answer. When empty: `1` when `rpc-urls` names several, else `0`.',
  },
  {
    name: 'max-header-age',
    default: '1h',
    form: 'text',
    description: 'How old the newest block may be.',
  },
  {
    name: 'lockfile',
    default: 'r3mes.lock',
    form: 'text',
    kind: 'path',
    description: 'Path of the lockfile that `r3mes lock` writes, from the working directory.',
  },
  {
    name: 'frozen',
    default: 'auto',
    form: 'text',
    values: FROZEN_MODES,
    description:
      '`true`: only what the lockfile holds, unchanged. `false`: the lockfile gives the trusted block alone. `auto`: `true` in CI when there is a lockfile.',
  },
  {
    name: 'max-lock-age',
    default: '',
    form: 'text',
    description: 'How old the lockfile may be under `trust: lockfile`, such as `7d`. Needed there.',
  },
  {
    name: 'home',
    environment: 'R3MES_HOME',
    default: '~/.r3mes',
    form: 'text',
    kind: 'path',
    description: 'Folder of the store.',
  },
  {
    name: 'sources',
    default: 'cache,huggingface,ipfs,http',
    form: 'text',
    values: SOURCE_NAMES,
    kind: 'list',
    description:
      'Where bytes may come from when the store lacks them, in this order. What is left out is switched off.',
  },
  {
    name: 'hf-token',
    environment: 'HF_TOKEN',
    default: '',
    form: 'text',
    secret: true,
    description: 'HuggingFace token. It is sent to `hf-endpoint` alone.',
  },
  {
    name: 'hf-endpoint',
    environment: 'HF_ENDPOINT',
    default: 'https://huggingface.co',
    form: 'text',
    description: 'HuggingFace hub, or a mirror of it.',
  },
  {
    name: 'ipfs-gateways',
    environment: 'IPFS_GATEWAY',
    default: 'http://127.0.0.1:8080 if it answers, then https://ipfs.io and https://dweb.link',
    form: 'lines',
    description: 'IPFS gateways, one a line.',
  },
  {
    name: 'mirrors',
    default: '',
    form: 'lines',
    description:
      'URL templates of mirrors, one a line, with `{sha256}`, `{cid}` or `{path}` (its path in a store, such as `models/v1.0.0/model.gguf`).',
  },
  {
    name: 'allow-hosts',
    default: '',
    form: 'lines',
    description:
      '`host:port` of hosts that approved records may point to although they are private or without TLS.',
  },
  {
    name: 'cache',
    default: 'auto',
    form: 'text',
    values: CACHE_MODES,
    actionOnly: true,
    description: 'Actions cache: `auto`, `true`, `false` or `read-only`.',
  },
  {
    name: 'plan-only',
    default: 'false',
    form: 'flag',
    description: '`true`: check and report, download nothing.',
  },
  { name: 'force', default: 'false', form: 'flag', description: '`true`: fetch again what is in place.' },
  {
    name: 'parallel-downloads',
    default: '8',
    form: 'text',
    description: 'How many files are fetched at the same time, 1 to 64.',
  },
  {
    name: 'deadline-minutes',
    default: '',
    form: 'text',
    description: 'The run fails when it takes longer than this. No limit when empty.',
  },
  {
    name: 'max-artifact-size',
    default: '500GB',
    form: 'text',
    description: 'Largest artifact that is fetched, such as `20GB` or `512MiB`.',
  },
  {
    name: 'verify',
    default: 'always',
    form: 'text',
    values: VERIFY_MODES,
    description:
      '`always`: every byte that the store hands out is hashed in every run. `changed`: files that did not change since they were last hashed are not hashed again; refused in a frozen run. See docs/store.md.',
  },
  {
    name: 'prune-max-age',
    default: '',
    form: 'text',
    actionOnly: true,
    description: 'At the end of the job, removes what no run has used for so long, such as `30d`.',
  },
  {
    name: 'prune-max-size',
    default: '',
    form: 'text',
    actionOnly: true,
    description:
      'At the end of the job, removes what is used least until the store is no larger than this, such as `200GB`.',
  },
  {
    name: 'prune-min-free',
    default: '',
    form: 'text',
    actionOnly: true,
    description:
      'At the end of the job, removes what is used least until the disk has so much room, such as `20GB`.',
  },
  {
    name: 'prune-keep-popular',
    default: '',
    form: 'text',
    actionOnly: true,
    description:
      'How many of the artifacts that are used most stay however old they are. `10` when `prune-max-age` is set and this is not.',
  },
  {
    name: 'export-env',
    default: 'true',
    form: 'flag',
    actionOnly: true,
    description:
      'Sets `R3MES_READY_MODEL_PATH`, `R3MES_READY_MODEL_VERSION`, `R3MES_READY_ADAPTERS` and `R3MES_READY_DATASETS` for later steps.',
  },
] as const satisfies readonly InputSpec[]

export type InputName = (typeof INPUTS)[number]['name']

/** Variables that move things and have no input of their own. */
export const ENVIRONMENT_ONLY = [
  {
    name: 'R3MES_MODEL_PATH',
    default: '<home>/models',
    description: 'Folder of the models.',
  },
  {
    name: 'R3MES_ADAPTER_DIR',
    default: '<home>/adapters',
    description: 'Folder of the adapters.',
  },
  {
    name: 'R3MES_MODEL_IPFS_HASH',
    default: '',
    description: "A pin: the model's approved CID must equal it.",
  },
] as const

export const OUTPUTS = [
  { name: 'success', description: '`true` when everything that was asked for is in place and verified.' },
  { name: 'model-path', description: 'Folder of the model version.' },
  { name: 'model-version', description: 'The model version that was resolved.' },
  {
    name: 'adapter-paths',
    description: 'JSON: adapter id to its file, or to its folder when it has several files.',
  },
  { name: 'dataset-paths', description: 'JSON: dataset name to its folder.' },
  { name: 'home', description: 'Folder of the store.' },
  {
    name: 'cache-hit',
    description: '`true` when nothing came from outside the store and the Actions cache.',
  },
  {
    name: 'cache-status',
    description:
      '`hit`, `partial`, `miss`, `unused`, `denied`, `unavailable`, `full`, `rate-limited` or `disabled`.',
  },
  { name: 'registry-height', description: 'Height of the chain at which the approvals were read.' },
  {
    name: 'trust',
    description: 'How the approvals were proven: `light-client`, `quorum`, `rpc` or `lockfile`.',
  },
  {
    name: 'trust-expires-at',
    description:
      'When that trust ends (ISO 8601): the trusted block grows too old, or the lockfile. Empty under `rpc`.',
  },
  {
    name: 'bytes-downloaded',
    description:
      'Bytes of files that this run brought over the network, the Actions cache included, without what an earlier run had left.',
  },
  { name: 'receipt', description: 'Path of the receipt, a JSON file.' },
  { name: 'status', description: 'JSON: the run in a few lines.' },
  { name: 'error-code', description: 'Code of the failure, see docs/errors.md. Empty on success.' },
  { name: 'error-message', description: 'What failed and what to do. Empty on success.' },
] as const

export type OutputName = (typeof OUTPUTS)[number]['name']
