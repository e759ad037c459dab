export {
  type Answers,
  checkAnswers,
  DEFAULT_RUNNER,
  INIT_INPUTS,
  type InitInput,
  readAnswers,
  readRunner,
  usualAnswer,
} from './answers.ts'
export { type InitOptions, type InitResult, init, type KeptFile } from './init.ts'
export { nextCommands } from './next-commands.ts'
export { stepText } from './workflow.ts'
