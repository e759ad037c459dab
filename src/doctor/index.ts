export { type ExamineOptions, examine } from './examine.ts'
export { type Diagnosis, type Finding, TOPICS, type Topic } from './types.ts'
