/** A configuration that is proposed, with what each part rests on, and with what only a person can answer. */

/** One key of a section of the file: `identity.writers`. */
export interface PlannedKey {
  readonly section: string;
  readonly key: string;
  /** What it rests on; above it in the file. */
  readonly notes: readonly string[];
  readonly questions: readonly Question[];
  /** Absent where only notes and questions stand there. */
  readonly value?: unknown;
  /** A list whose items have notes of their own; in the place of `value`. */
  readonly items?: readonly PlannedItem[] | undefined;
}

export interface PlannedItem {
  readonly notes: readonly string[];
  readonly value: Readonly<Record<string, unknown>>;
}

/** A list, with what is asked about it. */
export interface PlannedList {
  readonly items: readonly PlannedItem[];
  readonly questions: readonly Question[];
}

/** What the cluster does not tell. */
export interface Question {
  /** The key that holds the answer: `breakGlass.approvers`. */
  readonly key: string;
  /** What is asked, and what depends on it. */
  readonly text: string;
  /** The same file with an answer, to be written out by whoever knows it. */
  readonly example?: object | undefined;
}

/** What the file says, without the reasons; keys without a value are left out. */
export function configurationOf(keys: readonly PlannedKey[]): Readonly<Record<string, object>> {
  const sections: Record<string, Record<string, unknown>> = {};
  for (const { section, key, value, items } of keys) {
    const found = items === undefined ? value : items.map((item) => item.value);
    if (found === undefined) continue;
    (sections[section] ??= {})[key] = found;
  }
  return sections;
}
