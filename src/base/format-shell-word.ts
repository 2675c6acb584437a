/**
 * Users paste printed commands into a shell. Quoting keeps each argument one word, so that a name cannot
 * inject a command.
 */

/** The text as one word of a POSIX shell (POSIX.1-2024, Shell Command Language 2.2.2 Single-Quotes). */
export function formatShellWord(text: string): string {
  return /^[\w.:@/-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
