export { type HuggingFaceSettings, HuggingFaceSource } from './source.ts'
