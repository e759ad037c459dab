import { describe, expect, it } from 'vitest'
import { isInCi, untrustedEvent } from '../../../src/ensure/trust/events.ts'

describe('an event that may bring the files of a stranger', () => {
  it.each([
    ['pull_request_target', 'pull_request_target'],
    ['workflow_run', 'workflow_run'],
    ['issue_comment', 'issue_comment'],
    [' Workflow_Run\n', 'workflow_run'],
  ])('%j is one', (name, event) => {
    expect(untrustedEvent({ GITHUB_EVENT_NAME: name })).toBe(event)
  })

  it.each(['push', 'pull_request', 'schedule', 'workflow_dispatch', '', undefined])('%j is none', (name) => {
    expect(untrustedEvent({ GITHUB_EVENT_NAME: name })).toBeUndefined()
  })
})

describe('nobody watches', () => {
  it.each([
    [{ CI: 'true' }],
    [{ CI: '1' }],
    [{ CI: 'woodpecker' }],
    // As workflows have it that must not fail for the warnings of a build tool.
    [{ CI: 'false', GITHUB_ACTIONS: 'true' }],
    [{ GITHUB_ACTIONS: 'true' }],
  ])('under %j', (environment) => {
    expect(isInCi(environment)).toBe(true)
  })

  it.each([[{}], [{ CI: '' }], [{ CI: ' False ' }], [{ CI: '0' }]])('but under %j', (environment) => {
    expect(isInCi(environment)).toBe(false)
  })
})
