export { hubDigest, hubOrigin } from './ask-digest.ts'
export { type HuggingFaceSettings, HuggingFaceSource } from './source.ts'
