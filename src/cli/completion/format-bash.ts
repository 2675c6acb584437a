/**
 * The completion script of bash, and the program that kubectl asks about its plugin. Runs without Holdfast: a shell waits for
 * an answer at each key. Written for bash 3.2, which macOS has. Sources: bash(1), "Programmable Completion"; kubectl, KEP-2379.
 */
import type { Completed, CompletedCommand } from './plan-completion.ts';

/** A script to source. */
export function formatBash(commands: readonly CompletedCommand[]): string {
  return [
    '# Completion of holdfast for bash. Made by: holdfast completion bash',
    ...tables(commands),
    FIND,
    BASH,
  ].join('\n');
}

/** A program to be called kubectl_complete-holdfast. */
export function formatKubectl(commands: readonly CompletedCommand[]): string {
  return [
    '#!/usr/bin/env bash',
    '# Completion of kubectl holdfast. Made by: holdfast completion kubectl',
    ...tables(commands),
    FIND,
    KUBECTL,
  ].join('\n');
}

function tables(commands: readonly CompletedCommand[]): readonly string[] {
  return [
    table('__holdfast_commands', '$1', commands.map(rowOfCommands)),
    table('__holdfast_options', '$1', commands.map(rowOfOptions)),
    table('__holdfast_argument', '$1', commands.map(rowOfArgument)),
    table('__holdfast_value', '$1 $2', commands.flatMap(rowsOfValues)),
  ];
}

/** What is matched, and what is then printed; nothing is printed where nothing matches. */
type Row = readonly [pattern: string, answer: string];

function rowOfCommands({ path, commands }: CompletedCommand): Row {
  return [path, commands.map(({ word }) => word).join(' ')];
}

function rowOfOptions({ path, options }: CompletedCommand): Row {
  return [path, options.flatMap(({ names }) => names).join(' ')];
}

function rowOfArgument({ path, argument }: CompletedCommand): Row {
  return [path, formatCompleted(argument)];
}

function rowsOfValues({ path, options }: CompletedCommand): readonly Row[] {
  return options.flatMap(({ names, value }) =>
    names.map((name): Row => [`${path} ${name}`, formatCompleted(value)]),
  );
}

function formatCompleted(completed: Completed): string {
  if (completed.kind === 'none') return '';
  return completed.kind === 'words' ? `words ${completed.words.join(' ')}` : completed.kind;
}

/** A function of bash that prints the answer of a row; rows with one answer are one line. */
function table(name: string, matched: string, rows: readonly Row[]): string {
  const byAnswer = new Map<string, readonly string[]>();
  for (const [pattern, answer] of rows.filter(([, text]) => text !== '')) {
    byAnswer.set(answer, [...(byAnswer.get(answer) ?? []), `'${pattern}'`]);
  }
  const lines = [...byAnswer].map(
    ([answer, patterns]) => `    ${patterns.join('|')}) echo '${answer}' ;;`,
  );
  return [`${name}() {`, `  case "${matched}" in`, ...lines, '  esac', '}'].join('\n');
}

/** Reads the words so far, of which the last one is completed, and says what may stand there. */
const FIND = String.raw`
__holdfast_find() {
  local command='' word value='' index=0
  local -a given
  given=("$@")
  local last=$(($# - 1))
  __holdfast_current=''
  if ((last >= 0)); then __holdfast_current=${'$'}{given[last]}; fi
  while ((index < last)); do
    word=${'$'}{given[index]}
    if [[ -n $value ]]; then
      value=''
    elif [[ $word == -*=* ]]; then
      :
    elif [[ $word == -* ]]; then
      value=$(__holdfast_value "$command" "$word")
    elif [[ -z $command && $word == help ]]; then
      :
    else
      case " $(__holdfast_commands "$command") " in
        *" $word "*) command=${'$'}{command:+$command }$word ;;
      esac
    fi
    index=$((index + 1))
  done
  if [[ -z $value && $__holdfast_current == -*=* ]]; then
    value=$(__holdfast_value "$command" "${'$'}{__holdfast_current%%=*}")
    __holdfast_current=${'$'}{__holdfast_current#*=}
  elif [[ -z $value && $__holdfast_current == -* ]]; then
    value="words $(__holdfast_options "$command")"
  elif [[ -z $value ]]; then
    value=$(__holdfast_commands "$command")
    if [[ -n $value ]]; then value="words $value"; else value=$(__holdfast_argument "$command"); fi
  fi
  __holdfast_kind=${'$'}{value%% *}
  __holdfast_words=''
  if [[ $value == 'words '* ]]; then __holdfast_words=${'$'}{value#words }; fi
}`;

const BASH = String.raw`
_holdfast() {
  local word joined='' index=1
  local -a given
  given=()
  # bash takes "--output=json" for three words.
  while ((index <= COMP_CWORD)); do
    word=${'$'}{COMP_WORDS[index]}
    if ((${'$'}{#given[@]} > 0)) && [[ $word == '=' ]]; then
      given[${'$'}{#given[@]} - 1]+='='
      joined=yes
    elif [[ -n $joined ]]; then
      given[${'$'}{#given[@]} - 1]+=$word
      joined=''
    else
      given+=("$word")
    fi
    index=$((index + 1))
  done
  __holdfast_find "${'$'}{given[@]}"
  local IFS=$'\n'
  COMPREPLY=()
  case $__holdfast_kind in
    words) COMPREPLY=($(compgen -W "${'$'}{__holdfast_words// /$'\n'}" -- "$__holdfast_current")) ;;
    file)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "$__holdfast_current"))
      ;;
    folder)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -d -- "$__holdfast_current"))
      ;;
  esac
}
complete -F _holdfast holdfast`;

/** The last line says to kubectl what to do beside: 4 nothing, 0 complete files, 16 complete folders. */
const KUBECTL = String.raw`
__holdfast_find "$@"
case $__holdfast_kind in
  words)
    for word in $__holdfast_words; do
      if [[ $word == "$__holdfast_current"* ]]; then echo "$word"; fi
    done
    echo ':4'
    ;;
  file) echo ':0' ;;
  folder) echo ':16' ;;
  *) echo ':4' ;;
esac`;
