import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const SCRIPT = fileURLToPath(new URL('./python-manager.py', import.meta.url))

/** A Python process that has a volume's registry in its memory, as a model manager written in Python has. */
export interface PythonManager {
  /** Calls a method of it. */
  call(command: string, ...args: readonly unknown[]): Promise<unknown>
}

export function aPythonManager(base: string): PythonManager {
  const child = spawn('python3', [SCRIPT, base], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`The Python manager ended with ${code}`)))
  })
  ended.catch(() => undefined)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  onTestFinished(() => void child.kill())
  return {
    async call(...command) {
      child.stdin.write(`${JSON.stringify(command)}\n`)
      const line = await Promise.race([lines.next(), ended])
      return JSON.parse(String(line.value))
    },
  }
}
