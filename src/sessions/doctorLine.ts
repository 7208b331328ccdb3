// One line of what doctor says: the words that its parts share.

export interface DoctorLine {
  readonly name: string;
  /** `note`: worth knowing, and nothing is amiss. */
  readonly state: 'ok' | 'note' | 'warning' | 'error';
  /** What was found, in words. */
  readonly found: string;
  /** What to do about it; absent when all is well. */
  readonly advice?: string;
}
