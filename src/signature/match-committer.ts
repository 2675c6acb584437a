/** Whether an e-mail address of a signer is that of the committer. */

/** As the commit or tag names the person; whoever makes a commit can write anything here. */
export interface Committer {
  readonly name: string;
  readonly email: string;
}

/** A user ID or a mailbox: `Name <address>`, `<address>` or the address alone. */
const MAILBOX = /^[^<>]*<(?<address>[^<>\s@]+@[^<>\s@]+)>$/u;
const ADDRESS = /^[^<>\s@]+@[^<>\s@]+$/u;

/** The address of a user ID; undefined where there is none, or more than one reading. */
export function parseMailbox(text: string): string | undefined {
  return MAILBOX.exec(text)?.groups?.['address'] ?? ADDRESS.exec(text)?.[0];
}

/** Compares without regard to ASCII case, as mail servers do; other letters must be equal. */
export function matchEmail(left: string, right: string): boolean {
  return lowerAscii(left) === lowerAscii(right);
}

function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase());
}
