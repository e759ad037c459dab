/**
 * Error codes of the Cosmos SDK (`types/errors`, codespace `sdk`). Its texts end in the name of the error.
 */
const SDK_ERROR = {
  txDecode: { code: 2, text: 'tx parse error' },
  unknownRequest: { code: 6, text: 'unknown request' },
  invalidRequest: { code: 18, text: 'invalid request' },
  keyNotFound: { code: 22, text: 'key not found' },
  invalidHeight: { code: 26, text: 'invalid height' },
} as const

/** What a query ends with when the application refuses it. */
export class AbciError extends Error {
  readonly code: number

  constructor(kind: keyof typeof SDK_ERROR, text: string) {
    super(`${text}: ${SDK_ERROR[kind].text}`)
    this.code = SDK_ERROR[kind].code
  }
}
