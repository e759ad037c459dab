/**
 * Runs the tests and ends with one plain line: `tests: N passed, N failed, N skipped`. Arguments go to Vitest as file filters.
 * A file that does not load, and an error outside of any test, count as one failed test each.
 */
import { startVitest, type TestModule } from 'vitest/node'

process.chdir(`${import.meta.dirname}/..`)
const vitest = await startVitest('test', process.argv.slice(2), { watch: false })
const modules = vitest.state.getTestModules()
const strays = vitest.state.getUnhandledErrors().length
await vitest.close()

const skipped = modules.flatMap((module) => testsOf(module, 'skipped'))
const passed = modules.flatMap((module) => testsOf(module, 'passed')).length
const failed =
  modules.flatMap((module) => testsOf(module, 'failed')).length + modules.filter(isBroken).length + strays

for (const name of skipped) console.log(`skipped: ${name}`)
console.log(`tests: ${passed} passed, ${failed} failed, ${skipped.length} skipped`)
// Nothing found is a mistake in the filter, never a success.
process.exitCode = failed > 0 || passed === 0 ? 1 : 0

function testsOf(module: TestModule, state: 'passed' | 'failed' | 'skipped'): string[] {
  return [...module.children.allTests(state)].map(
    ({ fullName }) => `${module.relativeModuleId} › ${fullName}`,
  )
}

/** A file, or a group of tests in it, that failed without any of its tests failing: an import, a hook. */
function isBroken(module: TestModule): boolean {
  const groups = [...module.children.allSuites()]
  const hasErrors = module.errors().length > 0 || groups.some((group) => group.errors().length > 0)
  return hasErrors && testsOf(module, 'failed').length === 0
}
