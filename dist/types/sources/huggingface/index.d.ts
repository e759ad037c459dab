export { type HuggingFaceSettings, HuggingFaceSource } from './source.js';
