export declare const ON_ERROR_MODES: readonly ['continue', 'fail'];
/** Every input of the sub-action once: its `action.yml`, its document and its code speak of these. */
export declare const VOLUME_INPUTS: readonly [{
    readonly name: 'base';
    readonly environment: 'MODELS_BASE_PATH';
    readonly default: '/workspace/models';
    readonly form: 'text';
    readonly kind: 'path';
    readonly description: 'Folder of the volume.';
}, {
    readonly name: 'request';
    readonly default: '';
    readonly form: 'text';
    readonly actionOnly: true;
    readonly description: 'What to bring: JSON with `checkpoint`, `loras`, `embeddings` and `prompt`, or the path of a file that holds it.';
}, {
    readonly name: 'on-error';
    readonly default: 'continue';
    readonly form: 'text';
    readonly values: readonly ["continue", "fail"];
    readonly description: 'When a model cannot be had: `continue` hands out the others all the same, `fail` hands out nothing. Either way the run fails in the end.';
}, {
    readonly name: 'allow-unpinned';
    readonly default: 'false';
    readonly form: 'flag';
    readonly description: '`true`: URLs without a hash are brought, hashed, and have to have the same bytes ever after.';
}, {
    readonly name: 'mirrors';
    readonly default: '';
    readonly form: 'lines';
    readonly description: 'URL templates of mirrors, one a line, with `{sha256}` or `{path}` (its path in the volume, such as `loras/detail.safetensors`). Asked where a model’s own host fails.';
}, {
    readonly name: 'allow-hosts';
    readonly default: '';
    readonly form: 'lines';
    readonly description: '`host:port` of hosts that may be asked although they are private or without TLS.';
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
    readonly name: 'civitai-token';
    readonly environment: 'CIVITAI_API_TOKEN';
    readonly default: '';
    readonly form: 'text';
    readonly secret: true;
    readonly description: 'CivitAI token. It is sent to civitai.com alone.';
}, {
    readonly name: 'parallel-downloads';
    readonly default: '8';
    readonly form: 'text';
    readonly description: 'How many files are fetched at the same time, 1 to 64.';
}, {
    readonly name: 'verify';
    readonly default: 'always';
    readonly form: 'text';
    readonly values: readonly ["always", "changed"];
    readonly description: '`always`: every model that is handed out is hashed. `changed`: files that did not change since they were last hashed are not hashed again. See docs/store.md.';
}];
export type VolumeInputName = (typeof VOLUME_INPUTS)[number]['name'];
export declare const VOLUME_OUTPUTS: readonly [{
    readonly name: 'success';
    readonly description: '`true` when everything that was asked for is in place and verified.';
}, {
    readonly name: 'checkpoint-path';
    readonly description: 'Absolute path of the checkpoint. Empty when none was asked for, or it could not be had.';
}, {
    readonly name: 'lora-paths';
    readonly description: 'JSON: `[path, scale]` of each LoRA that is in place, in the order of the request.';
}, {
    readonly name: 'embedding-paths';
    readonly description: 'JSON: paths of the embeddings that are in place, in the order of the request.';
}, {
    readonly name: 'prompt';
    readonly description: 'The prompt with a `<lora:name:scale>` for each LoRA that is in place before it.';
}, {
    readonly name: 'stats';
    readonly description: 'JSON: what the volume holds, with the keys of the Python manager. Sizes in bytes.';
}, {
    readonly name: 'result';
    readonly description: 'Path of a JSON file with all of this, and every failure. It goes away with the job.';
}, {
    readonly name: 'error-code';
    readonly description: 'Code of the first failure, see docs/errors.md. Empty on success.';
}, {
    readonly name: 'error-message';
    readonly description: 'What failed and what to do. Empty on success.';
}];
export type VolumeOutputName = (typeof VOLUME_OUTPUTS)[number]['name'];
