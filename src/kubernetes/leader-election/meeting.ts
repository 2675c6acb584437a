/** How replicas agree on who speaks, and tell each other what they know: the port. */

/** What one replica has put on the board. */
export interface Board {
  readonly replica: string;
  readonly text: string;
}

export interface MeetingResult {
  /** Whether this replica speaks for all until the next meeting. */
  readonly speaks: boolean;
  /** The replica that does, where it is another one. */
  readonly speaker?: string | undefined;
  /** Of the other replicas. */
  readonly boards: readonly Board[];
  /** Set where the others could not be reached; who spoke goes on until its lease is over. */
  readonly problem?: string | undefined;
}

export interface Meeting {
  /** Puts our text on the board, and reads the others'. Never rejects. */
  readonly meet: (text: string) => Promise<MeetingResult>;
  /** Lets another replica speak at once. */
  readonly leave: () => Promise<void>;
}

/** A replica without others. */
export function meetAlone(): Meeting {
  return {
    meet: () => Promise.resolve({ speaks: true, boards: [] }),
    leave: () => Promise.resolve(),
  };
}
