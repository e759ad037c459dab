export declare const CACHE_MODES: readonly ['auto', 'true', 'false', 'read-only'];
export type CacheMode = (typeof CACHE_MODES)[number];
export declare const VERIFY_MODES: readonly ['always', 'changed'];
export type VerifyMode = (typeof VERIFY_MODES)[number];
/**
 * Every input and output once: the action, the command line, `action.yml`, README and the tests all speak of these.
 * Order of precedence: a value that is not empty, then the environment variable, then the default.
 */
export interface InputSpec {
    /** kebab-case: the action's input and, with `--` before it, the command's flag. */
    readonly name: string;
    /** Environment variable that fills in when the input is empty. */
    readonly environment?: string;
    /** What holds when neither is set. */
    readonly default: string;
    /** `flag`: true or false. `lines`: a list, one entry a line. */
    readonly form: 'text' | 'flag' | 'lines';
    /** The values that there are, where it is one of few. */
    readonly values?: readonly string[];
    /** `list`: several of the values, with commas. `path`: a path of this machine. */
    readonly kind?: 'list' | 'path';
    readonly secret?: boolean;
    /** True for what only a workflow has. */
    readonly actionOnly?: boolean;
    readonly description: string;
}
export declare const INPUTS: readonly [{
    readonly name: 'model-version';
    readonly default: 'active';
    readonly form: 'text';
    readonly description: 'Model version: `active`, a version such as `1.0.0`, a semver range, or `none`.';
}, {
    readonly name: 'model-name';
    readonly default: '';
    readonly form: 'text';
    readonly description: 'Name of the model, when several approved models have the version.';
}, {
    readonly name: 'adapters';
    readonly default: '';
    readonly form: 'lines';
    readonly description: 'Adapters, one a line: `id`, `id@version`, or `domain:<name>` for all of a domain that fit the model.';
}, {
    readonly name: 'loaded-adapters';
    readonly default: '';
    readonly form: 'lines';
    readonly description: 'Ids of adapters that the job has in memory already. Conflicts are checked against them too.';
}, {
    readonly name: 'datasets';
    readonly default: '';
    readonly form: 'lines';
    readonly description: 'Datasets, one a line: id or name.';
}, {
    readonly name: 'require-dataset';
    readonly default: 'true';
    readonly form: 'flag';
    readonly description: '`false`: a dataset that fails is a warning, and the rest of the run goes on.';
}, {
    readonly name: 'rpc-urls';
    readonly environment: 'BLOCKCHAIN_RPC_URL';
    readonly default: '';
    readonly form: 'lines';
    readonly description: 'CometBFT RPC endpoints of the chain, one a line. The first is the primary.';
}, {
    readonly name: 'chain-id';
    readonly environment: 'CHAIN_ID';
    readonly default: 'remes-testnet-1';
    readonly form: 'text';
    readonly description: 'Id of the chain whose approvals count.';
}, {
    readonly name: 'trust';
    readonly default: 'auto';
    readonly form: 'text';
    readonly values: readonly ["auto", "light-client", "quorum", "rpc", "lockfile"];
    readonly description: 'How approvals are proven: `auto`, `light-client`, `quorum`, `rpc` (one endpoint is believed) or `lockfile` (no chain is asked). See docs/trust.md.';
}, {
    readonly name: 'trusted-height';
    readonly default: '';
    readonly form: 'text';
    readonly description: 'Height of a block that you trust. Goes with `trusted-hash`.';
}, {
    readonly name: 'trusted-hash';
    readonly default: '';
    readonly form: 'text';
    readonly description: 'Hash of that block: 64 hexadecimal digits.';
}, {
    readonly name: 'trusting-period';
    readonly default: '';
    readonly form: 'text';
    readonly description: 'How old the trusted block may be, such as `14d` or `336h`. When empty: as the lockfile says, else `14d`.';
}, {
    readonly name: 'min-witnesses';
    readonly default: '';
    readonly form: 'text';
    readonly description: 'How many endpoints beside the primary must answer. When empty: `1` when `rpc-urls` names several, else `0`.';
}, {
    readonly name: 'max-header-age';
    readonly default: '1h';
    readonly form: 'text';
    readonly description: 'How old the newest block may be.';
}, {
    readonly name: 'lockfile';
    readonly default: 'r3mes.lock';
    readonly form: 'text';
    readonly kind: 'path';
    readonly description: 'Path of the lockfile that `r3mes lock` writes, from the working directory.';
}, {
    readonly name: 'frozen';
    readonly default: 'auto';
    readonly form: 'text';
    readonly values: readonly ["auto", "true", "false"];
    readonly description: '`true`: only what the lockfile holds, unchanged. `false`: the lockfile gives the trusted block alone. `auto`: `true` in CI when there is a lockfile.';
}, {
    readonly name: 'max-lock-age';
    readonly default: '';
    readonly form: 'text';
    readonly description: 'How old the lockfile may be under `trust: lockfile`, such as `7d`. Needed there.';
}, {
    readonly name: 'home';
    readonly environment: 'R3MES_HOME';
    readonly default: '~/.r3mes';
    readonly form: 'text';
    readonly kind: 'path';
    readonly description: 'Folder of the store.';
}, {
    readonly name: 'sources';
    readonly default: 'cache,huggingface,ipfs,http';
    readonly form: 'text';
    readonly values: readonly ["cache", "huggingface", "ipfs", "http"];
    readonly kind: 'list';
    readonly description: 'Where bytes may come from when the store lacks them, in this order. What is left out is switched off.';
}, {
    readonly name: 'hf-token';
    readonly environment: 'HF_TOKEN';
    readonly default: '';
    readonly form: 'text';
    readonly secret: true;
    readonly description: 'HuggingFace token. It is sent to `hf-endpoint` alone.';
}, {
    readonly name: 'hf-endpoint';
    readonly environment: 'HF_ENDPOINT';
    readonly default: 'https://huggingface.co';
    readonly form: 'text';
    readonly description: 'HuggingFace hub, or a mirror of it.';
}, {
    readonly name: 'ipfs-gateways';
    readonly environment: 'IPFS_GATEWAY';
    readonly default: 'http://127.0.0.1:8080 if it answers, then https://ipfs.io and https://dweb.link';
    readonly form: 'lines';
    readonly description: 'IPFS gateways, one a line.';
}, {
    readonly name: 'mirrors';
    readonly default: '';
    readonly form: 'lines';
    readonly description: 'URL templates of mirrors, one a line, with `{sha256}`, `{cid}` or `{path}` (its path in a store, such as `models/v1.0.0/model.gguf`).';
}, {
    readonly name: 'allow-hosts';
    readonly default: '';
    readonly form: 'lines';
    readonly description: '`host:port` of hosts that approved records may point to although they are private or without TLS.';
}, {
    readonly name: 'cache';
    readonly default: 'auto';
    readonly form: 'text';
    readonly values: readonly ["auto", "true", "false", "read-only"];
    readonly actionOnly: true;
    readonly description: 'Actions cache: `auto`, `true`, `false` or `read-only`.';
}, {
    readonly name: 'plan-only';
    readonly default: 'false';
    readonly form: 'flag';
    readonly description: '`true`: check and report, download nothing.';
}, {
    readonly name: 'force';
    readonly default: 'false';
    readonly form: 'flag';
    readonly description: '`true`: fetch again what is in place.';
}, {
    readonly name: 'parallel-downloads';
    readonly default: '8';
    readonly form: 'text';
    readonly description: 'How many files are fetched at the same time, 1 to 64.';
}, {
    readonly name: 'deadline-minutes';
    readonly default: '';
    readonly form: 'text';
    readonly description: 'The run fails when it takes longer than this. No limit when empty.';
}, {
    readonly name: 'max-artifact-size';
    readonly default: '500GB';
    readonly form: 'text';
    readonly description: 'Largest artifact that is fetched, such as `20GB` or `512MiB`.';
}, {
    readonly name: 'verify';
    readonly default: 'always';
    readonly form: 'text';
    readonly values: readonly ["always", "changed"];
    readonly description: '`always`: every byte that the store hands out is hashed in every run. `changed`: files that did not change since they were last hashed are not hashed again; refused in a frozen run. See docs/store.md.';
}, {
    readonly name: 'prune-max-age';
    readonly default: '';
    readonly form: 'text';
    readonly actionOnly: true;
    readonly description: 'At the end of the job, removes what no run has used for so long, such as `30d`.';
}, {
    readonly name: 'prune-max-size';
    readonly default: '';
    readonly form: 'text';
    readonly actionOnly: true;
    readonly description: 'At the end of the job, removes what is used least until the store is no larger than this, such as `200GB`.';
}, {
    readonly name: 'prune-min-free';
    readonly default: '';
    readonly form: 'text';
    readonly actionOnly: true;
    readonly description: 'At the end of the job, removes what is used least until the disk has so much room, such as `20GB`.';
}, {
    readonly name: 'prune-keep-popular';
    readonly default: '';
    readonly form: 'text';
    readonly actionOnly: true;
    readonly description: 'How many of the artifacts that are used most stay however old they are. `10` when `prune-max-age` is set and this is not.';
}, {
    readonly name: 'export-env';
    readonly default: 'true';
    readonly form: 'flag';
    readonly actionOnly: true;
    readonly description: 'Sets `R3MES_READY_MODEL_PATH`, `R3MES_READY_MODEL_VERSION`, `R3MES_READY_ADAPTERS` and `R3MES_READY_DATASETS` for later steps.';
}];
export type InputName = (typeof INPUTS)[number]['name'];
/** Variables that move things and have no input of their own. */
export declare const ENVIRONMENT_ONLY: readonly [{
    readonly name: 'R3MES_MODEL_PATH';
    readonly default: '<home>/models';
    readonly description: 'Folder of the models.';
}, {
    readonly name: 'R3MES_ADAPTER_DIR';
    readonly default: '<home>/adapters';
    readonly description: 'Folder of the adapters.';
}, {
    readonly name: 'R3MES_MODEL_IPFS_HASH';
    readonly default: '';
    readonly description: "A pin: the model's approved CID must equal it.";
}];
export declare const OUTPUTS: readonly [{
    readonly name: 'success';
    readonly description: '`true` when everything that was asked for is in place and verified.';
}, {
    readonly name: 'model-path';
    readonly description: 'Folder of the model version.';
}, {
    readonly name: 'model-version';
    readonly description: 'The model version that was resolved.';
}, {
    readonly name: 'adapter-paths';
    readonly description: 'JSON: adapter id to its file, or to its folder when it has several files.';
}, {
    readonly name: 'dataset-paths';
    readonly description: 'JSON: dataset name to its folder.';
}, {
    readonly name: 'home';
    readonly description: 'Folder of the store.';
}, {
    readonly name: 'cache-hit';
    readonly description: '`true` when nothing came from outside the store and the Actions cache.';
}, {
    readonly name: 'cache-status';
    readonly description: '`hit`, `partial`, `miss`, `unused`, `denied`, `unavailable`, `full`, `rate-limited` or `disabled`.';
}, {
    readonly name: 'registry-height';
    readonly description: 'Height of the chain at which the approvals were read.';
}, {
    readonly name: 'trust';
    readonly description: 'How the approvals were proven: `light-client`, `quorum`, `rpc` or `lockfile`.';
}, {
    readonly name: 'trust-expires-at';
    readonly description: 'When that trust ends (ISO 8601): the trusted block grows too old, or the lockfile. Empty under `rpc`.';
}, {
    readonly name: 'bytes-downloaded';
    readonly description: 'Bytes of files that this run brought over the network, the Actions cache included, without what an earlier run had left.';
}, {
    readonly name: 'receipt';
    readonly description: 'Path of the receipt, a JSON file.';
}, {
    readonly name: 'status';
    readonly description: 'JSON: the run in a few lines.';
}, {
    readonly name: 'error-code';
    readonly description: 'Code of the failure, see docs/errors.md. Empty on success.';
}, {
    readonly name: 'error-message';
    readonly description: 'What failed and what to do. Empty on success.';
}];
export type OutputName = (typeof OUTPUTS)[number]['name'];
