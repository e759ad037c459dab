/**
 * The closed list of error codes. Outputs, exit codes, receipts and docs/errors.md name the same ones.
 * `exit` is the process exit code of the class.
 */
export const ERROR_CLASSES = {
  input: {
    exit: 2,
    codes: [
      'INPUT_INVALID',
      'VERSION_INVALID',
      'ID_UNSAFE',
      'RPC_URL_MISSING',
      'TRUST_UNSET',
      'PRIVATE_KEY_REFUSED',
      'LOCK_INVALID',
    ],
  },
  approval: {
    exit: 3,
    codes: [
      'MODEL_NOT_APPROVED',
      'MODEL_INACTIVE',
      'MODEL_AMBIGUOUS',
      'ADAPTER_NOT_APPROVED',
      'ADAPTER_REVOKED',
      'ADAPTER_INCOMPATIBLE',
      'ADAPTER_CONFLICT',
      'DATASET_NOT_APPROVED',
      'DATASET_REMOVED',
      'DATASET_AMBIGUOUS',
      'DIGEST_MISSING',
      'DIGEST_INVALID',
      'DIGEST_WEAK',
      'DIGEST_UNSUPPORTED',
      'RECORD_MALFORMED',
      'REGISTRY_EMPTY',
      'REGISTRY_INCONSISTENT',
      'REGISTRY_SINGLE_KEY',
      'REGISTRY_MANIFEST_INVALID',
      'LOCK_MISMATCH',
    ],
  },
  trust: {
    exit: 4,
    codes: [
      'CHAIN_ID_MISMATCH',
      'PROOF_INVALID',
      'HEADER_INVALID',
      'NOT_ENOUGH_TRUST',
      'TRUST_EXPIRED',
      'CHAIN_STALE',
      'FORK_DETECTED',
      'WITNESS_MISSING',
      'QUORUM_DISAGREES',
      'UNPROVABLE',
      'LOCK_TOO_OLD',
    ],
  },
  chain: { exit: 5, codes: ['CHAIN_UNREACHABLE', 'CHAIN_RESPONSE_INVALID', 'HEIGHT_PRUNED'] },
  content: {
    exit: 6,
    codes: [
      'DIGEST_MISMATCH',
      'SIZE_MISMATCH',
      'SOURCES_EXHAUSTED',
      'URL_REFUSED',
      'ARTIFACT_TOO_LARGE',
      'AUTH_REQUIRED',
      'DEADLINE_EXCEEDED',
    ],
  },
  store: { exit: 7, codes: ['STORE_NOT_WRITABLE', 'STORE_UNSAFE', 'STORE_CORRUPT', 'DISK_FULL'] },
  internal: { exit: 1, codes: ['INTERNAL'] },
} as const

export type ErrorClass = keyof typeof ERROR_CLASSES
export type ErrorCode = (typeof ERROR_CLASSES)[ErrorClass]['codes'][number]

const CLASS_OF_CODE = new Map<ErrorCode, ErrorClass>(
  (Object.keys(ERROR_CLASSES) as ErrorClass[]).flatMap((name) =>
    ERROR_CLASSES[name].codes.map((code) => [code, name] as const),
  ),
)

export interface R3mesErrorOptions {
  readonly cause?: unknown
  /**
   * What a host, a chain or the operating system said, or names that come from there. It is shown in logs and
   * kept in the receipt, always sanitised, and never reaches an output.
   */
  readonly detail?: string
  /** All problems of a refused plan, when this error stands for several. */
  readonly problems?: readonly R3mesError[]
}

/**
 * The one error class of this project.
 *
 * `message` is a sentence that says what to do. It holds our own words, checked names, numbers and hex only, because
 * it lands in people's `${{ }}`; everything a network or another program said belongs in `detail`.
 */
export class R3mesError extends Error {
  override readonly name = 'R3mesError'
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly problems: readonly R3mesError[]

  constructor(code: ErrorCode, message: string, options: R3mesErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.problems = options.problems ?? []
  }

  get errorClass(): ErrorClass {
    return classOf(this.code)
  }

  /** Process exit code: 2 input, 3 approval, 4 trust, 5 chain, 6 content, 7 store, 1 a bug. */
  get exitCode(): number {
    return ERROR_CLASSES[this.errorClass].exit
  }

  /**
   * One error for a list of problems: the only one as it is, several as one error that carries the first one's code and
   * lists all of them.
   *
   * @throws TypeError when the list is empty, which is a bug of the caller.
   */
  static from(problems: readonly R3mesError[]): R3mesError {
    const [first, ...others] = problems
    if (first === undefined) throw new TypeError('R3mesError.from needs at least one problem')
    if (others.length === 0) return first
    const lines = problems.map((problem) => `${problem.code}: ${problem.message}`)
    return new R3mesError(first.code, `${problems.length} problems. ${lines.join(' ')}`, { problems })
  }
}

export function classOf(code: ErrorCode): ErrorClass {
  return CLASS_OF_CODE.get(code) ?? 'internal'
}

/** Any thrown value as an R3mesError. What is not one already is a bug of ours: `INTERNAL`. */
export function asR3mesError(thrown: unknown): R3mesError {
  if (thrown instanceof R3mesError) return thrown
  return new R3mesError(
    'INTERNAL',
    'This is a bug in setup-r3mes. Please report it with the log at https://github.com/r3mes-network/setup-r3mes/issues.',
    { cause: thrown, detail: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) },
  )
}
