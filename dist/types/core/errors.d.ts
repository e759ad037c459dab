/**
 * The closed list of error codes. Outputs, exit codes, receipts and docs/errors.md name the same ones.
 * `exit` is the process exit code of the class.
 */
export declare const ERROR_CLASSES: {
    readonly input: {
        readonly exit: 2;
        readonly codes: readonly ['INPUT_INVALID', 'VERSION_INVALID', 'ID_UNSAFE', 'RPC_URL_MISSING', 'TRUST_UNSET', 'PRIVATE_KEY_REFUSED', 'LOCK_INVALID'];
    };
    readonly approval: {
        readonly exit: 3;
        readonly codes: readonly ['MODEL_NOT_APPROVED', 'MODEL_INACTIVE', 'MODEL_AMBIGUOUS', 'ADAPTER_NOT_APPROVED', 'ADAPTER_REVOKED', 'ADAPTER_INCOMPATIBLE', 'ADAPTER_CONFLICT', 'DATASET_NOT_APPROVED', 'DATASET_REMOVED', 'DATASET_AMBIGUOUS', 'DIGEST_MISSING', 'DIGEST_INVALID', 'DIGEST_WEAK', 'DIGEST_UNSUPPORTED', 'RECORD_MALFORMED', 'REGISTRY_EMPTY', 'REGISTRY_INCONSISTENT', 'REGISTRY_SINGLE_KEY', 'REGISTRY_MANIFEST_INVALID', 'LOCK_MISMATCH'];
    };
    readonly trust: {
        readonly exit: 4;
        readonly codes: readonly ['CHAIN_ID_MISMATCH', 'PROOF_INVALID', 'HEADER_INVALID', 'NOT_ENOUGH_TRUST', 'TRUST_EXPIRED', 'CHAIN_STALE', 'FORK_DETECTED', 'WITNESS_MISSING', 'QUORUM_DISAGREES', 'UNPROVABLE', 'LOCK_TOO_OLD'];
    };
    readonly chain: {
        readonly exit: 5;
        readonly codes: readonly ['CHAIN_UNREACHABLE', 'CHAIN_RESPONSE_INVALID', 'HEIGHT_PRUNED'];
    };
    readonly content: {
        readonly exit: 6;
        readonly codes: readonly ['DIGEST_MISMATCH', 'SIZE_MISMATCH', 'SOURCES_EXHAUSTED', 'URL_REFUSED', 'ARTIFACT_TOO_LARGE', 'AUTH_REQUIRED', 'DEADLINE_EXCEEDED'];
    };
    readonly store: {
        readonly exit: 7;
        readonly codes: readonly ['STORE_NOT_WRITABLE', 'STORE_UNSAFE', 'STORE_CORRUPT', 'DISK_FULL'];
    };
    readonly internal: {
        readonly exit: 1;
        readonly codes: readonly ['INTERNAL'];
    };
};
export type ErrorClass = keyof typeof ERROR_CLASSES;
export type ErrorCode = (typeof ERROR_CLASSES)[ErrorClass]['codes'][number];
export interface R3mesErrorOptions {
    readonly cause?: unknown;
    /**
     * What a host, a chain or the operating system said, or names that come from there. It is shown in logs and
     * kept in the receipt, always sanitised, and never reaches an output.
     */
    readonly detail?: string;
    /** All problems of a refused plan, when this error stands for several. */
    readonly problems?: readonly R3mesError[];
}
/**
 * The one error class of this project.
 *
 * `message` is a sentence that says what to do. It holds our own words, checked names, numbers and hex only, because
 * it lands in people's `${{ }}`; everything a network or another program said belongs in `detail`.
 */
export declare class R3mesError extends Error {
    readonly name = "R3mesError";
    readonly code: ErrorCode;
    readonly detail: string | undefined;
    readonly problems: readonly R3mesError[];
    constructor(code: ErrorCode, message: string, options?: R3mesErrorOptions);
    get errorClass(): ErrorClass;
    /** Process exit code: 2 input, 3 approval, 4 trust, 5 chain, 6 content, 7 store, 1 a bug. */
    get exitCode(): number;
    /**
     * One error for a list of problems: the only one as it is, several as one error that carries the first one's code and
     * lists all of them.
     *
     * @throws TypeError when the list is empty, which is a bug of the caller.
     */
    static from(problems: readonly R3mesError[]): R3mesError;
}
export declare function classOf(code: ErrorCode): ErrorClass;
/** Any thrown value as an R3mesError. What is not one already is a bug of ours: `INTERNAL`. */
export declare function asR3mesError(thrown: unknown): R3mesError;
