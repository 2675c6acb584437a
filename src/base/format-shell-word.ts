/** Commands that we print are pasted into a shell: no word of them may be more than a word. */

/** The text as one word of a POSIX shell (POSIX.1-2024, Shell Command Language 2.2.2 Single-Quotes). */
export function formatShellWord(text: string): string {
  return /^[\w.:@/-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
