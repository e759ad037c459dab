/** The door of the command: on a Node that is too old for the rest, a sentence instead of a page of minified code. */
const NEEDED = 24

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  await import('./main.ts')
} else {
  process.stderr.write(
    `r3mes needs Node ${NEEDED} or newer, and this is ${process.version}. Install it from https://nodejs.org, or start the command with a newer node.\n`,
  )
  process.exitCode = 2
}
