/** The completion script of PowerShell. Source: Microsoft, Register-ArgumentCompleter. */
import type { Completed, CompletedCommand } from './plan-completion.ts';

/** A script to dot-source in $PROFILE. */
export function formatPowershell(commands: readonly CompletedCommand[]): string {
  return [
    '# Completion of holdfast for PowerShell. Made by: holdfast completion powershell',
    "Register-ArgumentCompleter -Native -CommandName 'holdfast' -ScriptBlock {",
    '  param($wordToComplete, $commandAst, $cursorPosition)',
    table('commands', commands.map(rowOfCommands)),
    table('options', commands.map(rowOfOptions)),
    table('arguments', commands.map(rowOfArgument)),
    table('values', commands.flatMap(rowsOfValues)),
    COMPLETE,
    '}',
  ].join('\n');
}

type Row = readonly [key: string, words: readonly string[]];

function rowOfCommands({ path, commands }: CompletedCommand): Row {
  return [path, commands.map(({ word }) => word)];
}

function rowOfOptions({ path, options }: CompletedCommand): Row {
  return [path, options.flatMap(({ names }) => names)];
}

function rowOfArgument({ path, argument }: CompletedCommand): Row {
  return [path, wordsOf(argument)];
}

function rowsOfValues({ path, options }: CompletedCommand): readonly Row[] {
  return options.flatMap(({ names, value }) =>
    names.map((name): Row => [`${path} ${name}`, wordsOf(value)]),
  );
}

function wordsOf(completed: Completed): readonly string[] {
  if (completed.kind === 'none') return [];
  return completed.kind === 'words' ? ['words', ...completed.words] : [completed.kind];
}

function table(name: string, rows: readonly Row[]): string {
  const lines = rows
    .filter(([, words]) => words.length > 0)
    .map(([key, words]) => `    ${quote(key)} = @(${words.map(quote).join(', ')})`);
  return [`  $${name} = @{`, ...lines, '  }'].join('\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const COMPLETE = String.raw`
  $path = ''
  $value = $null
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    $word = $element.ToString()
    # The word that is being written is no part of the command yet.
    if ($element.Extent.EndOffset -ge $cursorPosition -and $wordToComplete -ne '') { break }
    if ($null -ne $value) { $value = $null }
    elseif ($word.StartsWith('-')) { $value = $values["$path $word"] }
    elseif ($path -eq '' -and $word -eq 'help') { }
    elseif ($commands[$path] -contains $word) { $path = "$path $word".Trim() }
  }
  $found = if ($null -ne $value) { if ($value[0] -eq 'words') { $value | Select-Object -Skip 1 } }
  elseif ($wordToComplete.StartsWith('-')) { $options[$path] }
  elseif ($null -ne $commands[$path]) { $commands[$path] }
  elseif ($null -ne $arguments[$path] -and $arguments[$path][0] -eq 'words') { $arguments[$path] | Select-Object -Skip 1 }
  $found | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }`;
