export { hubDigest, hubOrigin } from './ask-digest.js';
export { type HuggingFaceSettings, HuggingFaceSource } from './source.js';
