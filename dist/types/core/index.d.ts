export * from './digest.js';
export * from './errors.js';
export { HashThread } from './hash-thread.js';
export * from './names.js';
export * from './place.js';
export * from './reporter.js';
export * from './sanitise.js';
export * from './verify.js';
