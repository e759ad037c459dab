/**
 * Lets a run outlive whoever reads its words: a pipe that closes early (`| head -1`) must not end a transfer or a rollback half-way.
 * A result that could not be written for another reason, such as a full disk, makes the exit code 1.
 */
export function outliveClosedPipes(): void {
  // Nobody is left to be told about standard error.
  process.stderr.on('error', () => undefined)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    process.stderr.write(`The result could not be written to standard output (${error.code ?? 'unknown'}).\n`)
    // At the exit, because the run sets its own code when it ends.
    process.once('exit', () => {
      process.exitCode ||= 1
    })
  })
}
