import { Argument, Command } from 'commander'
import { candidatesFor } from './candidates.ts'
import { print } from './output.ts'
import { programFor } from './program.ts'

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
type Shell = (typeof SHELLS)[number]

const HELP = `
Put one of these where your shell reads it when it starts:
  bash        ~/.bashrc                    source <(r3mes completion bash)
  zsh         ~/.zshrc, after compinit     source <(r3mes completion zsh)
  fish        ~/.config/fish/config.fish   r3mes completion fish | source
  powershell  $PROFILE                     r3mes completion powershell | Out-String | Invoke-Expression

Examples:
  source <(r3mes completion bash)   in this bash, until it ends
  r3mes ver<Tab>                    verify
  r3mes ensure --trust <Tab>        auto  light-client  lockfile  quorum  rpc`

/**
 * The script for bash. The library's own evaluates the line while it is typed, so that `$(…)` in it would run at the press of a key,
 * and needs a package that many machines lack.
 */
const BASH = `# bash completion for r3mes
_r3mes_completion() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" word line
  local -a words=()
  COMPREPLY=()
  # For bash a word ends at = and at :, for r3mes it does not.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( $word == [=:] || $before == [=:] ) ]]; then
      words[\${#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
    before="$word"
  done
  [[ $current == [=:] ]] && current=""
  while IFS= read -r line; do
    case "$line" in
      :0) ;;
      :*) compopt +o default 2>/dev/null ;;
      *) line="\${line%%$'\\t'*}"; [[ $line == "$current"* ]] && COMPREPLY+=("$line") ;;
    esac
  done < <(r3mes complete -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _r3mes_completion r3mes
`

/**
 * What the library's other scripts evaluate as it was typed, and what they have to evaluate in its place. PowerShell takes the quotes of
 * typography for quotes.
 */
const QUOTED: Readonly<Partial<Record<Shell, readonly [typed: string, quoted: string]>>> = {
  zsh: [`flagPrefix="-P \${BASH_REMATCH}"`, `flagPrefix="-P \${(q)BASH_REMATCH}"`],
  powershell: [`($_ -replace "'", "''")`, `($_ -replace "[\\u0027\\u2018-\\u201B]", '$0$0')`],
}

/** The library prints its scripts and gives them to nobody. */
async function libraryScript(shell: Exclude<Shell, 'bash'>): Promise<string> {
  const { script } = await import('@bomb.sh/tab')
  const lines: unknown[] = []
  const { log } = console
  console.log = (line: unknown) => void lines.push(line)
  try {
    script(shell, 'r3mes', 'r3mes')
  } finally {
    console.log = log
  }
  const text = `${lines.join('\n')}\n`
  const [typed, quoted] = QUOTED[shell] ?? ['', '']
  if (!text.includes(typed)) throw new TypeError(`The library has another script for ${shell}`)
  return typed === '' ? text : text.replace(typed, () => quoted)
}

async function printScript(shell: Shell): Promise<void> {
  await print(shell === 'bash' ? BASH : await libraryScript(shell))
}

/** `r3mes completion`: what a shell needs to complete command lines of r3mes. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Print what makes a shell complete commands, flags and their values at the press of Tab.')
    .addArgument(new Argument('<shell>', 'Your shell.').choices(SHELLS))
    .addHelpText('after', HELP)
    .action(printScript)
}

/** What a shell shall do when there is no candidate, in the last line: complete paths, or nothing. */
const FILES = 0
const NO_FILES = 4

async function complete(words: readonly string[]): Promise<void> {
  const { values, files } = candidatesFor(await programFor(words), words)
  const lines = values.map(({ value, description }) => `${value}\t${description}`)
  await print([...lines, `:${files ? FILES : NO_FILES}`, ''].join('\n'))
}

/** `r3mes complete -- <words>`: what the scripts ask. */
export function completeCommand(): Command {
  return new Command('complete')
    .description('Say what may come next on a command line.')
    .argument('[words...]')
    .action(complete)
}
