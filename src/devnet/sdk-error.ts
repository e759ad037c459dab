/**
 * Error codes of the Cosmos SDK: `sdk` those of an application (`types/errors`), `store` those of its stores
 * (`store/types/errors`). Its texts end in the name of the error.
 */
const SDK_ERRORS = {
  txDecode: { sdk: 2, store: 3, text: 'tx parse error' },
  unknownRequest: { sdk: 6, store: 4, text: 'unknown request' },
  invalidRequest: { sdk: 18, store: 7, text: 'invalid request' },
  keyNotFound: { sdk: 22, text: 'key not found' },
  invalidHeight: { sdk: 26, text: 'invalid height' },
} as const

type Kind = keyof typeof SDK_ERRORS
type StoreKind = 'txDecode' | 'unknownRequest' | 'invalidRequest'

/** What a query ends with when the application refuses it. */
export class AbciError extends Error {
  readonly codespace: 'sdk' | 'store'
  readonly code: number

  constructor(
    kind: Kind,
    text: string,
    codespace: 'sdk' | 'store' = 'sdk',
    code: number = SDK_ERRORS[kind].sdk,
  ) {
    super(`${text}: ${SDK_ERRORS[kind].text}`)
    this.codespace = codespace
    this.code = code
  }
}

/** As the stores themselves refuse. */
export function storeError(kind: StoreKind, text: string): AbciError {
  return new AbciError(kind, text, 'store', SDK_ERRORS[kind].store)
}
