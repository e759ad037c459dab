/**
 * Installs the programs that the tests use as real parts: servers, a file system and a shell from Debian, HuggingFace's client
 * from PyPI, an S3 server and a runner of workflows built with Go. What is there already costs nothing. The real chain is built by `build-chain.ts`.
 */
import { act } from './real-parts/act.ts'
import { CURL, EXFAT, installPrograms, MAKE_EXFAT, NGINX, TINYPROXY, ZSH } from './real-parts/programs.ts'
import { huggingfaceHub } from './real-parts/python-packages.ts'
import { versitygw } from './real-parts/versitygw.ts'

const report = (line: string): void => console.log(line)

try {
  installPrograms([NGINX, CURL, TINYPROXY, EXFAT, MAKE_EXFAT, ZSH], report)
  report(`huggingface_hub: ${await huggingfaceHub()}`)
  report(`versitygw: ${await versitygw()}`)
  report(`act: ${await act()}`)
} catch (error) {
  // Its message says what to do; a stack would bury it.
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
