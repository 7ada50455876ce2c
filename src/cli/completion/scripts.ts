import { quote } from '../../lib/quote.ts';
import type { CompletedCommand, CompletedFlag } from './completed.ts';

/** The script that makes a shell complete the program's commands, by the shell's name. */
export const completionScripts = { bash: bashScript, fish: fishScript, zsh: zshScript } as const;

/** A shell that has a script. */
export type Shell = keyof typeof completionScripts;

/**
 * Needs no bash-completion; bash splits words at `=` and `:`, so `--flag=4:2:0` arrives as seven,
 * and only what follows the last colon is replaced.
 */
function bashScript(bin: string, commands: readonly CompletedCommand[]): string {
  const name = functionOf(bin);
  const values = commands.flatMap((command) =>
    command.flags.flatMap((flag) =>
      flag.takesValue
        ? [
            `    ${spellings(flag)
              .map((flag) => quote(`${command.name} ${flag}`))
              .join('|')}) words=${quote(flag.values.join(' '))} ;;`,
          ]
        : [],
    ),
  );
  const flags = commands.map(
    ({ name: id, flags, words }) =>
      `      ${quote(id)}) flags=${quote(flags.flatMap(spellings).join(' '))}; words=${quote(words.join(' '))} ;;`,
  );
  return `${name}() {
  local i=$COMP_CWORD cur="\${COMP_WORDS[COMP_CWORD]}"
  local id="\${COMP_WORDS[1]}" flags= words=
  COMPREPLY=()
  while (( i > 2 )) && [[ \${COMP_WORDS[i]} == : || \${COMP_WORDS[i-1]} == : ]]; do
    (( i-- ))
    cur="\${COMP_WORDS[i]}$cur"
  done
  local prev="\${COMP_WORDS[i-1]}"
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev="\${COMP_WORDS[i-2]}"; fi
  if (( COMP_CWORD == 1 )); then
    words=${quote(oneWord(commands).join(' '))}
    if [[ $cur == -* ]]; then words='--help --version'; fi
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    return
  fi
  if (( COMP_CWORD > 2 )); then
    case "$id \${COMP_WORDS[2]}" in ${twoWords(commands).map(quote).join('|')}) id="$id \${COMP_WORDS[2]}" ;; esac
  fi
  case "$id $prev" in
${values.join('\n')}
    *)
      case "$id" in
${flags.join('\n').replace(/^/gm, '  ')}
      esac
      if [[ $cur == -* ]]; then words=$flags; elif (( COMP_CWORD > 2 )); then words=; fi ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ $cur == *:* ]]; then COMPREPLY=("\${COMPREPLY[@]#"\${cur%:*}:"}"); fi
}
complete -o default -F ${name} ${bin}`;
}

/** For `source <(…)`, and as a file `_arke-tiff` of fpath. */
function zshScript(bin: string, commands: readonly CompletedCommand[]): string {
  const name = functionOf(bin);
  const described = (list: readonly CompletedCommand[]) =>
    list.map(({ name, summary }) => quote(`${lastWord(name)}:${summary}`)).join(' ');
  const parts = commands.filter((command) => command.name.includes(' '));
  const cases = commands.map(
    ({ name: id, flags, words }) =>
      `    ${quote(id)}) _arguments -S ${[...flags.map(zshFlag), quote(words.length > 0 ? `*:word:(${words.join(' ')})` : '*:file:_files')].join(' \\\n      ')} ;;`,
  );
  return `#compdef ${bin}
${name}() {
  local id=$words[2]
  local -a list
  if (( CURRENT == 2 )); then
    list=(${described(commands.filter((command) => !parts.includes(command)))})
    _describe command list
    return
  fi
  if (( CURRENT == 3 )) && [[ $id == callback && $words[3] != -* ]]; then
    list=(${described(parts)})
    _describe command list
    return
  fi
  case "$id $words[3]" in (${twoWords(commands).map(quote).join('|')}) id="$id $words[3]" ;; esac
  case $id in
${cases.join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then ${name} "$@"; else compdef ${name} ${bin}; fi`;
}

function zshFlag(flag: CompletedFlag): string {
  const text = flag.summary.replace(/[[\]\\:]/g, '\\$&');
  const values =
    flag.values.length > 0 ? `(${flag.values.join(' ').replaceAll(':', '\\:')})` : '_files';
  const value = flag.takesValue ? `:value:${values}` : '';
  const long = `*--${flag.name}${flag.takesValue ? '=' : ''}[${text}]${value}`;
  const short = flag.letter === undefined ? [] : [quote(`*-${flag.letter}[${text}]${value}`)];
  return [quote(long), ...short].join(' ');
}

function fishScript(bin: string, commands: readonly CompletedCommand[]): string {
  const seen = (name: string) =>
    name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
  const lines = commands.flatMap(({ name, summary, flags }) => {
    const [parent] = name.split(' ');
    const siblings = twoWords(commands).filter((other) => other.startsWith(`${parent} `));
    const isOpen = `${seen(parent ?? '')}; and not __fish_seen_subcommand_from ${siblings.map(lastWord).join(' ')}`;
    const when = parent === name ? '__fish_use_subcommand' : isOpen;
    return [
      `complete -c ${bin} -n ${quote(when)} -f -a ${lastWord(name)} -d ${fishText(summary)}`,
      ...flags.map((flag) => `complete -c ${bin} -n ${quote(seen(name))} ${fishFlag(flag)}`),
    ];
  });
  return lines.join('\n');
}

function fishFlag({ name, letter, summary, takesValue, values }: CompletedFlag): string {
  const short = letter === undefined ? '' : `-s ${letter} `;
  const files = takesValue ? '-r ' : '';
  const value = values.length > 0 ? `-x -a ${quote(values.join(' '))} ` : files;
  return `${short}-l ${name} ${value}-d ${fishText(summary)}`;
}

/** A text in quotation marks as fish reads them. */
const fishText = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;

const functionOf = (bin: string) => `_${bin.replaceAll('-', '_')}`;
const lastWord = (name: string) => name.slice(name.lastIndexOf(' ') + 1);
const names = (commands: readonly CompletedCommand[]) => commands.map(({ name }) => name);
const oneWord = (commands: readonly CompletedCommand[]) =>
  names(commands).filter((name) => !name.includes(' '));
const twoWords = (commands: readonly CompletedCommand[]) =>
  names(commands).filter((name) => name.includes(' '));

const spellings = ({ name, letter }: CompletedFlag) => [
  `--${name}`,
  ...(letter === undefined ? [] : [`-${letter}`]),
];
